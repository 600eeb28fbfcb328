import Foundation
import Glibc

/// A file that is written beside its place under another name and moved there when it is whole.
///
/// `@unchecked Sendable`: `isOpen` is behind `lock`.
final class OutputFile: @unchecked Sendable {
    /// Where the file goes.
    let path: String
    /// Where it is written; hidden, and with the same ending, by which some tools choose the format.
    let temporaryPath: String
    private let force: Bool
    private let lock = NSLock()
    private var isOpen = true

    /// Checks that the file may be made.
    ///
    /// - Throws: `cannotCreate`.
    init(_ wanted: String, force: Bool) throws(MediaError) {
        var status = stat()
        var target = wanted
        if unsafe lstat(wanted, &status) == 0 {
            guard force else {
                throw MediaError(.cannotCreate, "\(wanted): exists already; give another name or --force")
            }
            // Through a link the file it names is replaced, not the link.
            if let real = unsafe realpath(wanted, nil) {
                target = unsafe String(cString: real)
                unsafe free(real)
                _ = unsafe stat(target, &status)
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw MediaError(.cannotCreate, "\(wanted): not a regular file; only regular files are replaced")
            }
        }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { String(target[..<$0]) } ?? "."
        let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
        guard !name.isEmpty else { throw MediaError(.cannotCreate, "\(wanted): names a folder, not a file") }
        guard unsafe stat(folder.isEmpty ? "/" : folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw MediaError(.cannotCreate, "\(wanted): the folder \(folder) does not exist; make it first")
        }
        guard unsafe access(folder.isEmpty ? "/" : folder, W_OK) == 0 else {
            throw MediaError(.cannotCreate, "\(wanted): no permission to write into \(folder)")
        }
        path = target
        self.force = force
        let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        temporaryPath = "\(folder)/.\(unique).part-\(name)"
        OpenMedia.addPartial(temporaryPath)
    }

    /// Another temporary file for the same place.
    init(beside file: OutputFile) {
        path = file.path
        force = true
        temporaryPath = file.temporaryPath + ".2"
        OpenMedia.addPartial(temporaryPath)
    }

    deinit { discard() }

    /// Creates the temporary file for writing.
    func create() throws(MediaError) -> Int32 {
        let fd = unsafe Glibc.open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard fd >= 0 else {
            let reason = systemMessage(errno)
            discard()
            throw MediaError(.cannotCreate, "\(path): \(reason)")
        }
        return fd
    }

    /// Moves the file to its place.
    func commit() throws(MediaError) {
        guard lock.withLock({ isOpen }) else { throw MediaError(.cancelled, "\(path): was cancelled") }
        var result: Int32
        if force {
            result = unsafe rename(temporaryPath, path)
        } else {
            // A link is refused where the name was taken meanwhile; rename would replace that file.
            result = unsafe link(temporaryPath, path)
            if result == 0 {
                unsafe unlink(temporaryPath)
            } else if errno != EEXIST {
                result = unsafe rename(temporaryPath, path)
            }
        }
        guard result == 0 else {
            let code = errno
            discard()
            throw MediaError(
                code == EEXIST ? .cannotCreate : .inputOutput, "\(path): can't be put in place: \(systemMessage(code))")
        }
        lock.withLock { isOpen = false }
        OpenMedia.removePartial(temporaryPath)
    }

    /// Removes what was written.
    func discard() {
        let wasOpen = lock.withLock {
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        unsafe unlink(temporaryPath)
        OpenMedia.removePartial(temporaryPath)
    }
}
