import Foundation
import Glibc

/// What `ffprobe` tells of an input.
struct MediaProbe {
    var information: MediaInformation
    /// The stream to decode.
    var streamIndex: Int
    /// The decoder to name, where ffmpeg's choice would lose the alpha channel.
    var decoder: String?
    /// Whether the colour matrix is not stated and has to be guessed by size.
    var hasUnknownMatrix: Bool
    /// How many frames the file promises for sure, for telling a cut file.
    var promisedFrames: Int?

    /// Asks `ffprobe` about a file, or about the first bytes of a stream.
    ///
    /// - Throws: `badData` if there is no video stream or the file can't be read.
    init(path: String, head: [UInt8]? = nil, tools: MediaTools) throws(MediaError) {
        let child = try ChildProcess(
            tools.ffprobe,
            ["-v", "error"] + MediaTools.inputGuard + [
                "-of", "json", "-show_streams", "-show_format", "-show_entries", "packet=stream_index,pts_time",
                "-read_intervals", "%+#500", "-i", head == nil ? "file:" + path : "pipe:0",
            ], input: head == nil ? .nothing : .pipe)
        if let head {
            Thread.detachNewThread {
                _ = unsafe head.withUnsafeBytes { unsafe child.send($0) }
                child.closeInput()
            }
        }
        guard let json = Self.read(child) else {
            throw MediaError(.badData, "\(path): telling what is in the file took more than a minute")
        }
        let end = child.wait()
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(json))
        guard let answer, let streams = answer.streams, !streams.isEmpty else {
            if case .killed = end { throw MediaError(.inputOutput, "\(path): ffprobe was killed") }
            let reason = firstLine(child.errorText, without: path)
            throw MediaError(
                .badData,
                "\(path): not a video or picture that ffmpeg can read, or cut off\(reason); try to play it, or make it again"
            )
        }
        let hasAudio = streams.contains { $0.codec_type == "audio" }
        guard let video = streams.first(where: { $0.codec_type == "video" && $0.disposition?.attached_pic != 1 }) else {
            throw MediaError(
                .badData, "\(path): no video stream\(hasAudio ? ", only sound" : ""); give a file with pictures")
        }
        guard let width = video.width, let height = video.height, width > 0, height > 0 else {
            throw MediaError(.badData, "\(path): the video stream tells no picture size; the file may be cut")
        }
        try self.init(
            path: path, isStream: head != nil, answer: answer, video: video, width: width, height: height,
            audio: streams.first { $0.codec_type == "audio" })
    }

    private init(
        path: String, isStream: Bool, answer: Answer, video: Stream, width: Int, height: Int, audio: Stream?
    ) throws(MediaError) {
        guard width <= 32768, height <= 32768 else {
            throw MediaError(.badData, "\(path): \(width)x\(height) pixels are more than can be decoded")
        }
        let format = answer.format?.format_name ?? ""
        let rotation = video.side_data_list?.compactMap(\.rotation).first ?? 0
        let aspect = Self.aspect(video.sample_aspect_ratio)
        var size = SIMD2(width, height)
        // Stretch the short way only: no row or column is lost.
        if aspect > 1 { size.x = Int((Double(width) * aspect).rounded()) }
        if aspect < 1 { size.y = Int((Double(height) / aspect).rounded()) }
        guard size.x <= 32768, size.y <= 32768 else {
            throw MediaError(.badData, "\(path): the pixel aspect of \(aspect) makes the picture too large")
        }
        let quarters = Int((rotation / 90).rounded())
        if abs(rotation - Double(quarters) * 90) < 1, quarters % 2 != 0 { size = [size.y, size.x] }

        // One real frame can't last shorter than this: rates beyond are time bases, not rates.
        func plausible(_ text: String?) -> Rational? {
            text.flatMap { Rational($0) }.flatMap { $0.value <= 1000 ? $0 : nil }
        }
        let base = plausible(video.r_frame_rate)
        let average = plausible(video.avg_frame_rate) ?? base ?? Rational(25)
        let times = (answer.packets ?? []).filter { $0.stream_index == video.index }.compactMap {
            Double($0.pts_time ?? "")
        }
        .sorted()
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > 0 }.sorted()
        var isVariable = false
        var outputRate = average
        if let shortest = steps.first, let longest = steps.last {
            let median = steps[steps.count / 2]
            // Containers round to a millisecond; a tenth of a frame is no jitter any more.
            isVariable = longest - shortest > max(0.0025, median * 0.1)
            if isVariable {
                let fastest = min(1 / max(shortest, 1e-3), 60)
                if let base, base.value <= 60.01, base.value >= fastest * 0.98 {
                    outputRate = base
                } else {
                    outputRate = Rational(max(1, Int(fastest.rounded())))
                }
            }
        }
        let duration = Double(video.duration ?? "") ?? Self.seconds(video.tags?["DURATION"])
        let isPicture = format.hasSuffix("_pipe") || format == "image2"
        let first = (Double(video.start_time ?? "") ?? 0) - (Double(answer.format?.start_time ?? "") ?? 0)
        let length = duration ?? Double(answer.format?.duration ?? "")
        let pixels = video.pix_fmt ?? ""
        let isAlphaVP = (video.codec_name == "vp9" || video.codec_name == "vp8") && video.tags?["alpha_mode"] == "1"
        let count = video.nb_frames.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        information = MediaInformation(
            kind: isPicture ? .image : .video, size: size, frameSize: size, frameRate: average,
            hasVariableFrameRate: isVariable, duration: isPicture ? nil : length, frameCount: isPicture ? 1 : count,
            hasAudio: audio != nil,
            audio: isStream
                ? nil
                : audio.map {
                    AudioTrack(path: path, codec: $0.codec_name ?? "", start: max(0, first), duration: length)
                },
            rotation: rotation, pixelAspect: aspect,
            hasAlpha: isAlphaVP || Self.alphaFormats.contains { pixels.hasPrefix($0) },
            codec: video.codec_name ?? "unknown", outputFrameRate: outputRate)
        streamIndex = video.index ?? 0
        decoder = isAlphaVP ? (video.codec_name == "vp9" ? "libvpx-vp9" : "libvpx") : nil
        hasUnknownMatrix = pixels.hasPrefix("yuv") && (video.color_space ?? "unknown") == "unknown"
        promisedFrames = isStream ? nil : count
    }

    private static let alphaFormats = ["yuva", "rgba", "argb", "bgra", "abgr", "ya8", "ya16", "gbrap", "pal8", "ayuv"]

    /// The whole output, at most 64 MB; nil after a minute without an end.
    private static func read(_ child: ChildProcess) -> [UInt8]? {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        let limit = Date(timeIntervalSinceNow: 60)
        while result.count < 64 << 20 {
            var wanted = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&wanted, 1, 500)
            if ready <= 0 {
                if Date() > limit {
                    child.kill()
                    return nil
                }
                continue
            }
            let count = unsafe Glibc.read(child.output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return result }
            result += buffer[..<count]
        }
        child.kill()
        return result
    }

    /// `4:3` as a number; 1 where it is absent, 0:1 or absurd.
    private static func aspect(_ text: String?) -> Double {
        let parts = (text ?? "").split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return 1 }
        let value = parts[0] / parts[1]
        return value > 0.05 && value < 20 ? value : 1
    }

    /// `00:00:01.500000000` as seconds.
    private static func seconds(_ text: String?) -> Double? {
        let parts = (text ?? "").split(separator: ":").compactMap { Double($0) }
        return parts.count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : nil
    }

    // The names are ffprobe's.
    private struct Answer: Decodable {
        var streams: [Stream]?
        var format: Format?
        var packets: [Packet]?
    }
    private struct Packet: Decodable {
        var stream_index: Int?
        var pts_time: String?
    }
    private struct Format: Decodable {
        var format_name: String?
        var duration: String?
        var start_time: String?
    }
    private struct Stream: Decodable {
        var index: Int?
        var codec_type: String?
        var codec_name: String?
        var width: Int?
        var height: Int?
        var pix_fmt: String?
        var color_space: String?
        var sample_aspect_ratio: String?
        var r_frame_rate: String?
        var avg_frame_rate: String?
        var start_time: String?
        var duration: String?
        var nb_frames: String?
        var disposition: Disposition?
        var tags: [String: String]?
        var side_data_list: [SideData]?
    }
    private struct Disposition: Decodable {
        var attached_pic: Int?
    }
    private struct SideData: Decodable {
        var rotation: Double?
    }
}

/// The first line that a tool said, in brackets, or nothing.
func firstLine(_ text: String, without path: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    // The last line names the reason best, those before tell how it came about.
    guard let line = lines.last else { return "" }
    let plain = line.replacingOccurrences(of: "file:" + path + ": ", with: "").replacingOccurrences(
        of: "pipe:0: ", with: "")
    return " (ffmpeg: \(plain.trimmingCharacters(in: .whitespaces)))"
}
