import KairaGeometry
import KairaPhysics

/// The spring bones of an avatar, VRM 1.0's and 0.x's.
public struct SpringBoneMotion: SecondaryMotion {
    /// What is simulated; `clock`, `teleportDistance` and `resets` are its.
    public var rig: SpringBoneRig
    /// What could not be used, one sentence each.
    public let warnings: [String]
    /// The joints' nodes, in the rig's order.
    public let nodes: [NodeID]
    private let rests: [Transform]
    /// Nodes that the rig follows; -1 is what is above all roots.
    private let anchors: [Int]
    private var matrices: [Matrix4]

    /// The springs of a scene's avatar, nil where it has none that can move.
    ///
    /// A node that several springs name swings with the first; a joint whose next one is not below it, or that has no
    /// length, does not swing. VRM 0.x: the last joint of a chain swings a tail of 7 cm.
    ///
    /// - Parameters:
    ///   - scene: whose avatar.
    ///   - moved: nodes that strands or rods move: springs there are for programs without these.
    public init?(_ scene: Scene, leaving moved: Set<NodeID> = []) {
        guard let avatar = scene.avatar, !avatar.springBones.springs.isEmpty else { return nil }
        let bones = avatar.springBones
        let rest = SceneState(scene)
        var warnings: [String] = []
        var depth = [Int](repeating: 0, count: scene.nodes.count)
        for i in scene.nodes.indices {
            var above = scene.nodes[i].parent
            while let node = above {
                depth[i] += 1
                above = scene.nodes[node].parent
            }
        }
        /// A joint before it has a number: its node, its tail, its spring.
        struct Draft {
            var joint: SpringBones.Joint
            var tail: SIMD3<Float>
            var spring: Int
        }
        var drafts: [Draft] = []
        var used: Set<NodeID> = []
        func isBelow(_ node: NodeID, _ top: NodeID) -> Bool {
            var above = scene.nodes[node].parent
            while let next = above {
                if next == top { return true }
                above = scene.nodes[next].parent
            }
            return false
        }
        func claim(_ joint: SpringBones.Joint, tail: SIMD3<Float>, spring: Int) {
            if moved.contains(joint.node) { return }
            guard used.insert(joint.node).inserted else {
                warnings.append("spring \(spring): node \(joint.node.value) swings in another spring already")
                return
            }
            guard length(tail) > 1e-6, tail.isFinite else {
                warnings.append("spring \(spring): joint \(joint.node.value) has no length and does not swing")
                return
            }
            drafts.append(Draft(joint: joint, tail: tail, spring: spring))
        }
        for (s, spring) in bones.springs.enumerated() {
            let joints = spring.joints.filter { scene.nodes.indices.contains($0.node.value) }
            for (a, b) in zip(joints, joints.dropFirst()) {
                guard isBelow(b.node, a.node) else {
                    warnings.append("spring \(s): node \(b.node.value) is not below node \(a.node.value)")
                    continue
                }
                let tail = rest.worlds[a.node.value].affineInverse.transform(
                    point: rest.worlds[b.node.value].translation)
                claim(a, tail: tail, spring: s)
            }
            if avatar.version == .vrm0, let end = joints.last {
                claim(
                    end, tail: SpringJoint.virtualTail(of: scene.nodes[end.node].restTransform), spring: s)
            }
        }
        // Parents before children; springs keep the file's order besides.
        drafts = drafts.enumerated().sorted {
            (depth[$0.element.joint.node.value], $0.offset) < (depth[$1.element.joint.node.value], $1.offset)
        }.map(\.element)
        var jointOf: [Int: Int] = [:]
        for (i, draft) in drafts.enumerated() { jointOf[draft.joint.node.value] = i }

        var anchors: [Int] = []
        var anchorOf: [Int: Int] = [:]
        func anchor(_ node: Int) -> SpringFrame {
            if let known = anchorOf[node] { return .anchor(known) }
            anchorOf[node] = anchors.count
            anchors.append(node)
            return .anchor(anchors.count - 1)
        }
        func frame(_ node: Int) -> SpringFrame { jointOf[node].map { .joint($0) } ?? anchor(node) }

        let colliders = bones.colliders.map { collider -> SpringCollider in
            let shape: SpringCollider.Shape =
                switch collider.shape {
                case .sphere(let o, let r, let inside): .sphere(offset: o, radius: r, inside: inside)
                case .capsule(let o, let t, let r, let inside): .capsule(offset: o, tail: t, radius: r, inside: inside)
                case .plane(let o, let n): .plane(offset: o, normal: n)
                }
            return SpringCollider(
                frame: scene.nodes.indices.contains(collider.node.value) ? frame(collider.node.value) : anchor(-1),
                shape: shape)
        }
        var joints: [SpringJoint] = []
        for (i, draft) in drafts.enumerated() {
            let node = draft.joint.node
            // The nearest joint above, and what lies between; else the node above.
            var above = scene.nodes[node].parent
            var link = Matrix4.identity
            var parent: SpringFrame?
            while let next = above {
                if let joint = jointOf[next.value] {
                    parent = .joint(joint)
                    break
                }
                link = scene.nodes[next].localMatrix * link
                above = scene.nodes[next].parent
            }
            if parent == nil {
                parent = anchor(scene.nodes[node].parent?.value ?? -1)
                link = .identity
            }
            var joint = SpringJoint(
                parent: parent ?? anchor(-1), rest: scene.nodes[node].restTransform, tail: draft.tail)
            joint.link = link
            joint.hitRadius = draft.joint.hitRadius
            joint.stiffness = draft.joint.stiffness
            joint.gravityPower = draft.joint.gravityPower
            // VRM 0.x is turned to face +Z, and what its file says of the world turns with it.
            joint.gravityDirection =
                avatar.version == .vrm0 ? draft.joint.gravityDir * SIMD3(-1, 1, -1) : draft.joint.gravityDir
            joint.drag = draft.joint.dragForce
            joint.angleLimit = draft.joint.angleLimit
            let spring = bones.springs[draft.spring]
            for group in spring.colliderGroups where bones.colliderGroups.indices.contains(group) {
                for c in bones.colliderGroups[group].colliders
                where colliders.indices.contains(c) && !joint.colliders.contains(c) { joint.colliders.append(c) }
            }
            if let center = spring.center, scene.nodes.indices.contains(center.value) {
                if let own = jointOf[center.value], own >= i {
                    warnings.append("spring \(draft.spring): its centre swings with it; inertia is felt in the world")
                } else {
                    joint.center = frame(center.value)
                }
            }
            joints.append(joint)
        }
        guard !joints.isEmpty,
            let rig = try? SpringBoneRig(joints: joints, colliders: colliders, anchorCount: anchors.count)
        else { return nil }
        self.rig = rig
        self.warnings = warnings
        self.anchors = anchors
        nodes = drafts.map(\.joint.node)
        rests = joints.map(\.rest)
        matrices = anchors.map { rest.world($0) }
    }

    /// Swings the joints by the time that has passed.
    public mutating func update(_ state: inout SceneState, deltaTime: Double) {
        follow(state)
        rig.advance(by: deltaTime, anchors: matrices)
        write(&state)
    }

    /// Takes up the rest shape at the state's pose.
    public mutating func reset(to state: inout SceneState) {
        follow(state)
        rig.reset(to: matrices)
        write(&state)
    }

    private mutating func follow(_ state: SceneState) {
        for i in anchors.indices { matrices[i] = state.world(anchors[i]) }
    }

    private func write(_ state: inout SceneState) {
        for i in nodes.indices {
            var transform = rests[i]
            transform.rotation = rig.rotations[i]
            state.locals[nodes[i].value] = transform
            state.localMatrices[nodes[i].value] = nil
        }
    }
}
