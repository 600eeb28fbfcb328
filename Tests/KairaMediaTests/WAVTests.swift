import Foundation
import KairaMedia
import Testing

@Suite struct WAVTests {
    /// A ramp over the whole range as samples of the test.
    private static let ramp = (0..<200).map { Double($0 - 100) / 100 * 0.9 }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A file by the specification (Microsoft and IBM 1991; extensible: Microsoft 2001).
    private static func file(
        tag: Int, bits: Int, channels: Int = 1, rate: Int = 8000, data: [UInt8], dataSize: Int? = nil,
        isExtensible: Bool = false, before: [UInt8] = []
    ) -> [UInt8] {
        let block = channels * bits / 8
        var format =
            little(isExtensible ? 0xFFFE : tag, 2) + little(channels, 2) + little(rate, 4) + little(rate * block, 4)
            + little(block, 2) + little(bits, 2)
        if isExtensible {
            format += little(22, 2) + little(bits, 2) + little(0, 4) + little(tag, 2)
            format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        let body =
            Array("WAVEfmt ".utf8) + little(format.count, 4) + format + before + Array("data".utf8)
            + little(dataSize ?? data.count, 4) + data
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// Oracle: the ramp that was written, to half a step of its coding.
    @Test("every coding gives back the ramp", arguments: [8, 16, 24, 32, -32, -64], [false, true])
    func codings(bits: Int, isExtensible: Bool) throws {
        var data: [UInt8] = []
        for value in Self.ramp {
            switch bits {
            case 8: data.append(UInt8(value * 128 + 128.5))
            case -32: data += Self.little(Int(Float(value).bitPattern), 4)
            case -64: data += (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) }
            default: data += Self.little(Int((value * Double(1 << (bits - 1))).rounded()), bits / 8)
            }
        }
        let bytes = Self.file(tag: bits < 0 ? 3 : 1, bits: abs(bits), data: data, isExtensible: isExtensible)
        let clip = try WAVFile.read(bytes, file: "ramp.wav")
        #expect(clip.sampleRate == 8000)
        #expect(clip.samples.count == Self.ramp.count)
        let step = bits < 0 ? 1e-6 : max(1 / Double(1 << (bits - 1)), 1e-7)
        for (a, b) in zip(clip.samples, Self.ramp) { #expect(abs(Double(a) - b) <= step) }
        #expect(clip.notes.isEmpty)
    }

    /// Oracle: ffmpeg's own codings and its own decoding to float.
    @Test(
        "files by ffmpeg are read as ffmpeg reads them",
        arguments: ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"])
    func ffmpeg(codec: String) throws {
        let shop = try Workshop()
        let wave = try shop.make([
            "-f", "lavfi", "-i", "sine=f=440:r=11025:d=0.3", "-af", "volume=4", "-c:a", codec, codec + ".wav",
        ])
        let raw = try shop.make(["-i", wave, "-f", "f32le", codec + ".raw"])
        let expected = [UInt8](try Data(contentsOf: URL(filePath: raw)))
        let clip = try WAVFile.read([UInt8](try Data(contentsOf: URL(filePath: wave))), file: wave)
        #expect(clip.samples.count * 4 == expected.count)
        for (i, sample) in clip.samples.enumerated() {
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(expected[i * 4 + $1]) << UInt32(8 * $1) }
            guard abs(sample - Float(bitPattern: bits)) < 2e-6 else {
                Issue.record("sample \(i): \(sample) instead of \(Float(bitPattern: bits))")
                break
            }
        }
    }

    @Test("channels are averaged")
    func channels() throws {
        let data = [1000, 3000, -500, 500].flatMap { Self.little($0, 2) }
        let clip = try WAVFile.read(Self.file(tag: 1, bits: 16, channels: 2, data: data), file: "two.wav")
        #expect(clip.channels == 2)
        #expect(clip.samples.map { ($0 * 32768).rounded() } == [2000, 0])
    }

    @Test("chunks that are not known are passed over, odd ones with their pad byte")
    func chunks() throws {
        let odd = Array("LIST".utf8) + Self.little(3, 4) + [1, 2, 3, 0]
        let clip = try WAVFile.read(
            Self.file(tag: 1, bits: 16, data: Self.little(16_384, 2), before: odd), file: "list.wav")
        #expect(clip.samples == [0.5])
    }

    @Test("a header that promises too much is read as far as it goes", arguments: [0xFFFF_FFFF, 0x7FFF_FFFF, 1000])
    func cut(size: Int) throws {
        let data = [UInt8](repeating: 1, count: 8)
        let clip = try WAVFile.read(Self.file(tag: 1, bits: 16, data: data, dataSize: size), file: "cut.wav")
        #expect(clip.samples.count == 4)
        #expect(clip.notes.count == 1)
    }

    @Test("an empty file has no samples and is no error")
    func empty() throws {
        #expect(try WAVFile.read(Self.file(tag: 1, bits: 16, data: []), file: "empty.wav").samples.isEmpty)
    }

    @Test("a file cut at any byte is an error or a shorter sound")
    func everyCut() throws {
        let whole = Self.file(
            tag: 1, bits: 16, channels: 2, data: [UInt8](repeating: 7, count: 64), isExtensible: true)
        for end in 0..<whole.count {
            do {
                let clip = try WAVFile.read(Array(whole[..<end]), file: "cut.wav")
                #expect(clip.samples.count <= 16)
            } catch {
                #expect(error.kind == .badData)
                #expect(error.description.hasPrefix("cut.wav: byte "))
            }
        }
    }

    @Test("headers that make no sense are refused with their place")
    func nonsense() {
        let data = [UInt8](repeating: 0, count: 16)
        for bytes in [
            Self.file(tag: 1, bits: 16, channels: 0, data: data), Self.file(tag: 1, bits: 16, rate: 0, data: data),
            Self.file(tag: 85, bits: 16, data: data), Self.file(tag: 1, bits: 64, data: data),
            Self.file(tag: 3, bits: 16, data: data), Self.file(tag: 1, bits: 16, channels: 2000, data: data),
            Array("RIFF\0\0\0\0WAVEdata\u{4}\0\0\0\0\0\0\0".utf8), Array("RIFX\0\0\0\0WAVE".utf8), [],
        ] {
            #expect(throws: MediaError.self) { try WAVFile.read(bytes, file: "bad.wav") }
        }
    }

    /// Oracle: what ffmpeg was told to make: 0.2 s of a sine that starts after 0.5 s of pictures.
    @Test("the sound of a video keeps its place in time")
    func video() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:d=1", "-f", "lavfi", "-itsoffset", "0.5", "-i",
            "sine=f=1000:d=0.3:r=16000", "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-c:a", "pcm_s16le",
            "late.mkv",
        ])
        let sound = try AudioSource.read(clip)
        #expect(sound.sampleRate == 16_000)
        let first = try #require(sound.samples.firstIndex { abs($0) > 0.02 })
        #expect(abs(Double(first) / 16_000 - 0.5) < 0.005)
        // Cut where the pictures are said to start.
        let later = try AudioSource.read(clip, start: 0.4)
        let place = try #require(later.samples.firstIndex { abs($0) > 0.02 })
        #expect(abs(Double(place) / 16_000 - 0.1) < 0.005)
    }

    @Test("a video without sound and a missing file are named")
    func missing() throws {
        let shop = try Workshop()
        let silent = try shop.make(["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:d=0.2", "silent.mp4"])
        #expect(performing: { try AudioSource.read(silent) }, throws: { ($0 as? MediaError)?.kind == .badData })
        #expect(
            performing: { try AudioSource.read(shop.path("nothing.wav")) },
            throws: { ($0 as? MediaError)?.kind == .noInput })
    }
}
