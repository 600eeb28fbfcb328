import KairaGeometry

/// The plane that cuts solids: what lies on its other side is taken away.
public struct SectionPlane: Sendable, Hashable {
    /// (a, b, c, d), (a, b, c) of unit length: kept is where `a x + b y + c z + d >= 0`, world space, metres.
    public let coefficients: SIMD4<Float>

    /// A plane from its coefficients, of any length; nil where (a, b, c) has no direction or a number is not finite.
    public init?(_ coefficients: SIMD4<Float>) {
        let size = length(coefficients.xyz)
        guard coefficients.isFinite, size > 1e-12, size.isFinite else { return nil }
        self.coefficients = coefficients / size
    }

    /// A plane from `a,b,c,d` as text; nil for anything else.
    public init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Float($0.trimmingPrefix { $0 == " " }) ?? .nan
        }
        guard numbers.count == 4 else { return nil }
        self.init(SIMD4(numbers[0], numbers[1], numbers[2], numbers[3]))
    }

    /// The unit vector towards what is kept.
    public var normal: SIMD3<Float> { coefficients.xyz }

    /// The distance of a point from the plane, metres, positive where it is kept.
    public func distance(to point: SIMD3<Float>) -> Float { dot(coefficients.xyz, point) + coefficients.w }

    /// Two unit vectors along the plane; with the normal they are right-handed.
    var axes: (u: SIMD3<Float>, v: SIMD3<Float>) {
        let n = normal
        // Upright where that can be: hatches then keep their angle to the picture's sides.
        let up: SIMD3<Float> = abs(n.y) > 0.9 ? [0, 0, -1] : [0, 1, 0]
        let u = normalize(cross(up, n))
        return (u, cross(n, u))
    }
}
