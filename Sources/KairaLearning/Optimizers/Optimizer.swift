import KairaTensor

/// Moves a model's parameters against their gradients.
public protocol Optimizer<Scalar>: Sendable {
    /// The number type of the parameters.
    associatedtype Scalar: TensorReal

    /// The step's length; schedules change it between steps.
    var learningRate: Double { get set }

    /// Takes one step. What is frozen, or has no gradient, stays as it is.
    mutating func update<M: Module>(_ model: inout M, along gradients: Gradients<Scalar>) where M.Scalar == Scalar

    /// What the optimiser has gathered: with it, and the model's state, training goes on with the same bits.
    var state: StateDictionary<Scalar> { get }

    /// Takes up a state.
    ///
    /// - Throws: `LearningError.state` where it is not that of such an optimiser.
    mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError)
}

extension Module {
    /// Calls `body` with each parameter that has a gradient, and its place.
    mutating func step(
        along gradients: Gradients<Scalar>, _ body: (Int, inout Tensor<Scalar>, Tensor<Scalar>) -> Void
    ) {
        var place = 0
        withoutActuallyEscaping(body) { body in
            var visitor = ModuleVisitor<Scalar>(parameter: { name, parameter in
                require(
                    place < gradients.values.count && gradients.names[place] == name,
                    "gradients of another model: \(name) has none at its place")
                if !parameter.isFrozen, let gradient = gradients.values[place] {
                    body(place, &parameter.value, gradient)
                }
                place += 1
            })
            visit(&visitor)
        }
    }
}

extension StateDictionary {
    /// A whole number kept as text.
    func count(_ key: String) throws(LearningError) -> Int {
        guard let text = metadata[key], let value = Int(text), value >= 0 else {
            throw .state("\(key) is \(metadata[key] ?? "missing") instead of a count")
        }
        return value
    }
}
