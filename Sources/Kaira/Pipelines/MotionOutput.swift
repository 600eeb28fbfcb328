import KairaFormats
import KairaMotion
import KairaScene

/// Writes a motion as the kind of file that its name says.
enum MotionOutput {
    /// Throws where the name is of no kind or the file may not be made.
    static func check(_ path: String, replaces: Bool) throws(KairaError) {
        if path == "-" { return }
        guard ["bvh", "glb", "json"].contains(OutputPath.kind(path)) else {
            throw .usage("\(path): a motion's name ends in .bvh, .glb or .json")
        }
        try OutputPath.check(path, replaces: replaces)
    }

    /// Writes it; `-` is JSON.
    static func write(_ clip: MotionClip, avatar: Avatar, to path: String, replaces: Bool) throws {
        let bytes: [UInt8]
        switch OutputPath.kind(path) {
        case "bvh": bytes = try BVHWriter(skeleton: avatar.skeleton).write(clip)
        case "glb":
            var scene = avatar.scene
            scene.animations = [avatar.humanoid.animation(of: clip, scene: scene)]
            bytes = try GLTFWriter().write(scene)
        default: bytes = try MotionJSON.write(clip)
        }
        try OutputPath.write(bytes, to: path, replaces: replaces)
    }
}
