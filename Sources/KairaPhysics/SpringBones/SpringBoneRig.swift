import KairaGeometry

/// The spring bones of an avatar: VRM 1.0's chains with centre space and extended colliders, and VRM 0.x's, which are
/// the same with sphere colliders and virtual tails.
///
/// The specification's inertia has no time step in it, so the rig steps at a fixed rate (60 Hz, where authors tuned it)
/// and shows rotations between the last two steps: the same motion at any frame rate. Between two calls anchors are
/// taken to move evenly. An anchor that jumps further than `teleportDistance` in one call carries its chains with it
/// rigidly, at rest. Tails that stop being finite go back to their rest direction.
///
/// Source: VRMC_springBone 1.0 and VRMC_springBone_extended_collider 1.0, the sections on the algorithm.
public struct SpringBoneRig: Sendable {
    /// The fixed step.
    public var clock = FixedStep(step: 1.0 / 60, maximumSteps: 8)
    /// Joints, parents before children.
    public let joints: [SpringJoint]
    /// Colliders.
    public let colliders: [SpringCollider]
    /// How far an anchor may go in one call before that counts as a jump, metres.
    public var teleportDistance: Float = 1
    /// Local rotations of the joints as shown now, in place of their rest rotations.
    public internal(set) var rotations: [Quaternion]
    /// Where the tails are, world space.
    public internal(set) var tails: [SIMD3<Float>]
    /// How often a tail had to be set back.
    public internal(set) var resets = 0

    // State. Tails are kept in their centre's space, as the specification wants.
    var current: [SIMD3<Float>]
    var previous: [SIMD3<Float>]
    var newer: [Quaternion]
    var older: [Quaternion]
    var anchors: [Matrix4]
    var lastAnchors: [Matrix4]
    var between: [Matrix4]
    var world: [Matrix4]
    let axes: [SIMD3<Float>]
    let roots: [Int]
    var isPlaced = false

    /// A rig at rest; it takes its place at the first `advance` or `reset`.
    ///
    /// - Parameters:
    ///   - joints: parents before children; each at most once the parent's follower.
    ///   - colliders: shapes that joints name by index.
    ///   - anchorCount: how many anchors' matrices `advance` will get.
    /// - Throws: `PhysicsError`; `.notATree` for a cycle or a child before its parent.
    public init(joints: [SpringJoint], colliders: [SpringCollider] = [], anchorCount: Int) throws(PhysicsError) {
        func check(_ frame: SpringFrame, before index: Int) throws(PhysicsError) {
            switch frame {
            case .anchor(let a):
                guard 0..<anchorCount ~= a else { throw .noSuchElement(what: "anchor", index: a, count: anchorCount) }
            case .joint(let j):
                guard joints.indices.contains(j) else {
                    throw .noSuchElement(what: "spring joint", index: j, count: joints.count)
                }
                guard j < index else { throw .notATree(what: "spring joint", index: index) }
            }
        }
        var roots: [Int] = []
        for (i, joint) in joints.enumerated() {
            try check(joint.parent, before: i)
            if let center = joint.center { try check(center, before: i) }
            for c in joint.colliders where !colliders.indices.contains(c) {
                throw .noSuchElement(what: "spring collider", index: c, count: colliders.count)
            }
            let numbers = [joint.hitRadius, joint.stiffness, joint.gravityPower, joint.drag, joint.angleLimit ?? 0]
            guard numbers.allSatisfy(\.isFinite), joint.tail.isFinite, joint.gravityDirection.isFinite,
                joint.link.isFinite, joint.rest.matrix.isFinite
            else { throw .badValue(what: "spring joint \(i)") }
            switch joint.parent {
            case .anchor(let a): roots.append(a)
            case .joint(let j): roots.append(roots[j])
            }
        }
        for collider in colliders { try check(collider.frame, before: joints.count) }
        self.joints = joints
        self.colliders = colliders
        self.roots = roots
        axes = joints.map { direction($0.tail, else: [0, 0, 0]) }
        rotations = joints.map(\.rest.rotation)
        newer = rotations
        older = rotations
        tails = joints.map { _ in .zero }
        current = tails
        previous = tails
        world = joints.map { _ in .identity }
        anchors = [Matrix4](repeating: .identity, count: anchorCount)
        lastAnchors = anchors
        between = anchors
    }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - seconds: since the last call; 0, less or not finite moves nothing.
    ///   - matrices: world matrices of the anchors now; a call with another number or with one that is not finite
    ///     moves nothing.
    /// - Returns: how many steps were taken.
    /// - Complexity: O(steps * (joints + contacts)); no allocation.
    @discardableResult
    public mutating func advance(by seconds: Double, anchors matrices: [Matrix4]) -> Int {
        guard seconds > 0, seconds.isFinite, matrices.count == anchors.count else { return 0 }
        guard matrices.allSatisfy(\.isFinite) else { return 0 }
        if !isPlaced { reset(to: matrices) }
        copy(anchors, to: &lastAnchors)
        copy(matrices, to: &anchors)
        carryJumps()
        let steps = clock.advance(by: seconds)
        for k in 0..<steps {
            let late = clock.remainder + Double(steps - 1 - k) * clock.step
            placeAnchors(Float(max(0, 1 - late / seconds)))
            step()
        }
        let t = Float(clock.fraction)
        for i in joints.indices { rotations[i] = t == 0 ? older[i] : Quaternion.slerp(older[i], newer[i], t) }
        return steps
    }

    /// Takes up the rest shape at the anchors' places, without speed.
    public mutating func reset(to matrices: [Matrix4]) {
        guard matrices.count == anchors.count, matrices.allSatisfy(\.isFinite) else { return }
        copy(matrices, to: &anchors)
        copy(matrices, to: &lastAnchors)
        copy(matrices, to: &between)
        for i in joints.indices {
            world[i] = parentMatrix(i) * joints[i].rest.matrix
            tails[i] = world[i].transform(point: joints[i].tail)
            current[i] = inverseCenter(i).transform(point: tails[i])
            previous[i] = current[i]
            newer[i] = joints[i].rest.rotation
            older[i] = newer[i]
            rotations[i] = newer[i]
        }
        clock.restart()
        isPlaced = true
    }

    /// Chains whose anchor jumped go with it as they are, at rest.
    private mutating func carryJumps() {
        for a in anchors.indices {
            let way = anchors[a].translation - lastAnchors[a].translation
            guard length(way) > teleportDistance else { continue }
            let move = anchors[a] * lastAnchors[a].affineInverse
            copy(lastAnchors, to: &between)
            for i in joints.indices where roots[i] == a {
                // The centre jumps too, or it is the world.
                let tail = move.transform(point: center(i).transform(point: current[i]))
                tails[i] = tail
            }
            between[a] = anchors[a]
            for i in joints.indices where roots[i] == a {
                if case .anchor(let c)? = joints[i].center { between[c] = anchors[c] }
                current[i] = inverseCenter(i).transform(point: tails[i])
                previous[i] = current[i]
            }
            lastAnchors[a] = anchors[a]
        }
    }

    /// Where the anchors are at a share of the way between the last two calls.
    private mutating func placeAnchors(_ t: Float) {
        for a in anchors.indices {
            if t >= 1 || anchors[a] == lastAnchors[a] {
                between[a] = anchors[a]
                continue
            }
            let (old, new) = (Transform(lastAnchors[a]), Transform(anchors[a]))
            between[a] =
                Transform(
                    translation: lerp(old.translation, new.translation, t),
                    rotation: Quaternion.slerp(old.rotation, new.rotation, t), scale: lerp(old.scale, new.scale, t)
                ).matrix
        }
    }
}
