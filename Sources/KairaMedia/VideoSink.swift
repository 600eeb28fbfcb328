import Foundation
import Glibc
import KairaImage

/// A video file, encoded by an `ffmpeg` child.
///
/// H.264 is written as BT.709 in video range, 4:2:0, index at the front; an odd side gets its last column or row twice,
/// since 4:2:0 needs even ones. VP9 keeps alpha. GIF makes a palette a frame, so that memory does not grow with length.
///
/// `@unchecked Sendable`: used by one thread at a time; `state` is behind `lock`.
final class VideoSink: FrameSink, @unchecked Sendable {
    private let size: SIMD2<Int>
    private let format: OutputFormat
    private let options: SinkOptions
    private let file: OutputFile
    private let child: ChildProcess
    private let pump: FramePump
    private var spacing: FrameSpacing
    private let lock = NSLock()
    private var isOpen = true

    init(
        _ output: String, format: OutputFormat, size: SIMD2<Int>, frameRate: Rational, options: SinkOptions
    ) throws(MediaError) {
        file = try OutputFile(output, force: options.force)
        self.size = size
        self.format = format
        self.options = options
        spacing = FrameSpacing(rate: frameRate)
        let planes = PlanarYUV(width: size.x, height: size.y, matrix: .bt709, even: true)
        let shape = format == .mp4 ? SIMD2(planes.lumaWidth, planes.lumaHeight) : size
        do {
            child = try ChildProcess(
                options.tools.ffmpeg,
                Self.arguments(format, shape: shape, rate: frameRate, options: options) + [
                    "file:" + file.temporaryPath
                ],
                input: .pipe, hasOutput: false)
        } catch {
            file.discard()
            throw error
        }
        let background = options.background
        pump = FramePump(capacity: options.queuedFrames) { [child, file] (image, count) throws(MediaError) in
            var bytes: [UInt8]
            if format == .mp4 {
                let opaque = background == .zero ? image : image.composited(over: background)
                bytes = unsafe [UInt8](unsafeUninitializedCapacity: planes.byteCount) { buffer, filled in
                    unsafe planes.convert(
                        opaque, into: UnsafeMutableBufferPointer(rebasing: buffer[..<planes.byteCount]))
                    filled = planes.byteCount
                }
            } else {
                var straight = image
                straight.unpremultiply()
                bytes = straight.bytes
            }
            for _ in 0..<count {
                let isSent = unsafe bytes.withUnsafeBytes { unsafe child.send($0) }
                if !isSent { throw Self.failure(of: child, file) }
            }
        }
    }

    deinit { cancel() }

    func write(_ frame: Frame) throws(MediaError) {
        guard frame.image.width == size.x, frame.image.height == size.y else {
            throw MediaError(
                .usage,
                "\(file.path): a frame of \(frame.image.width)x\(frame.image.height) in a video of \(size.x)x\(size.y)")
        }
        guard lock.withLock({ isOpen }) else { throw MediaError(.cancelled, "\(file.path): is closed") }
        guard let (image, count) = spacing.add(frame.image, time: frame.time) else { return }
        try cancelling { () throws(MediaError) in try pump.push(image, count: count) }
    }

    func finish() throws(MediaError) {
        guard lock.withLock({ isOpen }) else { throw MediaError(.cancelled, "\(file.path): is closed") }
        guard let (image, count) = spacing.finish() else {
            cancel()
            throw MediaError(.badData, "\(file.path): no frames to write")
        }
        try cancelling { () throws(MediaError) in
            try pump.push(image, count: count)
            try pump.drain()
            child.closeInput()
            guard Self.hasWritten(child) else { throw Self.failure(of: child, file) }
            try trimSound()
            try file.commit()
        }
        lock.withLock { isOpen = false }
    }

