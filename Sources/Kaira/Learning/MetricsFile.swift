import Foundation
import KairaLearning
import KairaMedia
import Synchronization

/// A file to which the metrics of each epoch are added as it ends, a JSON object a line.
final class MetricsFile: Sendable {
    private let path: String
    private let handle: Mutex<FileHandle>

    /// Opens it, anew or at its end.
    init(path: String, appends: Bool) throws {
        self.path = path
        let files = FileManager.default
        if !appends || !files.fileExists(atPath: path) {
            guard files.createFile(atPath: path, contents: nil) else {
                throw KairaError.cannotCreate(path: path, reason: "the folder does not allow it")
            }
        }
        guard let opened = FileHandle(forWritingAtPath: path) else {
            throw KairaError.cannotCreate(path: path, reason: "it cannot be opened for writing")
        }
        try opened.seekToEnd()
        handle = Mutex(opened)
    }

    deinit { handle.withLock { try? $0.close() } }

    /// Adds a line.
    func write(_ metrics: EpochMetrics) throws {
        let line = try metrics.jsonLine() + "\n"
        try handle.withLock { try $0.write(contentsOf: Data(line.utf8)) }
    }
}
