import KairaGeometry

/// How far a bone may turn from its rest: a swing cone with an elliptic rim of four radii, and a range of twist.
///
/// A rotation is split as `swing * twist`, the twist about the bone's own axis. The swing's rotation vector has one
/// component about `side` and one about `front = axis x side`; each direction of each component has its own radius, and
/// between them the rim is a quarter of an ellipse. All angles in radians.
public struct SwingTwistLimit: Sendable, Hashable {
    /// The bone's direction at rest, unit length.
    public var axis: SIMD3<Float>
    /// A unit vector at right angles to `axis`.
    public var side: SIMD3<Float>
    /// The largest swing about `side`: by negative (x) and positive (y) angles, both > 0.
    public var aboutSide: SIMD2<Float>
    /// The largest swing about `axis x side`: by negative (x) and positive (y) angles, both > 0.
    public var aboutFront: SIMD2<Float>
    /// The range of twist about `axis`.
    public var twist: ClosedRange<Float>

    /// A limit; `side` is made orthogonal to `axis`.
    public init(
        axis: SIMD3<Float>, side: SIMD3<Float>, aboutSide: SIMD2<Float>, aboutFront: SIMD2<Float>,
        twist: ClosedRange<Float>
    ) {
        self.axis = direction(axis, else: [0, 1, 0])
        self.side = direction(reject(side, from: self.axis), else: perpendicular(to: self.axis))
        (self.aboutSide, self.aboutFront, self.twist) = (aboutSide, aboutFront, twist)
    }

    /// The limit of the other side's bone: the mirror in the plane x = 0.
    public var mirrored: SwingTwistLimit {
        let flip: SIMD3<Float> = [-1, 1, 1]
        return SwingTwistLimit(
            axis: axis * flip, side: side * flip, aboutSide: [aboutSide.y, aboutSide.x], aboutFront: aboutFront,
            twist: -twist.upperBound ... -twist.lowerBound)
    }

    /// The same limit about another rest direction, which an avatar's T-pose may have: turned there the shortest way.
    public func turned(to axis: SIMD3<Float>) -> SwingTwistLimit {
        let turn = Quaternion.from(self.axis, to: axis)
        return SwingTwistLimit(
            axis: axis, side: turn.act(side), aboutSide: aboutSide, aboutFront: aboutFront, twist: twist)
    }

    /// How far out a swing is: below 1 inside the cone, 1 on its rim.
    public func excess(ofSwing v: SIMD3<Float>) -> Float {
        let s = dot(v, side)
        let f = dot(v, cross(axis, side))
        let p = s / (s < 0 ? aboutSide.x : aboutSide.y)
        let q = f / (f < 0 ? aboutFront.x : aboutFront.y)
        return (p * p + q * q).squareRoot()
    }

    /// The nearest allowed rotation: the swing drawn back along its own great circle, the twist clamped.
    public func clamp(_ rotation: Quaternion) -> Quaternion {
        let (swing, turn) = rotation.swingTwist(about: axis)
        var v = swing.rotationVector
        let out = excess(ofSwing: v)
        let angle = dot(turn.rotationVector, axis)
        let clamped = min(max(angle, twist.lowerBound), twist.upperBound)
        guard out > 1 || clamped != angle else { return rotation }
        if out > 1 { v /= out }
        return (Quaternion(rotationVector: v) * Quaternion(angle: clamped, axis: axis)).normalized
    }
}

extension Float {
    /// Radians from degrees.
    @usableFromInline var degrees: Float { self * (.pi / 180) }
}