    func cancel() {
        let wasOpen = lock.withLock {
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        child.kill()
        pump.stop()
        child.closeInput()
        child.wait()
        file.discard()
    }

    private func cancelling(_ body: () throws(MediaError) -> Void) throws(MediaError) {
        do throws(MediaError) {
            try body()
        } catch {
            cancel()
            throw error
        }
    }

    /// Cuts the sound where the pictures end, if they ended before their input did.
    private func trimSound() throws(MediaError) {
        let written = Double(spacing.count) / spacing.rate.value
        guard let audio = options.audio, Self.carriesSound(format),
            (audio.duration ?? .infinity) - audio.start > written + 0.3
        else { return }
        let trimmed = OutputFile(beside: file)
        let copier = try ChildProcess(
            options.tools.ffmpeg,
            ["-nostdin", "-v", "error"] + MediaTools.inputGuard + [
                "-i", "file:" + file.temporaryPath, "-map", "0", "-c", "copy", "-t", "\(written)",
            ] + Self.container(format) + ["file:" + trimmed.temporaryPath], hasOutput: false)
        guard Self.hasWritten(copier) else { throw Self.failure(of: copier, trimmed) }
        guard unsafe rename(trimmed.temporaryPath, file.temporaryPath) == 0 else {
            throw MediaError(.inputOutput, "\(file.path): \(systemMessage(errno))")
        }
    }

    /// Whether an encoder ended with a whole file: ffmpeg 5 exits with 0 where the last bytes found no room.
    private static func hasWritten(_ child: ChildProcess) -> Bool {
        guard child.wait() == .exited(0) else { return false }
        let text = child.errorText
        return !["Error writing trailer", "Error closing file", "No space left"].contains { text.contains($0) }
    }

    private static func failure(of child: ChildProcess, _ file: OutputFile) -> MediaError {
        child.closeInput()
        let end = child.wait()
        if case .killed(let signal) = end {
            return MediaError(
                .inputOutput, "\(file.path): ffmpeg was killed by signal \(signal); nothing was written, try again")
        }
        let text = child.errorText
        let reason = firstLine(text, without: file.temporaryPath)
        if text.contains("No space left") {
            return MediaError(.inputOutput, "\(file.path): the disk is full; free some space and try again")
        }
        if text.contains("Unknown encoder") {
            return MediaError(.missingTool, "\(file.path): this ffmpeg lacks an encoder; install a full build\(reason)")
        }
        return MediaError(.inputOutput, "\(file.path): ffmpeg failed to encode\(reason)")
    }

    private static func carriesSound(_ format: OutputFormat) -> Bool { format == .mp4 || format == .webm }

    private static func container(_ format: OutputFormat) -> [String] {
        switch format {
        case .mp4: ["-movflags", "+faststart", "-f", "mp4"]
        case .webm: ["-f", "webm"]
        default: ["-f", "gif"]
        }
    }

    private static func arguments(
        _ format: OutputFormat, shape: SIMD2<Int>, rate: Rational, options: SinkOptions
    ) -> [String] {
        var arguments = ["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,pipe"]
        arguments += ["-f", "rawvideo", "-pix_fmt", format == .mp4 ? "yuv420p" : "rgba"]
        arguments += ["-video_size", "\(shape.x)x\(shape.y)", "-framerate", "\(rate)", "-i", "pipe:0"]
        let audio = carriesSound(format) ? options.audio : nil
        if let audio {
            if audio.start > 0 { arguments += ["-ss", "\(audio.start)"] }
            if let duration = audio.duration { arguments += ["-t", "\(max(0.001, duration - audio.start))"] }
            arguments += MediaTools.inputGuard + ["-vn", "-i", "file:" + audio.path]
        }
        let tags = [
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        ]
        let threads = ["-threads", "\(max(1, options.threads))"]
        switch format {
        case .mp4:
            arguments += ["-map", "0:v"]
            if audio != nil { arguments += ["-map", "1:a:0?"] }
            arguments += ["-c:v", "libx264", "-preset", options.preset, "-crf", "\(options.rateFactor)"]
            arguments += threads + tags + ["-chroma_sample_location", "center"]
        case .webm:
            arguments += ["-map", "0:v"]
            if audio != nil { arguments += ["-map", "1:a:0?"] }
            arguments += ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p"]
            arguments += ["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "\(min(63, options.rateFactor + 10))"]
            arguments += ["-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1", "-auto-alt-ref", "0"]
            arguments += threads + tags
        default:
            let palette = "[0:v]split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer"
            arguments += ["-filter_complex", palette, "-loop", "0"]
        }
        if let audio {
            let copied = format == .mp4 ? ["aac", "mp3", "ac3", "eac3", "alac"] : ["opus", "vorbis"]
            if copied.contains(audio.codec) {
                arguments += ["-c:a", "copy"]
            } else {
                arguments += format == .mp4 ? ["-c:a", "aac", "-b:a", "160k"] : ["-c:a", "libopus", "-b:a", "128k"]
            }
        }
        return arguments + container(format)
    }
}
