import KairaGeometry

/// What a spring joint, its collider or its centre moves with.
public enum SpringFrame: Sendable, Hashable {
    /// A node that its owner moves, by its place in the matrices handed to `SpringBoneRig.advance`.
    case anchor(Int)
    /// A joint of the same rig, by its index.
    case joint(Int)
}

/// One joint of a spring bone chain: it turns about its own place so that its tail swings.
public struct SpringJoint: Sendable, Hashable {
    /// What its rest transform is relative to; a joint must come after the joint it hangs on.
    public var parent: SpringFrame
    /// Transform of nodes between the parent and this joint that no spring moves.
    public var link = Matrix4.identity
    /// Local transform at rest.
    public var rest: Transform
    /// Where the tail is, in the joint's own space, metres; the next joint's translation, or a virtual tail.
    public var tail: SIMD3<Float>
    /// How far the tail keeps from colliders, metres.
    public var hitRadius: Float = 0
    /// How strongly it goes back to its rest direction.
    public var stiffness: Float = 1
    /// How strongly gravity pulls.
    public var gravityPower: Float = 0
    /// Where gravity pulls, world space.
    public var gravityDirection: SIMD3<Float> = [0, -1, 0]
    /// 0 keeps all inertia, 1 none.
    public var drag: Float = 0.5
    /// Greatest angle from the rest direction, radians; none where nil.
    public var angleLimit: Float?
    /// Colliders that it meets, by their indices in the rig, in this order.
    public var colliders: [Int] = []
    /// Where inertia is felt; the world where nil.
    public var center: SpringFrame?

    /// A joint with VRM 1.0's defaults.
    public init(parent: SpringFrame, rest: Transform, tail: SIMD3<Float>) {
        self.parent = parent
        self.rest = rest
        self.tail = tail
    }

    /// Where VRM 0.x puts the tail of a chain's last joint: 7 cm on along the joint's own local translation.
    public static func virtualTail(of rest: Transform) -> SIMD3<Float> {
        direction(rest.translation, else: [0, -1, 0]) * 0.07
    }
}

/// A shape that spring joints stay out of, or in.
public struct SpringCollider: Sendable, Hashable {
    /// The forms, in the frame's space, metres.
    public enum Shape: Sendable, Hashable {
        /// A ball; `inside` keeps tails in.
        case sphere(offset: SIMD3<Float>, radius: Float, inside: Bool)
        /// A ball swept from `offset` to `tail`; `inside` keeps tails in.
        case capsule(offset: SIMD3<Float>, tail: SIMD3<Float>, radius: Float, inside: Bool)
        /// A plane; tails stay on the normal's side.
        case plane(offset: SIMD3<Float>, normal: SIMD3<Float>)
    }
    /// What it moves with.
    public var frame: SpringFrame
    /// The form.
    public var shape: Shape

    /// A collider from its parts.
    public init(frame: SpringFrame, shape: Shape) {
        self.frame = frame
        self.shape = shape
    }
}
