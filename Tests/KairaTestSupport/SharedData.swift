import Foundation

/// Where tests find their files: those committed with the repository, and the larger set beside it that may be absent.
public enum TestData {
    /// The repository's root folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Files committed under `Tests/Fixtures`; sources and licences are in the README there.
    public static let fixtures = root.appending(path: "Tests/Fixtures")

    /// The data folder beside the repository; tests that need it are skipped, by name, where it is absent.
    public static let shared = root.deletingLastPathComponent().appending(path: "shared/data")

    /// A committed fixture.
    public static func fixture(_ path: String) -> URL { fixtures.appending(path: path) }

    /// A file of the shared data folder.
    public static func shared(_ path: String) -> URL { shared.appending(path: path) }

    /// Whether a file of the shared data folder is there: for `.enabled(if:)`.
    public static func hasShared(_ path: String) -> Bool { FileManager.default.fileExists(atPath: shared(path).path) }
}
