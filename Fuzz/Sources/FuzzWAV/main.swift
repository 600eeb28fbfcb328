import FuzzDriver
import KairaMedia

// Reads whatever bytes come in as a sound file: memory follows the bytes, and every sample is a number.
fuzz { bytes in
    guard let clip = try? WAVFile.read(bytes, file: "fuzz.wav") else { return }
    guard clip.samples.count <= bytes.count, clip.samples.allSatisfy(\.isFinite) else {
        fatalError("a sound that is not in the file")
    }
}
