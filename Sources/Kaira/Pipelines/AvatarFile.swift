import KairaFormats
import KairaScene

/// Opens avatars and scenes with the errors that a pipeline gives.
enum AvatarFile {
    /// A scene file, whatever its kind.
    static func scene(_ path: String, reader: GLTFReader = GLTFReader()) throws -> Scene {
        try OutputPath.requireFile(path)
        return try SceneFile.read(path, reader: reader)
    }

    /// An avatar: a scene with the bones that a humanoid needs.
    static func avatar(_ path: String) throws -> Avatar {
        let scene = try scene(path)
        guard scene.avatar != nil else {
            throw KairaError.badData(
                path: path, reason: "it has no humanoid bones: give a VRM 1.0 or 0.x avatar (.vrm or .glb)")
        }
        do { return try Avatar(scene: scene) } catch {
            throw KairaError.badData(path: path, reason: "it cannot be used as an avatar: \(error)")
        }
    }
}
