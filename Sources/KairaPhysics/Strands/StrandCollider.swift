import KairaGeometry

/// A shape that strands stay out of: a ball, a swept ball, a half-space or a distance field, in the root's frame or in
/// the world.
public struct StrandCollider: Sendable {
    /// The forms, metres.
    public enum Shape: Sendable {
        /// A ball swept from `start` to `end`; a ball where they are the same.
        case capsule(start: SIMD3<Float>, end: SIMD3<Float>, radius: Float)
        /// All of space on the side that the normal points away from.
        case plane(point: SIMD3<Float>, normal: SIMD3<Float>)
        /// A sampled field.
        case field(SignedDistanceField<Float>)
    }
    /// The form.
    public var shape: Shape
    /// Whether it moves with the strands' root frame.
    public var followsRoot: Bool

    /// A collider from its parts.
    public init(_ shape: Shape, followsRoot: Bool = true) {
        self.shape = shape
        self.followsRoot = followsRoot
    }
}

/// A capsule in world space, ready for the inner loop.
struct WorldCapsule: Sendable {
    var start = SIMD3<Float>.zero
    var way = SIMD3<Float>.zero
    var inverseSquare: Float = 0
    var radius: Float = 0
}
