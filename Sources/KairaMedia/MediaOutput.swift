import Foundation

/// Opens an output by its name.
public enum MediaOutput {
    /// Whether a name is that of a video or of numbered pictures, not of one picture.
    public static func isMoving(_ path: String) -> Bool {
        path == "-" || PictureSink.number(in: path) != nil
            || VideoSink.kinds.contains(URL(filePath: path).pathExtension.lowercased())
    }

    /// Opens a file for frames of one size: a video, numbered pictures, or one picture.
    ///
    /// - Parameters:
    ///   - path: the file's name, which decides its kind, or `-` for stdout.
    ///   - width: pixels a row of every frame.
    ///   - height: rows of every frame.
    ///   - stream: what `-` writes.
    ///   - options: rate, sound, quality, and whether an output is replaced.
    /// - Returns: a sink that is ready to take frames.
    /// - Throws: `MediaError`.
    public static func open(
        _ path: String, width: Int, height: Int, stream: StreamSink.Format = .y4m, options: EncoderOptions
    ) throws(MediaError) -> any FrameSink {
        if path == "-" { return StreamSink(format: stream, rate: options.rate) }
        if PictureSink.isPicture(path) {
            return try PictureSink(pattern: path, rate: options.rate, replaces: options.replaces)
        }
        return try VideoSink(path: path, width: width, height: height, options: options)
    }

    /// Checks a name before any work is done.
    ///
    /// - Throws: `MediaError` where the name is of no known kind, its folder is missing, or it exists.
    public static func check(_ path: String, replaces: Bool) throws(MediaError) {
        if path == "-" { return }
        if PictureSink.isPicture(path) {
            _ = try PictureSink(pattern: path, rate: FrameRate(1), replaces: replaces)
            return
        }
        guard VideoSink.kinds.contains(URL(filePath: path).pathExtension.lowercased()) else {
            throw .unsupported(
                "\(path): the name ends in none of .\(VideoSink.kinds.joined(separator: ", .")), .png, .jpg")
        }
        _ = try OutputFile(path, replaces: replaces)
    }
}
