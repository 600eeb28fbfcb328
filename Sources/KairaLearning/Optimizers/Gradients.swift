import KairaTensor

/// The gradients of a model's parameters, in the order in which the model names them.
public struct Gradients<Scalar: TensorReal>: Sendable {
    /// The parameters' names.
    public let names: [String]
    /// One gradient a parameter; nil where it is frozen or the loss does not depend on it.
    public var values: [Tensor<Scalar>?]

    init(_ entries: [(String, Tensor<Scalar>?)]) {
        names = entries.map(\.0)
        values = entries.map(\.1)
    }

    /// The gradient of the parameter of that name.
    public subscript(name: String) -> Tensor<Scalar>? {
        names.firstIndex(of: name).flatMap { values[$0] }
    }

    /// The Euclidean length of all gradients together.
    public var norm: Double {
        values.reduce(0) { $0 + ($1?.squaredNorm().doubleValue ?? 0) }.squareRoot()
    }

    /// Whether no value is infinite or not a number.
    public var isFinite: Bool { values.allSatisfy { $0?.isFinite ?? true } }

    /// All gradients scaled by min(1, limit / norm).
    public func clipped(norm limit: Double) -> Gradients {
        require(limit > 0, "gradients clipped to a norm of \(limit)")
        let norm = self.norm
        guard norm > limit else { return self }
        return scaled(limit / norm)
    }

    /// Every value held to -limit...limit.
    public func clipped(value limit: Double) -> Gradients {
        require(limit > 0, "gradients clipped to \(limit)")
        var result = self
        let bound = Scalar(nearest: limit)
        for index in values.indices { result.values[index] = values[index]?.clamped(to: -bound...bound) }
        return result
    }

    /// All gradients times a factor.
    public func scaled(_ factor: Double) -> Gradients {
        var result = self
        for index in values.indices { result.values[index] = values[index].map { $0 * Scalar(nearest: factor) } }
        return result
    }

    /// The sums of two models' gradients, as for a batch in parts.
    public static func + (a: Gradients, b: Gradients) -> Gradients {
        require(a.names == b.names, "gradients of different models")
        var result = a
        for index in a.values.indices {
            if let x = a.values[index], let y = b.values[index] {
                result.values[index] = x + y
            } else {
                result.values[index] = a.values[index] ?? b.values[index]
            }
        }
        return result
    }
}
