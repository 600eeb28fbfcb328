import Foundation
import KairaImage
import Synchronization

/// A video file, encoded by an ffmpeg child on threads of its own.
///
/// MP4 (H.264, BT.709, alpha put over black), WebM (VP9 with alpha), GIF and Y4M, by the name's extension.
public final class VideoSink: FrameSink {
    /// The kinds of file it writes, by extension.
    public static let kinds = ["mp4", "m4v", "mov", "mkv", "webm", "gif", "y4m"]

    private let output: OutputFile
    private let child: ChildProcess
    private let queue = BoundedQueue<Image>(capacity: 3)
    private let ending = Ending()
    private let (width, height): (Int, Int)
    private var pace: ConstantRate
    private var isEnded = false

    private final class Ending: Sendable {
        let isBroken = Mutex(false)
        let done = DispatchSemaphore(value: 0)
    }

    /// Starts an encoder for frames of one size.
    ///
    /// - Throws: `MediaError.outputExists`, `cannotCreate`, `toolMissing`, or `unsupported` for a name of another kind.
    public init(path: String, width: Int, height: Int, options: EncoderOptions) throws(MediaError) {
        output = try OutputFile(path, replaces: options.replaces)
        (self.width, self.height) = (width, height)
        pace = ConstantRate(options.rate)
        let kind = URL(filePath: path).pathExtension.lowercased()
        var arguments = [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-y", "-protocol_whitelist", "file,pipe",
            "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", "\(width)x\(height)", "-framerate",
            options.rate.description, "-i", "pipe:0",
        ]
        let carriesSound = kind != "gif" && kind != "y4m"
        if carriesSound, let sound = options.soundFrom {
            arguments += ["-i", FFmpegArguments.fileURL(sound), "-map", "0:v:0", "-map", "1:a:0?"]
        } else {
            arguments += ["-map", "0:v:0"]
        }
        arguments += try Self.encoding(kind, path: path, width: width, height: height, options: options)
        child = try ChildProcess(
            "ffmpeg", arguments + ["-map_metadata", "-1", FFmpegArguments.fileURL(output.temporary)], takesInput: true)
        let isStraight = kind == "webm"
        let writer = Thread { [child, queue, ending] in
            while var image = queue.pop() {
                if isStraight { image.unpremultiply() }
                if !child.write(image.bytes) {
                    ending.isBroken.withLock { $0 = true }
                    queue.close(dropping: true)
                }
            }
            child.closeInput()
            ending.done.signal()
        }
        writer.name = "kaira encode"
        writer.start()
    }

    private static func encoding(
        _ kind: String, path: String, width: Int, height: Int, options: EncoderOptions
    ) throws(MediaError) -> [String] {
        let bt709 = [
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        ]
        let matrix = "scale=out_color_matrix=bt709:out_range=tv"
        switch kind {
        case "mp4", "m4v", "mov", "mkv":
            // 4:2:0 needs even sides; the picture is extended by its own edge, not squeezed.
            let even = width % 2 == 0 && height % 2 == 0 ? "" : "pad=ceil(iw/2)*2:ceil(ih/2)*2,"
            var arguments = [
                "-vf", even + matrix, "-c:v", "libx264", "-preset", options.preset, "-crf", "\(options.quality)",
                "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k",
            ]
            if options.threads > 0 { arguments += ["-threads", "\(options.threads)"] }
            return arguments + bt709 + (kind == "mkv" ? [] : ["-movflags", "+faststart"])
        case "webm":
            return [
                "-vf", matrix, "-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-crf", "\(options.quality + 13)",
                "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1", "-auto-alt-ref", "0", "-c:a",
                "libopus", "-b:a", "128k",
            ] + bt709
        case "gif":
            return [
                "-vf", "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=4",
                "-loop", "0",
            ]
        case "y4m":
            return ["-vf", matrix, "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe"]
        default:
            throw .unsupported("\(path): a video's name ends in one of .\(kinds.joined(separator: ", ."))")
        }
    }

    /// Takes one frame.
    public func write(_ frame: Frame) throws(MediaError) {
        precondition(frame.image.width == width && frame.image.height == height, "all frames have one size")
        try pace.push(frame) { (image, _) throws(MediaError) in
            guard queue.push(image) else { throw brokenError() }
        }
    }

    /// Writes what is left and gives the file its name.
    public func finish() throws(MediaError) {
        guard !isEnded else { return }
        try pace.finish { (image, _) throws(MediaError) in
            guard queue.push(image) else { throw brokenError() }
        }
        isEnded = true
        queue.close()
        ending.done.wait()
        let status = child.wait()
        guard status == 0, !ending.isBroken.withLock({ $0 }) else { throw failure(status) }
        try output.commit()
    }

    /// Stops, and removes what was written.
    public func cancel() {
        guard !isEnded else { return }
        isEnded = true
        queue.close(dropping: true)
        child.kill()
        ending.done.wait()
        child.wait()
        output.discard()
    }

    private func brokenError() -> MediaError {
        isEnded = true
        child.closeInput()
        return failure(child.wait())
    }

    private func failure(_ status: Int32) -> MediaError {
        output.discard()
        let reason = child.errorText
        if status >= 128 {
            return .failed(path: output.path, reason: "ffmpeg was ended by signal \(status - 128); nothing was kept")
        }
        return .failed(
            path: output.path, reason: "ffmpeg could not write it\(reason.isEmpty ? "" : ": " + reason)")
    }

    deinit { cancel() }
}
