import Foundation

/// Opens whatever a path names: a video, a picture, a folder of pictures, or `-` for a video on stdin.
public enum MediaInput {
    /// Opens an input.
    ///
    /// - Parameters:
    ///   - path: a file, a folder, or `-`.
    ///   - maximumSize: the longest side of frames in pixels; larger pictures are reduced.
    ///   - folderRate: frames a second of a folder of pictures.
    /// - Returns: a source at its first frame.
    /// - Throws: `MediaError`.
    public static func open(
        _ path: String, maximumSize: Int? = nil, folderRate: FrameRate = FrameRate(30)
    ) throws(MediaError) -> any FrameSource {
        if path == "-" { return try VideoSource(path: path, maximumSize: maximumSize) }
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .noInput(path: path, reason: "there is no such file")
        }
        if isFolder.boolValue {
            return try ImageSource(folder: path, rate: folderRate, maximumSize: maximumSize)
        }
        if isPicture(path) { return try ImageSource(file: path, maximumSize: maximumSize) }
        return try VideoSource(path: path, maximumSize: maximumSize)
    }

    /// Whether a file begins as a PNG or JPEG does.
    private static func isPicture(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 8) else {
            return false
        }
        return start.starts(with: [0x89, 0x50, 0x4E, 0x47]) || start.starts(with: [0xFF, 0xD8, 0xFF])
    }
}
