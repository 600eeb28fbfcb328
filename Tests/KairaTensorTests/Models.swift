import Foundation
import KairaTestSupport

/// Where tests find the networks: `$KAIRA_MODELS`, else the folder that `kaira models pull blazepose` fills.
enum Models {
    static let folder: URL = {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["KAIRA_MODELS"], !folder.isEmpty { return URL(filePath: folder) }
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return cache.appending(path: "kaira/models/blazepose")
    }()

    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "\(name).tflite").path)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: "\(name).tflite")))
    }

    /// The golden file of a network: committed, or beside the repository; nil where it is in neither place.
    static func golden(_ name: String) -> URL? {
        [TestData.fixture("tflite/\(name).npz"), TestData.shared("tflite-goldens/\(name).npz")]
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }
}
