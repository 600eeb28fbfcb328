import Glibc

/// Opens outputs.
public enum MediaSink {
    /// Opens an output for frames of one size.
    ///
    /// Videos have evenly spaced frames at `frameRate`: each frame is shown from its own time on, doubled or left out
    /// where its time asks for it, so that a variable rate keeps its timing to half a frame.
    ///
    /// - Parameters:
    ///   - output: a path, a pattern with `{frame:05d}`, or `-` for standard output.
    ///   - format: nil to tell it from the path; `.png` on standard output writes one PNG after the other.
    ///   - size: of every frame.
    ///   - frameRate: of the output.
    ///   - options: how to write.
    /// - Returns: a sink; the output appears under its name once `finish` is through.
    /// - Throws: `cannotCreate` for an existing output without `force` or a missing folder, `usage` for a format that
    ///   is not known or does not fit the place, `missingTool` without ffmpeg.
    public static func open(
        _ output: String, format: OutputFormat? = nil, size: SIMD2<Int>, frameRate: Rational,
        options: SinkOptions = SinkOptions()
    ) throws(MediaError) -> any FrameSink {
        guard let format = format ?? OutputFormat(path: output) else {
            throw MediaError(
                .usage,
                "\(output): can't tell the format from the name; end it in .mp4, .webm, .gif, .png, .jpg, .y4m or .rgba"
            )
        }
        guard size.x > 0, size.y > 0, size.x <= 16384, size.y <= 16384 else {
            throw MediaError(.usage, "\(output): can't write frames of \(size.x)x\(size.y)")
        }
        if output == "-" {
            guard format == .y4m || format == .rgba || format == .png else {
                throw MediaError(.usage, "-: \(format.rawValue) can't go to standard output; choose y4m, rgba or png")
            }
            let fd = dup(1)
            guard fd >= 0 else { throw MediaError(.inputOutput, "-: standard output is closed") }
            return StreamSink(
                descriptor: fd, file: nil, format: format, size: size, frameRate: frameRate, options: options)
        }
        switch format {
        case .mp4, .webm, .gif:
            return try VideoSink(output, format: format, size: size, frameRate: frameRate, options: options)
        case .pngSequence, .png, .jpeg:
            return try PictureSink(output, format: format, size: size, options: options)
        case .y4m, .rgba:
            let file = try OutputFile(output, force: options.force)
            let fd = try file.create()
            return StreamSink(
                descriptor: fd, file: file, format: format, size: size, frameRate: frameRate, options: options)
        }
    }
}
