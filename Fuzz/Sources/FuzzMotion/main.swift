import FuzzDriver
import KairaFormats

// Reads whatever bytes come in as keypoints and as a motion, and writes and reads again what they held.
fuzz { bytes in
    if let sequence = try? KeypointJSON.read(bytes, file: "fuzz.json") {
        guard let again = try? KeypointJSON.write(sequence), (try? KeypointJSON.read(again, file: "")) != nil else {
            fatalError("keypoints that were read cannot be written")
        }
    }
    if let clip = try? MotionJSON.read(bytes, file: "fuzz.json") {
        guard let again = try? MotionJSON.write(clip), (try? MotionJSON.read(again, file: "")) != nil else {
            fatalError("a motion that was read cannot be written")
        }
    }
}
