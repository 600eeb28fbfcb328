import Foundation
import Glibc

/// Opens sound: WAVE files by Kaira itself, anything else, the tracks of videos among it, by an `ffmpeg` child.
public enum AudioSource {
    /// What is decoded of a sound at most, seconds: six hours take 1.4 GB.
    public static let maximumSeconds = 6.0 * 3600
    /// Samples a second that ffmpeg is asked for.
    private static let decodedRate = 16_000

    /// Reads the sound of a file.
    ///
    /// - Parameters:
    ///   - input: a path, or `-` for a WAVE file on standard input.
    ///   - start: seconds of the file before which sound is left out.
    ///   - tools: where ffmpeg is.
    /// - Returns: the sound from `start` on; what ffmpeg decodes at 16 kHz.
    /// - Throws: `noInput` if it can't be opened, `badData` if it holds no sound, `missingTool` without ffmpeg.
    public static func read(
        _ input: String, start: Double = 0, tools: MediaTools = MediaTools()
    ) throws(MediaError) -> AudioClip {
        if input == "-" {
            guard let data = try? FileHandle.standardInput.readToEnd(), !data.isEmpty else {
                throw MediaError(.badData, "-: standard input is empty; pipe a WAVE file into it")
            }
            return try WAVFile.read([UInt8](data), file: input)
        }
        var status = stat()
        guard unsafe stat(input, &status) == 0 else { throw MediaError(.noInput, "\(input): \(systemMessage(errno))") }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw MediaError(.noInput, "\(input): it is a folder: name a file in it")
        }
        let fd = unsafe Glibc.open(input, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw MediaError(.noInput, "\(input): \(systemMessage(errno))") }
        var head = [UInt8](repeating: 0, count: 12)
        let count = unsafe head.withUnsafeMutableBytes { unsafe readAll($0, from: fd) }
        Glibc.close(fd)
        guard count > 0 else { throw MediaError(.badData, "\(input): the file is empty; copy or record it again") }
        if WAVFile.isWAV(head[..<count]), start == 0, status.st_size < 4 << 30 {
            guard let data = try? Data(contentsOf: URL(filePath: input)) else {
                throw MediaError(.noInput, "\(input): it cannot be read")
            }
            return try WAVFile.read([UInt8](data), file: input)
        }
        return try decode(input, start: start, tools: tools)
    }

    private static func decode(_ path: String, start: Double, tools: MediaTools) throws(MediaError) -> AudioClip {
        var arguments = ["-nostdin", "-v", "error"] + MediaTools.inputGuard
        arguments += ["-i", "file:" + path, "-map", "0:a:0", "-vn"]
        // Sound that starts after the file does is padded, so that the first sample is that of time 0.
        arguments += [
            "-af", "aresample=async=1:first_pts=0", "-t", "\(maximumSeconds)", "-ac", "1", "-ar", "\(decodedRate)",
            "-f",
            "f32le", "pipe:1",
        ]
        let child = try ChildProcess(tools.ffmpeg, arguments)
        var samples: [Float] = []
        var isCut = false
        while true {
            var block = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe block.withUnsafeMutableBytes { unsafe readAll($0, from: child.output) }
            for i in stride(from: 0, to: count - count % 4, by: 4) {
                let bits =
                    UInt32(block[i]) | UInt32(block[i + 1]) << 8 | UInt32(block[i + 2]) << 16
                    | UInt32(block[i + 3]) << 24
                let sample = Float(bitPattern: bits)
                samples.append(sample.isFinite ? sample : 0)
            }
            if count < block.count {
                isCut = count % 4 != 0
                break
            }
        }
        let end = child.wait()
        let text = child.errorText
        guard !samples.isEmpty else {
            if text.contains("matches no streams") {
                throw MediaError(.badData, "\(path): it has no sound; give a recording or a video with a sound track")
            }
            throw MediaError(
                .badData, "\(path): no sound could be decoded\(firstLine(text, without: path)); try to play it")
        }
        var notes: [String] = []
        if end != .exited(0) || isCut || !text.isEmpty {
            notes.append("\(path): the sound is damaged\(firstLine(text, without: path)): read as far as it goes")
        }
        let cut = max(0, min(Int((start * Double(decodedRate)).rounded()), samples.count))
        samples.removeFirst(cut)
        return AudioClip(samples: samples, sampleRate: decodedRate, notes: notes)
    }
}
