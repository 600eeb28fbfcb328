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

    /// Looks whether what was taken up goes with a model, before a step would find out that it does not.
    ///
    /// - Throws: `LearningError.state` where something belongs to a parameter that the model lacks, or has another shape.
    func check(against model: some Module<Scalar>) throws(LearningError)
}

extension Optimizer {
    /// Finds nothing: right for an optimiser that gathers nothing.
    public func check(against model: some Module<Scalar>) throws(LearningError) {}

    /// Compares shapes, one a parameter where there is anything of it, with those of a model.
    func check(
        _ gathered: [[Int]?], of what: String, against model: some Module<Scalar>
    ) throws(LearningError) {
        let parameters = model.parameters
        for (place, shape) in gathered.enumerated() {
            guard let shape else { continue }
            guard place < parameters.count else {
                throw .state("\(what) for parameter \(place) of a model that has \(parameters.count)")
            }
            guard shape == parameters[place].value.shape else {
                throw .state(
                    "\(what) for \(parameters[place].name) of shape \(shape) instead of \(parameters[place].value.shape)"
                )
            }
        }
    }
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
    /// The number of parameters that the state of an optimiser of that name is for.
    func parameters(of optimizer: String) throws(LearningError) -> Int {
        guard metadata["optimizer"] == optimizer else {
            throw .state("it is one of \(metadata["optimizer"] ?? "no optimiser") instead of \(optimizer)")
        }
        let count = try count("parameters")
        guard count <= 1_000_000 else { throw .state("\(count) parameters") }
        return count
    }

    /// A whole number kept as text.
    func count(_ key: String) throws(LearningError) -> Int {
        guard let text = metadata[key], let value = Int(text), 0...1 << 48 ~= value else {
            throw .state("\(key) is \(metadata[key] ?? "missing") instead of a count")
        }
        return value
    }
}
