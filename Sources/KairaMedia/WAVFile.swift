/// RIFF WAVE files: PCM of 8, 16, 24 and 32 bits, IEEE float of 32 and 64 bits, A-law and mu-law, plain or extensible, with
/// the 64-bit sizes of RF64.
///
/// Sizes in headers are never trusted: memory follows the bytes that are there. A file that is cut, or whose recorder was
/// stopped before it wrote the sizes, is read as far as it goes, and `AudioClip.notes` says so.
public enum WAVFile {
    /// Whether bytes begin as a WAVE file does.
    public static func isWAV(_ bytes: some Collection<UInt8>) -> Bool {
        let head = Array(bytes.prefix(12))
        guard head.count == 12, head[8...] == ArraySlice("WAVE".utf8) else { return false }
        return head[..<4] == ArraySlice("RIFF".utf8) || head[..<4] == ArraySlice("RF64".utf8)
    }

    /// How samples are stored.
    private enum Coding {
        case unsigned8
        case signed(bytes: Int)
        case float32
        case float64
        case aLaw
        case muLaw

        var bytes: Int {
            switch self {
            case .unsigned8, .aLaw, .muLaw: 1
            case .signed(let bytes): bytes
            case .float32: 4
            case .float64: 8
            }
        }
    }

    private struct Format {
        var coding: Coding
        var channels: Int
        var rate: Int
        var block: Int
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: the name for messages.
    /// - Returns: the sound, its channels averaged; samples that are not finite count as 0.
    /// - Throws: `MediaError` of kind `badData` with the byte offset.
    public static func read(_ bytes: [UInt8], file: String) throws(MediaError) -> AudioClip {
        func bad(_ at: Int, _ reason: String) -> MediaError { MediaError(.badData, "\(file): byte \(at): \(reason)") }
        func word(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
        func long(_ at: Int) -> Int { word(at) | word(at + 2) << 16 }
        guard isWAV(bytes) else { throw bad(0, "this is no WAVE file; give a .wav, or a file that ffmpeg can read") }
        var notes: [String] = []
        var format: Format?
        // Of RF64: the true size of the data chunk.
        var longSize: UInt64?
        var at = 12
        while at + 8 <= bytes.count {
            let name = bytes[at..<at + 4]
            var size = UInt64(long(at + 4))
            let body = at + 8
            if name == ArraySlice("ds64".utf8), size >= 16, body + 16 <= bytes.count {
                longSize = UInt64(UInt32(long(body + 8))) | UInt64(UInt32(long(body + 12))) << 32
            } else if name == ArraySlice("fmt ".utf8) {
                guard format == nil else { throw bad(at, "a second format chunk") }
                guard size >= 16, body + 16 <= bytes.count else { throw bad(at, "the format chunk is cut off") }
                let length = Int(min(size, UInt64(bytes.count - body)))
                format = try Self.format(bytes[body..<body + length], at: body, file: file)
            } else if name == ArraySlice("data".utf8) {
                guard let format else { throw bad(at, "the samples come before their format") }
                if size == 0xFFFF_FFFF { size = longSize ?? size }
                let left = UInt64(bytes.count - body)
                // A recorder writes the size when it stops; one that was killed leaves 0 or the largest number.
                if size > left || (size == 0 && left > 8 && !hasChunk(bytes, at: body)) {
                    if size > left {
                        notes.append(
                            "\(file): the header promises \(size) bytes of sound and \(left) are there: read as far as it goes"
                        )
                    }
                    size = left
                }
                let samples = decode(bytes[body..<body + Int(size)], format)
                return AudioClip(samples: samples, sampleRate: format.rate, channels: format.channels, notes: notes)
            }
            let next = UInt64(body) + size + (size & 1)
            guard next <= UInt64(bytes.count) else { break }
            at = Int(next)
        }
        throw bad(min(at, bytes.count), "the file ends before its samples; copy or record it again")
    }

    /// Whether what stands here looks like the head of another chunk.
    private static func hasChunk(_ bytes: [UInt8], at: Int) -> Bool {
        at + 8 <= bytes.count && bytes[at..<at + 4].allSatisfy { 0x20...0x7E ~= $0 }
    }

    private static func format(_ chunk: ArraySlice<UInt8>, at: Int, file: String) throws(MediaError) -> Format {
        func bad(_ reason: String) -> MediaError { MediaError(.badData, "\(file): byte \(at): \(reason)") }
        let chunk = Array(chunk)
        func word(_ i: Int) -> Int { Int(chunk[i]) | Int(chunk[i + 1]) << 8 }
        var tag = word(0)
        let channels = word(2)
        let rate = word(4) | word(6) << 16
        let block = word(12)
        let bits = word(14)
        // WAVE_FORMAT_EXTENSIBLE: the tag is the start of a GUID.
        if tag == 0xFFFE {
            guard chunk.count >= 26 else { throw bad("an extensible format without its extension") }
            tag = word(24)
        }
        guard 1...1024 ~= channels else { throw bad("\(channels) channels are outside 1...1024") }
        guard 1000...768_000 ~= rate else { throw bad("\(rate) samples a second are outside 1000...768000") }
        let coding: Coding
        switch (tag, bits) {
        case (1, 1...8): coding = .unsigned8
        case (1, 9...32): coding = .signed(bytes: (bits + 7) / 8)
        case (3, 32): coding = .float32
        case (3, 64): coding = .float64
        case (6, 8): coding = .aLaw
        case (7, 8): coding = .muLaw
        default:
            throw bad(
                "samples of format \(tag) with \(bits) bits are not read here; convert them: ffmpeg -i IN -c:a pcm_s16le OUT.wav"
            )
        }
        guard block == channels * coding.bytes else {
            throw bad("a block of \(block) bytes does not hold \(channels) channels of \(coding.bytes) bytes")
        }
        return Format(coding: coding, channels: channels, rate: rate, block: block)
    }

    private static func decode(_ data: ArraySlice<UInt8>, _ format: Format) -> [Float] {
        let count = data.count / format.block
        let scale = 1 / Float(format.channels)
        return unsafe data.withUnsafeBufferPointer { bytes in
            func one(_ at: Int) -> Float {
                switch format.coding {
                case .unsigned8: return (Float(unsafe bytes[at]) - 128) / 128
                case .signed(let width):
                    var bits: UInt32 = 0
                    // To the top of the word, so that the sign is the word's.
                    for i in 0..<width { unsafe bits |= UInt32(bytes[at + i]) << UInt32(8 * (4 - width + i)) }
                    return Float(Int32(bitPattern: bits)) / 2_147_483_648
                case .float32:
                    var bits: UInt32 = 0
                    for i in 0..<4 { unsafe bits |= UInt32(bytes[at + i]) << UInt32(8 * i) }
                    return Float(bitPattern: bits)
                case .float64:
                    var bits: UInt64 = 0
                    for i in 0..<8 { unsafe bits |= UInt64(bytes[at + i]) << UInt64(8 * i) }
                    return Float(Double(bitPattern: bits))
                case .aLaw: return unsafe aLaw(bytes[at])
                case .muLaw: return unsafe muLaw(bytes[at])
                }
            }
            var out: [Float] = []
            out.reserveCapacity(count)
            for i in 0..<count {
                var sum: Float = 0
                for channel in 0..<format.channels {
                    sum += one(i * format.block + channel * format.coding.bytes) * scale
                }
                out.append(sum.isFinite ? min(max(sum, -1e6), 1e6) : 0)
            }
            return out
        }
    }

    /// ITU-T G.711, A-law.
    private static func aLaw(_ byte: UInt8) -> Float {
        let value = byte ^ 0x55
        let (exponent, mantissa) = (Int(value >> 4) & 7, Int(value & 15))
        let magnitude = exponent == 0 ? mantissa << 4 + 8 : (mantissa << 4 + 0x108) << (exponent - 1)
        return Float(value & 0x80 != 0 ? magnitude : -magnitude) / 32768
    }

    /// ITU-T G.711, mu-law.
    private static func muLaw(_ byte: UInt8) -> Float {
        let value = ~byte
        let magnitude = (Int(value & 15) << 3 + 0x84) << (Int(value >> 4) & 7) - 0x84
        return Float(value & 0x80 != 0 ? -magnitude : magnitude) / 32768
    }
}
