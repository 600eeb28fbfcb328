import Glibc

/// Writes files and standard output in one go.
public enum WholeFile {
    /// Writes a file beside its place under another name and moves it there once it is whole, so that neither a full disk
    /// nor an interruption leaves a half file or harms one that is replaced.
    ///
    /// - Parameters:
    ///   - bytes: the contents.
    ///   - path: where it goes; `-` is standard output.
    ///   - force: whether a file that exists is replaced.
    /// - Throws: `cannotCreate` where it exists and may not be replaced or its folder is not there, `brokenPipe` where
    ///   nobody reads standard output any more, `inputOutput`.
    public static func write(_ bytes: [UInt8], to path: String, force: Bool) throws(MediaError) {
        if path == "-" {
            // A reader that has gone must be an error of write(2), not the end of the whole program.
            _ = signal(SIGPIPE, SIG_IGN)
            let code = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: 1) }
            guard code == 0 else { throw .writing("standard output", failed: code) }
            return
        }
        let file = try OutputFile(path, force: force)
        let descriptor = try file.create()
        var code = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
        // Some file systems tell of a full disk only here.
        if close(descriptor) != 0, code == 0 { code = errno }
        guard code == 0 else {
            file.discard()
            throw .writing(path, failed: code)
        }
        try file.commit()
    }
}
