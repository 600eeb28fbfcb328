import RealModule

/// The numbers that physics runs in: `Float` where a picture is the aim, `Double` where the error is.
public protocol PhysicsScalar: Real, BinaryFloatingPoint, SIMDScalar, Codable, Sendable
where SIMD2Storage: Sendable, SIMD4Storage: Sendable {}

extension Float: PhysicsScalar {}
extension Double: PhysicsScalar {}

// KairaGeometry names these for `Float`; inside the solvers they are needed for both scalars. Quaternions are
// (x, y, z, w) in a `SIMD4`, Hamilton's product.

@inline(__always) func dot<S: PhysicsScalar>(_ a: SIMD3<S>, _ b: SIMD3<S>) -> S { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always) func cross<S: PhysicsScalar>(_ a: SIMD3<S>, _ b: SIMD3<S>) -> SIMD3<S> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inline(__always) func length<S: PhysicsScalar>(_ v: SIMD3<S>) -> S { dot(v, v).squareRoot() }

/// The unit vector along `v`, or `fallback` where it has no direction.
@inline(__always) func direction<S: PhysicsScalar>(_ v: SIMD3<S>, else fallback: SIMD3<S>) -> SIMD3<S> {
    let squared = dot(v, v)
    guard squared > S(1e-36), squared < .infinity else { return fallback }
    return v / squared.squareRoot()
}

@inline(__always) func isFinite<S: PhysicsScalar>(_ v: SIMD3<S>) -> Bool {
    v.x.isFinite && v.y.isFinite && v.z.isFinite
}

@inline(__always) func isFinite<S: PhysicsScalar>(_ v: SIMD4<S>) -> Bool {
    v.x.isFinite && v.y.isFinite && v.z.isFinite && v.w.isFinite
}

@inline(__always) func imaginary<S: PhysicsScalar>(_ q: SIMD4<S>) -> SIMD3<S> { SIMD3(q.x, q.y, q.z) }

@inline(__always) func conjugate<S: PhysicsScalar>(_ q: SIMD4<S>) -> SIMD4<S> { SIMD4(-q.x, -q.y, -q.z, q.w) }

/// Hamilton's product: turns by `q`, then by `p`.
@inline(__always) func product<S: PhysicsScalar>(_ p: SIMD4<S>, _ q: SIMD4<S>) -> SIMD4<S> {
    let x = p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y
    let y = p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x
    let z = p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w
    let w = p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z
    return SIMD4(x, y, z, w)
}

/// A vector turned by a unit quaternion.
@inline(__always) func rotate<S: PhysicsScalar>(_ q: SIMD4<S>, _ v: SIMD3<S>) -> SIMD3<S> {
    let u = imaginary(q)
    let t = 2 * cross(u, v)
    return v + q.w * t + cross(u, t)
}

/// At unit length; the identity where there is none.
@inline(__always) func normalized<S: PhysicsScalar>(_ q: SIMD4<S>) -> SIMD4<S> {
    let squared = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w
    guard squared > S(1e-30), squared < .infinity else { return SIMD4(0, 0, 0, 1) }
    return q / squared.squareRoot()
}

/// The rotation of a rotation vector (unit axis times angle).
func quaternion<S: PhysicsScalar>(rotation v: SIMD3<S>) -> SIMD4<S> {
    let angle = length(v)
    guard angle > S(1e-9) else { return normalized(SIMD4(v.x / 2, v.y / 2, v.z / 2, 1)) }
    let s = S.sin(angle / 2) / angle
    return SIMD4(v.x * s, v.y * s, v.z * s, S.cos(angle / 2))
}

/// The shortest rotation from unit vector `a` to unit vector `b`; half a turn about some axis where they are opposite.
func rotation<S: PhysicsScalar>(from a: SIMD3<S>, to b: SIMD3<S>) -> SIMD4<S> {
    let half = a + b
    let squared = dot(half, half)
    guard squared > S(1e-12) else {
        let axis = perpendicular(to: a)
        return SIMD4(axis.x, axis.y, axis.z, 0)
    }
    let h = half / squared.squareRoot()
    let c = cross(a, h)
    return normalized(SIMD4(c.x, c.y, c.z, dot(a, h)))
}

/// A unit vector at right angles to the unit vector `n`.
///
/// Source: Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 2017.
func perpendicular<S: PhysicsScalar>(to n: SIMD3<S>) -> SIMD3<S> {
    let sign: S = n.z < 0 ? -1 : 1
    let a = -1 / (sign + n.z)
    return SIMD3(1 + sign * n.x * n.x * a, sign * n.x * n.y * a, -sign * n.x)
}
