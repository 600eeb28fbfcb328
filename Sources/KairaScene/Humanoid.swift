import KairaGeometry
import KairaMotion

/// Maps between a scene's nodes and the normalised bone rotations of a `HumanoidPose`.
///
/// Everything is in model space: metres, +Y up, facing +Z. A VRM 0.x avatar faces -Z in its file and is turned by half a
/// turn about +Y (`modelFromFile`). For a bone whose node rests at local rotation `L` and model rotation `W`, a normalised
/// rotation `n` is the local rotation `L * W^-1 * n * W`, and back `n = W * L^-1 * q * W^-1`.
///
/// Source: VRM animation specification, VRMC_vrm_animation 1.0, "how to transform human pose".
public struct Humanoid: Sendable {
    /// The node of each bone, nil for one it lacks, in the order of `HumanBone.allCases`.
    public let nodes: [NodeID?]
    /// Where the bones rest.
    public let skeleton: HumanoidSkeleton
    /// From the file's coordinates to model space: half a turn about +Y for VRM 0.x, else the identity.
    public let modelFromFile: Quaternion
    /// Each bone's local rotation at rest; the identity for a bone it lacks.
    public let localRest: [Quaternion]
    /// Each bone's rotation in model space at rest; the identity for a bone it lacks.
    public let modelRest: [Quaternion]

    /// From model space to the space of the hips' parent node.
    private let hipsParentFromModel: Matrix4
    /// Translation and scale of each bone's node at rest.
    private let restTransforms: [Transform]
    /// Absent bones above each bone up to the nearest present one, topmost first, then the bone itself.
    private let chains: [[Int]]
    private static let hips = HumanBone.hips.index

    /// The humanoid of an avatar.
    ///
    /// - Throws: `SceneError.notAnAvatar`, `.missingBones` (one of the 15 that VRM 1.0 requires), or `.invalidAvatar` where
    ///   two bones share a node or a node does not exist.
    public init(_ scene: Scene) throws(SceneError) {
        guard let avatar = scene.avatar else { throw .notAnAvatar }
        let missing = HumanBone.required.filter { avatar.bones[$0] == nil }
        guard missing.isEmpty else { throw .missingBones(missing) }
        var owner: [NodeID: HumanBone] = [:]
        for bone in HumanBone.allCases {
            guard let node = avatar.bones[bone] else { continue }
            guard scene.nodes.indices.contains(node.value) else {
                throw .invalidAvatar(at: "humanBones.\(bone.rawValue)", "there is no node \(node.value)")
            }
            if let other = owner.updateValue(bone, forKey: node) {
                throw .invalidAvatar(
                    at: "humanBones.\(bone.rawValue)", "node \(node.value) is the bone \(other.rawValue) already")
            }
        }

        nodes = HumanBone.allCases.map { avatar.bones[$0] }
        modelFromFile = avatar.version == .vrm0 ? Quaternion(x: 0, y: 1, z: 0, w: 0) : .identity
        var rest = SceneState(scene)
        rest.worldFromRoot = Transform(rotation: modelFromFile).matrix
        rest.updateWorld()
        // Rotations are multiplied up the chain, not taken out of the world matrices: scale must not bend them.
        let rotations = Self.modelRotations(scene, root: modelFromFile)
        localRest = nodes.map { $0.map { scene.nodes[$0].restTransform.rotation } ?? .identity }
        modelRest = nodes.map { $0.map { rotations[$0.value] } ?? .identity }
        restTransforms = nodes.map { $0.map { scene.nodes[$0].restTransform } ?? .identity }
        skeleton = HumanoidSkeleton(restPositions: nodes.map { $0.map { rest.worlds[$0.value].translation } })
        let hipsParent = nodes[HumanBone.hips.index].flatMap { scene.nodes[$0].parent }
        hipsParentFromModel =
            (hipsParent.map { rest.worlds[$0.value] } ?? rest.worldFromRoot).inverse ?? .identity
        let present = nodes.map { $0 != nil }
        chains = HumanBone.allCases.map { bone in
            var chain = [bone.index]
            var above = bone.parent
            while let next = above, !present[next.index] {
                chain.insert(next.index, at: 0)
                above = next.parent
            }
            return chain
        }
    }

    /// The local rotation of a bone's node for a normalised rotation.
    public func localRotation(_ bone: HumanBone, normalized n: Quaternion) -> Quaternion {
        localRotation(bone.index, normalized: n)
    }

    private func localRotation(_ index: Int, normalized n: Quaternion) -> Quaternion {
        let w = modelRest[index]
        return (localRest[index] * w.conjugate * n * w).normalized
    }

    /// The normalised rotation of a bone for its node's local rotation.
    public func normalizedRotation(_ bone: HumanBone, local q: Quaternion) -> Quaternion {
        let w = modelRest[bone.index]
        return (w * localRest[bone.index].conjugate * q * w.conjugate).normalized
    }

    /// Sets the bones' nodes to a pose. World matrices are not updated.
    ///
    /// The rotation of a bone it lacks is multiplied into that of the bones below; below the last bone it is lost. The
    /// hips' translation is scaled by the ratio of the hips' heights. Rotations and translations that are not finite leave
    /// their bone at rest.
    ///
    /// - Complexity: O(bones), no allocation.
    public func apply(_ pose: HumanoidPose, to state: inout SceneState) {
        for i in nodes.indices {
            guard let node = nodes[i] else { continue }
            var n = Quaternion.identity
            for link in chains[i] { n *= pose.rotations[link] }
            var local = restTransforms[i]
            local.rotation = localRotation(i, normalized: n)
            if i == Self.hips, pose.hipsTranslation.isFinite {
                let ratio = pose.restHipsHeight > 0 ? skeleton.hipsHeight / pose.restHipsHeight : 1
                local.translation = hipsParentFromModel.transform(point: pose.hipsTranslation * ratio)
            }
            state.locals[node.value] = local
            state.localMatrices[node.value] = nil
        }
    }

    /// The pose that the bones' nodes are in; bones it lacks get the identity. Expressions and gaze are empty.
    public func pose(of state: SceneState, time: Double = 0) -> HumanoidPose {
        var pose = HumanoidPose(time: time, restHipsHeight: skeleton.hipsHeight)
        for bone in HumanBone.allCases {
            guard let node = nodes[bone.index] else { continue }
            let local = state.localMatrices[node.value].map(Transform.init) ?? state.locals[node.value]
            pose[bone] = normalizedRotation(bone, local: local.rotation)
            if bone == .hips {
                pose.hipsTranslation = hipsParentFromModel.affineInverse.transform(point: local.translation)
            }
        }
        return pose
    }

    private static func modelRotations(_ scene: Scene, root: Quaternion) -> [Quaternion] {
        var rotations = [Quaternion](repeating: root, count: scene.nodes.count)
        for top in scene.nodes.indices where scene.nodes[top].parent == nil {
            for node in scene.subtree(of: NodeID(top)) {
                let above = scene.nodes[node].parent.map { rotations[$0.value] } ?? root
                rotations[node.value] = (above * scene.nodes[node].restTransform.rotation).normalized
            }
        }
        return rotations
    }
}

extension Node {
    /// The rest place as translation, rotation and scale, also where the file gives a matrix.
    var restTransform: Transform { matrix.map(Transform.init) ?? transform }
}
