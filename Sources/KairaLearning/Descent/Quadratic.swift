/// A bowl, `f(x) = 1/2 sum_i k_i x_i^2`: the one loss surface on which every step of gradient descent is known beforehand.
///
/// Descent with the rate a multiplies coordinate i by `1 - a k_i` at each step, whatever happens on the others.
public struct Quadratic: Sendable, Hashable {
    /// How sharply the bowl bends along each axis, k_i.
    public var curvatures: [Double]

    /// A bowl from its curvatures.
    public init(curvatures: [Double]) { self.curvatures = curvatures }

    /// `x^2 / 2`, the bowl of one variable.
    public static let unit = Quadratic(curvatures: [1])
    /// `x^2 / 20 + y^2`, a long valley: what suits the steep side is slow along the floor.
    public static let valley = Quadratic(curvatures: [0.1, 2])

    /// The height at a point.
    ///
    /// - Precondition: as many coordinates as curvatures.
    public func callAsFunction(_ point: [Double]) -> Double {
        precondition(point.count == curvatures.count, "\(point.count) coordinates for \(curvatures.count) curvatures")
        return zip(curvatures, point).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } / 2
    }

    /// The gradient at a point, `k_i x_i`.
    ///
    /// - Precondition: as many coordinates as curvatures.
    public func gradient(at point: [Double]) -> [Double] {
        precondition(point.count == curvatures.count, "\(point.count) coordinates for \(curvatures.count) curvatures")
        return zip(curvatures, point).map { $0 * $1 }
    }

    /// What one step of descent multiplies each coordinate by: `1 - a k_i`.
    public func factors(rate: Double) -> [Double] { curvatures.map { 1 - rate * $0 } }

    /// The rate from which descent no longer converges: 2 / the largest curvature; infinite for a plane.
    public var largestRate: Double {
        let k = curvatures.max() ?? 0
        return k > 0 ? 2 / k : .infinity
    }
}
