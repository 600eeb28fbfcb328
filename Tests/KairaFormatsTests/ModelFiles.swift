import Foundation
import KairaTestSupport

/// Scene files for tests: those committed with the repository, and those of the shared data.
enum ModelFiles {
    /// Paths below a folder, sorted, that end in one of the suffixes.
    static func list(_ folder: URL, _ suffixes: [String] = [".gltf", ".glb", ".vrm"]) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted().map {
            folder.appending(path: $0).path
        }
    }

    /// Khronos' samples in `Tests/Fixtures/gltf`, and the project's own avatar.
    static let committed =
        list(TestData.fixture("gltf/samples")) + [TestData.root.appending(path: "assets/avatars/kaira-kun.vrm").path]

    /// The models of the shared data, if they are there.
    static let shared = list(TestData.shared("models"))

    /// Short names for messages: the last two parts of a path.
    static func name(_ path: String) -> String { path.split(separator: "/").suffix(2).joined(separator: "/") }
}
