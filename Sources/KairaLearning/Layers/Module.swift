import KairaTensor

/// A model or a part of one: a value that names its parameters.
///
///     struct Net: Layer {
///         var first: Dense<Float>, second: Dense<Float>
///         func callAsFunction(_ x: Variable<Float>) -> Variable<Float> { second(first(x)) }
///         mutating func visit(_ visitor: inout ModuleVisitor<Float>) {
///             visitor.visit(&first, "first")
///             visitor.visit(&second, "second")
///         }
///     }
public protocol Module<Scalar>: Sendable {
    /// The number type of the parameters.
    associatedtype Scalar: TensorReal

    /// Shows every part to a visitor, each under its own name and always in the same order.
    mutating func visit(_ visitor: inout ModuleVisitor<Scalar>)
}

extension Module {
    /// The parameters by name, in the order of `visit`.
    public var parameters: [(name: String, value: Tensor<Scalar>)] {
        var found: [(name: String, value: Tensor<Scalar>)] = []
        var copy = self, visitor = ModuleVisitor<Scalar>(parameter: { found.append(($0, $1.value)) })
        copy.visit(&visitor)
        return found
    }

    /// How many numbers training can change, frozen ones included.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

    /// Freezes the parameters whose names a closure picks, and frees the others.
    public mutating func freeze(where isFrozen: (String) -> Bool) {
        withoutActuallyEscaping(isFrozen) { isFrozen in
            var visitor = ModuleVisitor<Scalar>(parameter: { $1.isFrozen = isFrozen($0) })
            visit(&visitor)
        }
    }

    /// Changes every parameter.
    public mutating func updateParameters(_ body: (String, inout Tensor<Scalar>) -> Void) {
        withoutActuallyEscaping(body) { body in
            var visitor = ModuleVisitor<Scalar>(parameter: { body($0, &$1.value) })
            visit(&visitor)
        }
    }

    /// The model with its parameters on a tape.
    ///
    /// - Returns: the model, and for every parameter its name and variable, nil for frozen ones.
    public func bound(to tape: Tape<Scalar>) -> (model: Self, variables: [(name: String, variable: Variable<Scalar>?)])
    {
        var copy = self, variables: [(name: String, variable: Variable<Scalar>?)] = [], slot = 0
        var visitor = ModuleVisitor<Scalar>(
            parameter: { name, parameter in
                guard !parameter.isFrozen else { return variables.append((name, nil)) }
                let variable = tape.variable(parameter.value)
                parameter.link = variable.link
                variables.append((name, variable))
            },
            buffer: { _, buffer in
                buffer.core = tape.core
                buffer.slot = slot
                slot += 1
            },
            noise: { $0.core = tape.core })
        copy.visit(&visitor)
        return (copy, variables)
    }

    /// One forward and one backward pass in training.
    ///
    /// The closure gets the model bound to a tape: layers behave as in training, and what they compute is written down.
    /// After it, buffers such as running means are updated, unless the loss is not finite.
    ///
    /// - Parameters:
    ///   - generator: where dropout takes its random numbers from.
    ///   - loss: from the model to a number, usually one of the losses of this module.
    /// - Returns: the loss and the gradients of all parameters that are not frozen.
    /// - Throws: what the closure throws.
    public mutating func lossAndGradients<E: Error>(
        using generator: inout RandomGenerator, _ loss: (Self) throws(E) -> Variable<Scalar>
    ) throws(E) -> (loss: Scalar, gradients: Gradients<Scalar>) {
        let tape = Tape<Scalar>(isTraining: true, generator: generator)
        let result = try Self.backward(bound(to: tape), tape, loss)
        generator = tape.core.generator
        let updates = tape.core.updates
        if !updates.isEmpty, result.loss.isFinite {
            var slot = 0
            var visitor = ModuleVisitor<Scalar>(buffer: { _, buffer in
                if let value = updates[slot] { buffer.value = value }
                slot += 1
            })
            visit(&visitor)
        }
        return result
    }

    private static func backward<E: Error>(
        _ bound: (model: Self, variables: [(name: String, variable: Variable<Scalar>?)]), _ tape: Tape<Scalar>,
        _ loss: (Self) throws(E) -> Variable<Scalar>
    ) throws(E) -> (loss: Scalar, gradients: Gradients<Scalar>) {
        let y = try loss(bound.model)
        require(y.count == 1, "a loss is one number, not a tensor of shape \(y.shape)")
        let places = bound.variables.map { $0.variable?.link?.place }
        let found = tape.core.backward(
            from: y, seed: Tensor(ones: y.shape), wanted: Set(places.compactMap(\.self)), createGraph: false)
        let gradients = zip(bound.variables, places).map { entry, place in
            (entry.name, place.flatMap { found[$0]?.value })
        }
        return (y.value.scalar, Gradients(gradients))
    }
}
