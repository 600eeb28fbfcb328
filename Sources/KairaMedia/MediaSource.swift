import Foundation
import Glibc
import KairaImage

/// Opens inputs.
public enum MediaSource {
    /// Opens a video file, a picture, a folder of pictures, or standard input (`-`).
    ///
    /// What a file is, is told from its bytes, not from its name.
    ///
    /// - Throws: `noInput` if it can't be opened, `badData` if it holds no picture, `missingTool` without ffmpeg.
    public static func open(_ input: String, options: SourceOptions = SourceOptions()) throws(MediaError)
        -> any FrameSource
    {
        if input == "-" { return try openStandardInput(options) }
        var status = stat()
        guard unsafe stat(input, &status) == 0 else {
            throw MediaError(.noInput, "\(input): \(systemMessage(errno))")
        }
        if status.st_mode & S_IFMT == S_IFDIR { return try FolderSource(folder: input, options: options) }
        let head = try Self.head(of: input)
        guard !head.isEmpty else {
            throw MediaError(.badData, "\(input): the file is empty; copy or download it again")
        }
        if ImageFormat(magicOf: head) != nil, status.st_size <= PictureFile.maximumBytes {
            return try StillSource(path: input, options: options)
        }
        return try VideoSource(path: input, probe: MediaProbe(path: input, tools: options.tools), options: options)
    }

    private static func head(of path: String) throws(MediaError) -> [UInt8] {
        let fd = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw MediaError(.noInput, "\(path): \(systemMessage(errno))") }
        defer { Glibc.close(fd) }
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe readAll($0, from: fd) }
        return Array(buffer[..<count])
    }

    /// A regular file is reopened and can be seeked in; of a pipe the start is kept, asked about, and sent on.
    private static func openStandardInput(_ options: SourceOptions) throws(MediaError) -> any FrameSource {
        var status = stat()
        if unsafe fstat(0, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            return try open("/proc/\(getpid())/fd/0", options: options)
        }
        if isatty(0) != 0 { throw MediaError(.noInput, "-: standard input is a terminal; pipe a video into it") }
        return try openPipe(0, options: options)
    }

    /// Opens a stream that can't be read twice.
    package static func openPipe(_ fd: Int32, options: SourceOptions) throws(MediaError) -> any FrameSource {
        var head: [UInt8] = []
        // Most formats tell what they are in the first kilobytes; an MP4 index may take megabytes.
        for size in [1 << 20, 4 << 20, 32 << 20] {
            var more = [UInt8](repeating: 0, count: size - head.count)
            let count = unsafe more.withUnsafeMutableBytes { unsafe readAll($0, from: fd) }
            let hasEnded = count < more.count
            head += more[..<count]
            if head.isEmpty { throw MediaError(.badData, "-: standard input is empty") }
            do {
                let probe = try MediaProbe(path: "-", head: head, tools: options.tools)
                return try VideoSource(
                    path: "-", probe: probe, options: options, pipe: (fd: fd, head: head, hasEnded: hasEnded))
            } catch {
                if hasEnded || size == 32 << 20 || error.kind != .badData { throw error }
            }
        }
        throw MediaError(.badData, "-: standard input is not a video that can be read from a pipe")
    }
}
