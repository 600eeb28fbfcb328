import Foundation
import KairaScene

/// Scenes on disk: the only place in this module that opens files, besides what a `.gltf` refers to.
public enum SceneFile {
    /// Larger files are refused before they are read.
    public static let maximumBytes = 1 << 30

    /// Reads a `.gltf`, `.glb` or `.vrm` file, told by the first bytes, or the surfaces of an `.obj`, `.stl` or `.ply`, told by
    /// the name.
    ///
    /// - Throws: `FormatsError`; `.unreadable` where the file cannot be opened.
    public static func read(_ path: String, reader: GLTFReader = GLTFReader()) throws(FormatsError) -> Scene {
        if let kind = SolidFile.Kind(path: path), kind != .gltf {
            return try Scene(solids: try SolidFile.read(path), flatNormals: reader.completesNormals)
        }
        let url = URL(filePath: path)
        return try reader.read(
            bytes(path), file: url.lastPathComponent,
            external: ExternalFiles(folder: url.deletingLastPathComponent()))
    }

    /// The bytes of a file.
    ///
    /// - Throws: `FormatsError.unreadable` for what is missing, no plain file, or too large.
    public static func bytes(_ path: String) throws(FormatsError) -> [UInt8] {
        guard
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: path).resolvingSymlinksInPath().path)
        else { throw .unreadable(file: path, reason: "there is no such file, or it may not be read") }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .unreadable(file: path, reason: "it is no plain file")
        }
        guard (attributes[.size] as? NSNumber)?.intValue ?? 0 <= maximumBytes else {
            throw .unreadable(file: path, reason: "it is larger than \(maximumBytes >> 20) MB")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw .unreadable(file: path, reason: "it may not be read")
        }
        return [UInt8](data)
    }
}
