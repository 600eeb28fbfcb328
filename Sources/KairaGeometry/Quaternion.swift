import RealModule

/// A rotation as a unit quaternion, right-handed, Hamilton's product; angles in radians.
///
/// `a * b` rotates by `b` first, as matrices do. The library keeps quaternions at unit length; `normalized` repairs one
/// that comes from outside.
@frozen public struct Quaternion: Sendable, Hashable, Codable {
    /// x, y, z (the imaginary part) and w (the real part).
    public var vector: SIMD4<Float>

    /// A quaternion from its parts, stored as given.
    @inlinable public init(x: Float, y: Float, z: Float, w: Float) { vector = SIMD4(x, y, z, w) }

    /// A quaternion from (x, y, z, w), stored as given.
    @inlinable public init(_ vector: SIMD4<Float>) { self.vector = vector }

    /// A rotation by `angle` radians, counter-clockwise as seen from the tip of the unit vector `axis`.
    @inlinable public init(angle: Float, axis: SIMD3<Float>) {
        let v = axis * Float.sin(angle / 2)
        vector = SIMD4(v.x, v.y, v.z, Float.cos(angle / 2))
    }

    /// No rotation.
    public static let identity = Quaternion(x: 0, y: 0, z: 0, w: 1)

    /// The imaginary part.
    @inlinable public var imaginary: SIMD3<Float> { SIMD3(vector.x, vector.y, vector.z) }
    /// The real part.
    @inlinable public var real: Float { vector.w }
    /// The inverse rotation, for unit length.
    @inlinable public var conjugate: Quaternion { Quaternion(vector * SIMD4(-1, -1, -1, 1)) }
    /// The same four numbers with the other sign: the same rotation.
    @inlinable public static prefix func - (q: Quaternion) -> Quaternion { Quaternion(-q.vector) }

    /// At unit length; the identity where the length is zero or not finite.
    @inlinable public var normalized: Quaternion {
        let squared = dot(vector, vector)
        guard squared > 1e-30, squared < .infinity else { return .identity }
        return Quaternion(vector / squared.squareRoot())
    }

    /// Rotates by `b`, then by `a`.
    @inlinable public static func * (a: Quaternion, b: Quaternion) -> Quaternion {
        let (p, q) = (a.vector, b.vector)
        return Quaternion(
            x: p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y,
            y: p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x,
            z: p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w,
            w: p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z)
    }

    /// Rotates by `b`, then by `a`.
    @inlinable public static func *= (a: inout Quaternion, b: Quaternion) { a = a * b }

    /// Rotates a vector.
    @inlinable public func act(_ v: SIMD3<Float>) -> SIMD3<Float> {
        let u = imaginary
        let t = 2 * cross(u, v)
        return v + vector.w * t + cross(u, t)
    }

    /// The angle of the rotation, 0...pi.
    @inlinable public var angle: Float { 2 * Float.atan2(y: length(imaginary), x: abs(vector.w)) }

    /// The angle between two rotations, 0...pi.
    @inlinable public func angle(to other: Quaternion) -> Float { (conjugate * other).angle }

    /// The sign of the same rotation that lies nearer to `other`.
    @inlinable public func near(_ other: Quaternion) -> Quaternion { dot(vector, other.vector) < 0 ? -self : self }

    /// The shortest rotation that turns direction `a` into direction `b`; any lengths above zero.
    ///
    /// Opposite directions turn half round about some axis at right angles to `a`.
    @inlinable public static func from(_ a: SIMD3<Float>, to b: SIMD3<Float>) -> Quaternion {
        let u = direction(a, else: [0, 0, 1])
        let v = direction(b, else: u)
        // Half-way vector, not 1 + dot: it keeps its precision close to the antiparallel case.
        let half = u + v
        let squared = dot(half, half)
        guard squared > 1e-12 else {
            let axis = perpendicular(to: u)
            return Quaternion(x: axis.x, y: axis.y, z: axis.z, w: 0)
        }
        let h = half / squared.squareRoot()
        let c = cross(u, h)
        guard squared < 1 else { return Quaternion(x: c.x, y: c.y, z: c.z, w: dot(u, h)).normalized }
        // Beyond 120 degrees `u . h` is lost in the rounding of both lengths, while the chords' halves are exact.
        let axis = direction(c, else: perpendicular(to: u)) * (length(u - v) / 2)
        return Quaternion(x: axis.x, y: axis.y, z: axis.z, w: squared.squareRoot() / 2).normalized
    }

    /// The rotation that turns +X, +Y, +Z into three orthonormal, right-handed axes.
    @inlinable public init(x: SIMD3<Float>, y: SIMD3<Float>, z: SIMD3<Float>) {
        self = Matrix3(x, y, z).rotation
    }

    /// Spherical interpolation along the shorter arc.
    @inlinable public static func slerp(_ a: Quaternion, _ b: Quaternion, _ t: Float) -> Quaternion {
        let end = b.near(a)
        let cosine = dot(a.vector, end.vector)
        // Below about 0.03 rad of turn the chord is the arc to float precision, and the sine would be lost.
        guard cosine < 0.9999 else { return Quaternion(lerp(a.vector, end.vector, t)).normalized }
        let angle = Float.acos(min(max(cosine, -1), 1))
        let s = 1 / Float.sin(angle)
        let (p, q) = (Float.sin((1 - t) * angle) * s, Float.sin(t * angle) * s)
        return Quaternion(a.vector * p + end.vector * q).normalized
    }

    /// Splits into `swing * twist`, the twist about the unit vector `axis` and the swing about one at right angles to it.
    ///
    /// At a swing of exactly pi the twist is undefined: it is taken as none.
    @inlinable public func swingTwist(about axis: SIMD3<Float>) -> (swing: Quaternion, twist: Quaternion) {
        let p = axis * dot(imaginary, axis)
        let squared = dot(p, p) + vector.w * vector.w
        guard squared > 1e-12 else { return (self, .identity) }
        let twist = Quaternion(SIMD4(p, vector.w) / squared.squareRoot())
        return (self * twist.conjugate, twist)
    }

    /// The rotation vector: unit axis times angle (-pi...pi), radians.
    @inlinable public var rotationVector: SIMD3<Float> {
        let q = vector.w < 0 ? -self : self
        let s = length(q.imaginary)
        guard s > 1e-9 else { return q.imaginary * 2 }
        return q.imaginary * (2 * Float.atan2(y: s, x: q.vector.w) / s)
    }

    /// The rotation of a rotation vector: unit axis times angle, radians.
    @inlinable public init(rotationVector v: SIMD3<Float>) {
        let angle = length(v)
        self = angle > 1e-9 ? Quaternion(angle: angle, axis: v / angle) : Quaternion(SIMD4(v / 2, 1)).normalized
    }

    /// Whether all four numbers are finite.
    @inlinable public var isFinite: Bool { vector.isFinite }
}
