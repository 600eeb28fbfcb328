import FuzzDriver
import KairaFormats

// Reads whatever bytes come in as visemes and as mouth cues, and writes and reads again what they held.
fuzz { bytes in
    for track in [try? VisemeJSON.read(bytes, file: "fuzz.json"), try? RhubarbFile.read(bytes, file: "fuzz.tsv")] {
        guard let track else { continue }
        guard let again = try? VisemeJSON.write(track), (try? VisemeJSON.read(again, file: "")) != nil else {
            fatalError("visemes that were read cannot be written")
        }
    }
}
