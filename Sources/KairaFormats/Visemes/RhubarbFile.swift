import KairaMotion

/// Mouth cues of Rhubarb Lip Sync (github.com/DanielSWolf/rhubarb-lip-sync): its TSV, XML and JSON output.
///
/// A cue is a shape that holds from its start to its end: A closed (p b m), B teeth together (most consonants), C open
/// (e), D wide open (a), E rounded (o), F puckered (u), G lip at the teeth (f v), H tongue behind the teeth (l), X rest.
public enum RhubarbFile {
    /// A shape over a time.
    private struct Cue {
        var start: Double
        var end: Double?
        var shape: UInt8
    }

    /// Frames a second of the tracks that are made.
    public static let rate = 100.0
    /// A few bytes can claim any length: longer recordings than this, seconds, are refused.
    private static let maximumSeconds = 3600.0

    /// Reads a file; which of the three it is, is told from its first byte.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: the name for messages.
    /// - Returns: a track of 100 frames a second in which shapes ease into each other over 60 ms, and lips close at once.
    /// - Throws: `FormatsError.malformed` with the line or JSON path, `.tooLarge` for times beyond an hour.
    public static func read(_ bytes: [UInt8], file: String) throws(FormatsError) -> VisemeTrack {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var cues: [Cue]
        switch text.first(where: { $0 > 0x20 }) {
        case nil: throw .malformed(file: file, at: "byte 0", reason: "the file is empty")
        case UInt8(ascii: "{"): cues = try json(text, file: file)
        case UInt8(ascii: "<"): cues = try xml(text, file: file)
        default: cues = try tsv(text, file: file)
        }
        cues.sort { $0.start < $1.start }
        let end = cues.map { $0.end ?? $0.start }.max() ?? 0
        guard end <= maximumSeconds else {
            throw .tooLarge(
                file: file, at: "the last cue", reason: "it ends after \(end) s, more than an hour: cut it into parts")
        }
        return sampled(cues, end: end)
    }

    private static func json(_ bytes: [UInt8], file: String) throws(FormatsError) -> [Cue] {
        let root = JSONNode(value: try JSONParser.parse(bytes, file: file), path: "", file: file)
        var cues: [Cue] = []
        for node in try root.required("mouthCues").elements() {
            let value = try node.required("value")
            let name = try value.string()
            guard let shape = shape(name) else {
                throw value.failure("\"\(name.prefix(20))\" is none of the shapes A-H, X")
            }
            let (start, end) = (try node.required("start").number(), try node.required("end").number())
            guard start >= 0, end >= start else { throw node.failure("the cue ends before it starts") }
            cues.append(Cue(start: start, end: end, shape: shape))
        }
        return cues
    }

