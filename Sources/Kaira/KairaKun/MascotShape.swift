import KairaGeometry

/// The mascot's smooth body, before its folds, and what grows where on it. Metres, model space.
enum MascotShape {
    /// A point inside from which all of the body's surface is seen.
    static let center: SIMD3<Float> = [0, 0.90, 0]

    /// Signed distance to the smooth body: two hemispheres with temporal lobes and cheeks on a small trunk.
    static func body(_ p: SIMD3<Float>) -> Float {
        let q = SIMD3(abs(p.x), p.y, p.z)
        var d = SignedDistance.ellipsoid(q, center: [0.05, 0.99, -0.03], radii: [0.36, 0.375, 0.42])
        d = SignedDistance.union(
            d, SignedDistance.ellipsoid(q, center: [0.22, 0.81, 0.03], radii: [0.185, 0.15, 0.25]), rounded: 0.10)
        d = SignedDistance.union(
            d, SignedDistance.ellipsoid(p, center: [0, 0.84, 0.14], radii: [0.31, 0.17, 0.235]), rounded: 0.10)
        return SignedDistance.union(
            d, SignedDistance.ellipsoid(p, center: [0, 0.61, 0], radii: [0.235, 0.19, 0.20]), rounded: 0.14)
    }

    /// The surface of `body` raised by `level`, in front of a point of the plane z = 0.
    static func front(_ x: Float, _ y: Float, raised level: Float) -> SIMD3<Float> {
        var (near, far): (Float, Float) = (0, 0.7)
        for _ in 0..<24 {
            let z = (near + far) / 2
            if body([x, y, z]) < level { near = z } else { far = z }
        }
        return [x, y, (near + far) / 2]
    }

    /// The unit normal of `body`.
    static func normal(_ p: SIMD3<Float>) -> SIMD3<Float> { SignedDistance.gradient(at: p, of: body) }

    /// How far the face lies below the mean of the folds, metres.
    static let faceLevel: Float = -0.004

    /// 0 in the middle of the face, 1 at its border, greater outside.
    static func faceField(_ p: SIMD3<Float>) -> Float {
        guard p.z > 0 else { return 9 }
        // A widow's peak where the fissure between the hemispheres comes down.
        let peak = max(0, 1 - abs(p.x) / 0.10)
        let up = 0.225 - 0.055 * peak * peak * (3 - 2 * peak)
        let dy = (p.y - 0.90) / (p.y > 0.90 ? up : 0.195)
        let dx = p.x / 0.315
        let (a, b) = (dx * dx, dy * dy)
        // Between an ellipse and a squircle.
        return 0.5 * (a + b) + 0.5 * (a * a + b * b).squareRoot()
    }

    /// 1 on the smooth trunk, 0 on the folds.
    static func trunk(_ p: SIMD3<Float>) -> Float { 1 - smoothstep(0.615, 0.665, p.y + 0.10 * max(p.z, 0)) }

    /// 1 in the furrow between the hemispheres, falling to 0 at `width`.
    static func fissure(_ p: SIMD3<Float>, width: Float) -> Float {
        guard p.y > 0.7 else { return 0 }
        return (1 - smoothstep(0, width, abs(p.x))) * smoothstep(0.70, 0.80, p.y)
    }

    /// 1 in the furrow above the temporal lobe, falling to 0 at `width`.
    static func sylvian(_ p: SIMD3<Float>, width: Float) -> Float {
        guard abs(p.x) > 0.18 else { return 0 }
        let a = SIMD2<Float>(0.27, 0.855), b = SIMD2<Float>(-0.16, 0.985)
        let q = SIMD2(p.z, p.y), axis = b - a
        let t = min(max(dot(q - a, axis) / dot(axis, axis), 0), 1)
        return 1 - smoothstep(0, width, distance(q, a + axis * t))
    }
}
