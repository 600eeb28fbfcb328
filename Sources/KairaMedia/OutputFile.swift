import Foundation
import Glibc

/// A file that appears under its name only when it is whole.
struct OutputFile: Sendable {
    /// Its name in the end.
    let path: String
    /// Its name until then: a hidden neighbour, so that the last step is a rename.
    let temporary: String

    /// Checks that the file can be made.
    init(_ path: String, replaces: Bool) throws(MediaError) {
        self.path = path
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent().path
        let name = ".\(url.deletingPathExtension().lastPathComponent).\(getpid()).partial"
        temporary = "\(folder)/\(name).\(url.pathExtension)"
        var isFolder: ObjCBool = false
        let files = FileManager.default
        if unsafe files.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { throw .cannotCreate(path: path, reason: "it is a folder: name a file") }
            if !replaces { throw .outputExists(path: path) }
        }
        guard unsafe files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw .cannotCreate(path: path, reason: "the folder \(folder) is not there: make it first")
        }
        guard unsafe access(folder, W_OK) == 0 else {
            throw .cannotCreate(path: path, reason: "the folder \(folder) may not be written to")
        }
    }

    /// Gives the file its name.
    func commit() throws(MediaError) {
        guard unsafe rename(temporary, path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            discard()
            throw .failed(path: path, reason: "it could not be given its name: \(reason)")
        }
    }

    /// Removes what was written.
    func discard() { unsafe _ = unlink(temporary) }
}
