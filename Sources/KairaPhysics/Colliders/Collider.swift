/// A shape that particles stay out of, or stay in.
public struct Collider<Scalar: PhysicsScalar>: Sendable {
    /// The forms, in the collider's own frame.
    public enum Shape: Sendable, Hashable {
        /// All of space on the side that the unit normal points away from.
        case plane(normal: SIMD3<Scalar>)
        /// A ball about the frame's origin.
        case sphere(radius: Scalar)
        /// A ball swept from the frame's origin to `tail`.
        case capsule(tail: SIMD3<Scalar>, radius: Scalar)
        /// A sampled distance field, by its index in the world.
        case field(Int)
    }

    /// The form.
    public var shape: Shape
    /// Whether particles are kept inside instead of outside.
    public var keepsInside: Bool
    /// Coulomb's coefficient of friction, >= 0.
    public var friction: Scalar
    /// Where the frame's origin is, metres.
    public internal(set) var position: SIMD3<Scalar>
    /// How the frame is turned, unit quaternion (x, y, z, w).
    public internal(set) var orientation: SIMD4<Scalar>

    var previousPosition: SIMD3<Scalar>
    var previousOrientation: SIMD4<Scalar>
    var targetPosition: SIMD3<Scalar>
    var targetOrientation: SIMD4<Scalar>

    /// A collider at rest.
    public init(
        _ shape: Shape, at position: SIMD3<Scalar> = .zero, orientation: SIMD4<Scalar> = SIMD4(0, 0, 0, 1),
        keepsInside: Bool = false, friction: Scalar = 0
    ) {
        self.shape = shape
        self.keepsInside = keepsInside
        self.friction = friction
        self.position = position
        self.orientation = normalized(orientation)
        previousPosition = position
        previousOrientation = self.orientation
        targetPosition = position
        targetOrientation = self.orientation
    }

    /// Moves on towards the target by a share of the way left.
    mutating func drive(share: Scalar) {
        previousPosition = position
        previousOrientation = orientation
        guard position != targetPosition || orientation != targetOrientation else { return }
        position += (targetPosition - position) * share
        let q = orientation
        let t = targetOrientation
        let sign: Scalar = q.x * t.x + q.y * t.y + q.z * t.z + q.w * t.w < 0 ? -1 : 1
        orientation = share == 1 ? t : normalized(q + (t * sign - q) * share)
    }

    /// Where a point that is fixed to the collider was when the substep began, given where it is now.
    func carried(_ point: SIMD3<Scalar>) -> SIMD3<Scalar> {
        guard position != previousPosition || orientation != previousOrientation else { return point }
        let local = rotate(conjugate(previousOrientation), point - previousPosition)
        return rotate(orientation, local) + position
    }

    /// Signed distance of a point to the surface, > 0 where it may be, and the direction in which it grows.
    func distance(
        to point: SIMD3<Scalar>, fields: [SignedDistanceField<Scalar>]
    ) -> (distance: Scalar, normal: SIMD3<Scalar>) {
        let local = rotate(conjugate(orientation), point - position)
        var d: Scalar
        var n: SIMD3<Scalar>
        switch shape {
        case .plane(let normal):
            d = dot(local, normal)
            n = normal
        case .sphere(let radius):
            let long = length(local)
            d = long - radius
            n = direction(local, else: SIMD3(0, 1, 0))
        case .capsule(let tail, let radius):
            let squared = dot(tail, tail)
            let t = squared > 0 ? min(max(dot(local, tail) / squared, 0), 1) : 0
            let off = local - tail * t
            d = length(off) - radius
            n = direction(
                off, else: squared > 0 ? perpendicular(to: direction(tail, else: SIMD3(0, 1, 0))) : SIMD3(0, 1, 0))
        case .field(let index):
            (d, n) = fields[index].sample(local)
        }
        if keepsInside {
            d = -d
            n = -n
        }
        return (d, rotate(orientation, n))
    }
}
