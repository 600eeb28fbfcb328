import Foundation

/// Gives a `.gltf` the files beside it, and nothing else.
///
/// A URI is a relative path inside the folder; it is followed only if, with all symbolic links resolved, it stays there.
public struct ExternalFiles: Sendable {
    private let folder: URL

    /// Files of a folder.
    public init(folder: URL) { self.folder = folder.resolvingSymlinksInPath().standardizedFileURL }

    /// The bytes behind a URI; nil where there is no such file.
    ///
    /// - Throws: `FormatsError.externalFile` for another scheme, an absolute path, a path out of the folder, or a file that
    ///   cannot be read or is larger than `SceneFile.maximumBytes`.
    func bytes(_ uri: String, file: String) throws(FormatsError) -> [UInt8]? {
        func failure(_ reason: String) -> FormatsError {
            .externalFile(file: file, uri: String(uri.prefix(120)), reason: reason)
        }
        guard let path = uri.removingPercentEncoding, !path.isEmpty else { throw failure("it is no valid URI") }
        if path.contains("\0") { throw failure("it is no valid URI") }
        let beforeSlash = path.prefix { $0 != "/" && $0 != "\\" }
        if beforeSlash.contains(":") { throw failure("only files in the same folder are read, no addresses") }
        if path.hasPrefix("/") || path.hasPrefix("\\") || path.contains("\\") {
            throw failure("only files in the same folder are read, no absolute paths")
        }
        let target = folder.appending(path: path).resolvingSymlinksInPath().standardizedFileURL
        guard target.path.hasPrefix(folder.path == "/" ? "/" : folder.path + "/") else {
            throw failure("it leads out of the folder, which is not followed")
        }
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder), !isFolder.boolValue
        else { return nil }
        // Only plain files: a FIFO or a device would hang or never end.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target.path),
            attributes[.type] as? FileAttributeType == .typeRegular
        else { throw failure("it is no plain file") }
        guard (attributes[.size] as? NSNumber)?.intValue ?? 0 <= SceneFile.maximumBytes else {
            throw failure("it is larger than \(SceneFile.maximumBytes >> 20) MB")
        }
        guard let data = try? Data(contentsOf: target) else { throw failure("the file cannot be read") }
        return [UInt8](data)
    }
}
