/// The points that a descent came by.
public struct DescentPath: Sendable, Hashable {
    /// The start and the point after each step.
    public var points: [[Double]]
    /// The gradient at each of them.
    public var gradients: [[Double]]

    /// A path from its parts.
    ///
    /// - Precondition: as many gradients as points, at least one.
    public init(points: [[Double]], gradients: [[Double]]) {
        precondition(points.count == gradients.count && !points.isEmpty, "a path needs a gradient for each point")
        self.points = points
        self.gradients = gradients
    }

    /// What the learning rate made of it.
    public enum Behaviour: String, Sendable, Hashable, CaseIterable, Codable {
        /// It goes the right way and has hardly begun: more than a tenth of the gradient is left at the end.
        case tooSmall
        /// It comes down without turning back.
        case converging
        /// Most steps turn back on the one before: it steps over the valley each time, nearing the floor or not.
        case oscillating
        /// It climbs: the gradient at the end is longer than at the start, or no number at all.
        case diverging
    }

    /// What the learning rate made of it, told from the gradients alone.
    public var behaviour: Behaviour {
        let first = Self.length(gradients.first ?? []), last = Self.length(gradients.last ?? [])
        // Rounding must not make a bounce between two points of one height a climb.
        guard last.isFinite, last <= first * (1 + 1e-9) else { return .diverging }
        let turns = zip(gradients, gradients.dropFirst()).count { a, b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } < 0 }
        if turns * 2 > points.count - 1 { return .oscillating }
        return last > first / 10 ? .tooSmall : .converging
    }

    private static func length(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
