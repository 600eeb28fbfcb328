import Foundation
import KairaFormats
import KairaMotion
import KairaScene

/// Reads a motion as `MotionOutput` writes it: JSON, or an avatar with an animation.
enum MotionInput {
    /// Reads it; what it is, is told by its first bytes.
    static func read(_ path: String) throws -> MotionClip {
        let bytes = try OutputPath.read(path)
        if bytes.starts(with: Array("glTF".utf8)) { return try clip(of: bytes, path: path) }
        let start = bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if start.starts(with: Array("HIERARCHY".utf8)) {
            // A BVH does not say how high its hips rest, which a motion for another avatar needs.
            throw KairaError.usage("\(path): BVH is written but not read; make the motion again as .json or .glb")
        }
        return try MotionJSON.read(bytes, file: path)
    }

    /// The first animation of an avatar's file, as poses at its keys.
    private static func clip(of bytes: [UInt8], path: String) throws -> MotionClip {
        var reader = GLTFReader()
        reader.completesNormals = false
        reader.decodesImages = false
        let scene = try reader.read(bytes, file: path)
        guard let animation = scene.animations.first else {
            throw KairaError.badData(path: path, reason: "it holds no animation")
        }
        let humanoid: Humanoid
        do { humanoid = try Humanoid(scene) } catch {
            throw KairaError.badData(path: path, reason: "its animation moves no avatar: \(error)")
        }
        let sampler = ClipSampler(animation)
        var cache = ClipSampler.Cache()
        var state = SceneState(scene)
        let times = Set(animation.channels.flatMap(\.times)).sorted()
        let poses = try times.map { time in
            try Task.checkCancellation()
            sampler.sample(at: Double(time), into: &state, cache: &cache)
            var pose = humanoid.pose(of: state, time: Double(time))
            for bone in HumanBone.allCases where humanoid.nodes[bone.index] != nil { pose.confidence[bone.index] = 1 }
            return pose
        }
        return MotionClip(name: animation.name, poses: poses)
    }
}
