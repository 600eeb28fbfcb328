import Foundation
import KairaMotion
import KairaSpeech
import KairaTestSupport
import Testing

/// Phrases in five languages by espeak-ng, whose library tells when it says which phoneme: neither the training data's
/// synthesiser nor the tests' own.
@Suite struct EspeakTests {
    private static let spoken: (output: String, folder: URL)? = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-espeak-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let (status, output) = try? ReferenceScript.run("espeak_phrases.py", [folder.path]), status == 0 else {
            return nil
        }
        return (output, folder)
    }()

    /// espeak-ng's names of the five vowels, in the order of the mouth's weights; diphthongs and neutral vowels are no truth.
    private static let vowels: [[String]] = [
        ["a", "A:", "a#", "A", "a:", "aa"], ["i", "i:", "I"], ["u", "u:", "U"], ["e", "E", "e:", "E:"],
        ["o", "O", "o:", "O:"],
    ]

    @Test(
        "vowels and closures of espeak-ng's phrases",
        .enabled(if: spoken != nil, "needs libespeak-ng1: apt-get install"))
    func phrases() throws {
        let (output, folder) = try #require(Self.spoken)
        defer { try? FileManager.default.removeItem(at: folder) }
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 5)
        var closures = (found: 0, all: 0)
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: " ")
            let rate = try #require(Int(parts[1]))
            let data = [UInt8](try Data(contentsOf: folder.appending(path: parts[0] + ".raw")))
            let samples = stride(from: 0, to: data.count - 3, by: 4).map { i in
                Float(
                    bitPattern: UInt32(data[i]) | UInt32(data[i + 1]) << 8 | UInt32(data[i + 2]) << 16
                        | UInt32(data[i + 3]) << 24)
            }
            let track = try VisemeTracker.track(samples, sampleRate: rate)
            let events = parts.dropFirst(2).compactMap { part -> (time: Double, name: String)? in
                let pair = part.split(separator: ":", maxSplits: 1)
                return pair.count == 2 ? Double(pair[0]).map { ($0, String(pair[1])) } : nil
            }
            for (event, next) in zip(events, events.dropFirst()) {
                // The middle half: what lies around is neither sound.
                let quarter = (next.time - event.time) / 4
                if let said = Self.vowels.firstIndex(where: { $0.contains(event.name) }) {
                    for frame in track.frames where event.time + quarter...next.time - quarter ~= frame.time {
                        let weights = frame.mouth.weights
                        confusion[said][weights.indices.max { weights[$0] < weights[$1] } ?? 0] += 1
                    }
                } else if ["p", "b", "m"].contains(event.name) {
                    closures.all += 1
                    let near = event.time - 0.03...next.time + 0.03
                    if track.frames.contains(where: { near ~= $0.time && $0.isClosed }) { closures.found += 1 }
                }
            }
        }
        let total = confusion.flatMap { $0 }.reduce(0, +)
        let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
        print("espeak-ng: \(right) of \(total) vowel frames; closures \(closures.found) of \(closures.all)")
        for (vowel, row) in zip(TubeSpeaker.vowels, confusion) {
            print("  \(vowel): " + row.map { String($0) }.joined(separator: " "))
        }
        try #require(total > 300)
        #expect(right * 100 >= total * 90)
        #expect(closures.found * 10 >= closures.all * 7)
    }
}
