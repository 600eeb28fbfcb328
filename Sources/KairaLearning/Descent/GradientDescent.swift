/// Walks downhill: `x <- x - a grad f(x)`, straight against the steepest rise.
///
/// Close to x, f moves by `grad f . dx = |grad f| |dx| cos(theta)`, which is lowest where dx points against the gradient.
/// How far to go, the rate a, is not learned: it is tried out.
public struct GradientDescent: Sendable, Hashable {
    /// The learning rate a, > 0.
    public var rate: Double
    /// How many steps at most.
    public var steps: Int
    /// It stops where the gradient is no longer than this; 0 for all the steps.
    public var tolerance: Double

    /// A descent from its parts.
    public init(rate: Double, steps: Int, tolerance: Double = 0) {
        self.rate = rate
        self.steps = steps
        self.tolerance = tolerance
    }

    /// Walks from a point.
    ///
    /// - Parameters:
    ///   - start: where it begins.
    ///   - gradient: the slopes of f at a point, as many as it has coordinates.
    /// - Returns: every point it came by; a walk that leaves the finite numbers ends with the first point outside.
    public func walk(from start: [Double], gradient: ([Double]) -> [Double]) -> DescentPath {
        var point = start, slopes = gradient(start)
        var path = DescentPath(points: [point], gradients: [slopes])
        for _ in 0..<max(steps, 0) {
            guard slopes.reduce(0, { $0 + $1 * $1 }).squareRoot() > tolerance else { break }
            point = zip(point, slopes).map { $0 - rate * $1 }
            slopes = gradient(point)
            path.points.append(point)
            path.gradients.append(slopes)
            guard point.allSatisfy(\.isFinite), slopes.allSatisfy(\.isFinite) else { break }
        }
        return path
    }
}