    private static func tsv(_ bytes: [UInt8], file: String) throws(FormatsError) -> [Cue] {
        var cues: [Cue] = []
        for (i, line) in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).enumerated() {
            func bad(_ reason: String) -> FormatsError { .malformed(file: file, at: "line \(i + 1)", reason: reason) }
            let parts = line.split(whereSeparator: { $0 == 0x09 || $0 == 0x20 })
            if parts.isEmpty { continue }
            guard parts.count == 2 else { throw bad("a time and a shape are expected, with a tab between") }
            guard let time = Double(String(decoding: parts[0], as: UTF8.self)), time.isFinite, time >= 0 else {
                throw bad("the time is no number of seconds")
            }
            guard let shape = shape(String(decoding: parts[1], as: UTF8.self)) else {
                throw bad("the shape is none of A-H, X")
            }
            if let last = cues.last, time < last.start { throw bad("the time lies before that of the line above") }
            if !cues.isEmpty { cues[cues.count - 1].end = time }
            cues.append(Cue(start: time, end: nil, shape: shape))
        }
        return cues
    }

    /// `<mouthCue start="0.00" end="0.25">X</mouthCue>`; everything else in the document is passed over.
    private static func xml(_ bytes: [UInt8], file: String) throws(FormatsError) -> [Cue] {
        var cues: [Cue] = []
        let opening = Array("<mouthCue ".utf8)
        var at = 0
        while let start = find(opening, in: bytes, from: at) {
            func bad(_ reason: String) -> FormatsError { .malformed(file: file, at: "byte \(start)", reason: reason) }
            guard let close = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else {
                throw bad("a tag is not closed")
            }
            let head = String(decoding: bytes[start..<close], as: UTF8.self)
            guard let end = bytes[close...].firstIndex(of: UInt8(ascii: "<")) else { throw bad("a cue is not closed") }
            let name = String(decoding: bytes[close + 1..<end].filter { $0 > 0x20 }, as: UTF8.self)
            guard let shape = shape(name) else { throw bad("\"\(name.prefix(20))\" is none of the shapes A-H, X") }
            guard let from = attribute("start", of: head), let to = attribute("end", of: head), from >= 0, to >= from
            else { throw bad("a cue needs start=\"...\" and end=\"...\" in seconds, in this order") }
            cues.append(Cue(start: from, end: to, shape: shape))
            at = end
        }
        guard !cues.isEmpty else { throw .malformed(file: file, at: "byte 0", reason: "no <mouthCue> is in the file") }
        return cues
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        var at = from
        while at + pattern.count <= bytes.count {
            guard let next = bytes[at...].firstIndex(of: pattern[0]) else { return nil }
            if bytes[next...].starts(with: pattern) { return next }
            at = next + 1
        }
        return nil
    }

    private static func attribute(_ name: String, of tag: String) -> Double? {
        for quote in ["\"", "'"] {
            let parts = tag.split(
                separator: Substring(name + "=" + quote), maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, let text = parts[1].split(separator: quote, omittingEmptySubsequences: false).first,
                let value = Double(text), value.isFinite
            {
                return value
            }
        }
        return nil
    }

    private static func shape(_ name: String) -> UInt8? {
        guard name.utf8.count == 1, let byte = name.utf8.first else { return nil }
        return (UInt8(ascii: "A")...UInt8(ascii: "H")).contains(byte) || byte == UInt8(ascii: "X") ? byte : nil
    }

    /// The viseme that a shape is nearest to, and how much of it.
    private static func viseme(_ shape: UInt8) -> (Viseme, Float) {
        switch shape {
        case UInt8(ascii: "A"): (.pp, 1)
        case UInt8(ascii: "B"): (.ih, 0.45)
        case UInt8(ascii: "C"): (.e, 0.8)
        case UInt8(ascii: "D"): (.aa, 1)
        case UInt8(ascii: "E"): (.oh, 0.8)
        case UInt8(ascii: "F"): (.ou, 1)
        case UInt8(ascii: "G"): (.ff, 1)
        case UInt8(ascii: "H"): (.nn, 1)
        default: (.sil, 1)
        }
    }

    private static func sampled(_ cues: [Cue], end: Double) -> VisemeTrack {
        guard !cues.isEmpty else { return VisemeTrack(rate: rate, frames: []) }
        let count = Int((end * rate).rounded(.up)) + 1
        var plain: [VisemeFrame] = []
        plain.reserveCapacity(count)
        var next = 0
        for i in 0..<count {
            let time = Double(i) / rate
            while next < cues.count, cues[next].start <= time + 1e-9 { next += 1 }
            let cue = next > 0 ? cues[next - 1] : nil
            let isOver = cue.map { time >= ($0.end ?? .infinity) } ?? true
            let (viseme, weight) = viseme(isOver ? UInt8(ascii: "X") : cue?.shape ?? UInt8(ascii: "X"))
            plain.append(VisemeFrame(time: time, viseme, weight: weight))
        }
        // Shapes ease over seven frames, as lips do; those that meet do not.
        let weights: [Float] = [1, 2, 3, 4, 3, 2, 1].map { $0 / 16 }
        let eased = plain.indices.map { i in
            var frame = plain[i]
            guard !frame.isClosed else { return frame }
            frame.mouth = MouthShape()
            frame.visemes = [Float](repeating: 0, count: Viseme.count)
            for (k, weight) in weights.enumerated() {
                let other = plain[min(max(i + k - 3, 0), plain.count - 1)]
                frame.mouth = frame.mouth + other.mouth * weight
                for v in frame.visemes.indices { frame.visemes[v] += other.visemes[v] * weight }
            }
            return frame
        }
        return VisemeTrack(rate: rate, frames: eased)
    }
}
