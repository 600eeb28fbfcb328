import KairaTensor

/// Writes operations down as they are computed and runs through them backwards for gradients.
///
///     let tape = Tape<Double>()
///     let x = tape.variable([1, 2, 3])
///     let y = (x * x).sum()
///     tape.gradients(of: y, with: [x])[0].value    // [2, 4, 6]
///
/// Most programs need none of their own: `lossAndGradients` of a model makes one for each step. A tape ends with its last
/// reference; its variables can then still be read.
public final class Tape<Scalar: TensorReal>: Sendable {
    let core: TapeCore<Scalar>

    /// An empty tape.
    ///
    /// - Parameters:
    ///   - isTraining: whether layers of models bound to it behave as in training.
    ///   - generator: where dropout takes its random numbers from.
    public init(isTraining: Bool = false, generator: RandomGenerator = RandomGenerator(seed: 0)) {
        core = TapeCore(isTraining: isTraining, generator: generator)
    }

    // Rules hold variables and these the core: without this the two would keep each other alive.
    deinit { core.end() }

    /// A variable of which gradients can be asked for.
    public func variable(_ value: Tensor<Scalar>) -> Variable<Scalar> {
        Variable(
            value,
            link: .init(core: core, place: core.add(.init(inputs: [], rule: nil, kept: nil, name: "variable"))))
    }

    /// The gradients of a number with respect to variables of this tape.
    ///
    /// - Parameters:
    ///   - y: a variable with one element.
    ///   - variables: those whose gradients are wanted.
    ///   - createGraph: whether the gradients are computed on the tape, so that their gradients can be asked for too; else
    ///     the tape is used up behind `y`, and what it held is freed on the way.
    /// - Returns: one gradient a variable, of its shape; zeros where `y` does not depend on it.
    public func gradients(
        of y: Variable<Scalar>, with variables: [Variable<Scalar>], createGraph: Bool = false
    ) -> [Variable<Scalar>] {
        require(y.count == 1, "gradients are those of one number, not of a tensor of shape \(y.shape)")
        let places = variables.map { variable -> Int in
            guard let link = variable.link, link.core === core else {
                fatalError("a gradient with respect to a variable that is not of this tape")
            }
            return link.place
        }
        let found = core.backward(
            from: y, seed: Tensor(ones: y.shape), wanted: Set(places), createGraph: createGraph)
        return zip(variables, places).map { variable, place in
            found[place] ?? Variable(Tensor(zeros: variable.shape))
        }
    }
}

extension TapeCore {
    /// Runs backwards from `y`; returns the gradients at the wanted places that `y` depends on.
    func backward(
        from y: Variable<Scalar>, seed: Tensor<Scalar>, wanted: Set<Int>, createGraph: Bool
    ) -> [Int: Variable<Scalar>] {
        guard let link = y.link else { return [:] }
        require(link.core === self, "the gradient of a variable of another tape")
        let wasRecording = isRecording
        isRecording = createGraph
        defer { isRecording = wasRecording }
        var gradients = [Variable<Scalar>?](repeating: nil, count: link.place + 1)
        gradients[link.place] = Variable(seed)
        var found: [Int: Variable<Scalar>] = [:]
        for place in stride(from: link.place, through: 0, by: -1) {
            let gradient = gradients[place]
            gradients[place] = nil
            guard let gradient else {
                if !createGraph { release(place) }
                continue
            }
            if wanted.contains(place) { found[place] = gradient }
            do {
                let entry = self.entry(place)
                guard let rule = entry.rule else {
                    require(
                        entry.inputs.isEmpty,
                        "\(entry.name): its rule was used up by an earlier gradient; ask that for `createGraph`")
                    continue
                }
                let result = Variable(
                    entry.kept ?? gradient.value, link: .init(core: self, place: place))
                let parts = rule(gradient, result)
                for (input, part) in zip(entry.inputs, parts) {
                    guard let input, let part else { continue }
                    if let sum = gradients[input] {
                        gradients[input] = nil
                        gradients[input] = Self.sum(sum, part, createGraph: createGraph)
                    } else {
                        gradients[input] = part
                    }
                }
            }
            if !createGraph { release(place) }
        }
        return found
    }

    private static func sum(
        _ a: consuming Variable<Scalar>, _ b: Variable<Scalar>, createGraph: Bool
    ) -> Variable<Scalar> {
        if createGraph { return a + b }
        var sum = a.value
        a = Variable(Tensor<Scalar>.placeholder)
        sum += b.value
        return Variable(sum)
    }
}

extension Tensor where Scalar: TensorReal {
    /// An empty tensor.
    static var placeholder: Tensor { Tensor([], shape: [0]) }
}

/// The gradients of a number with respect to variables of its tape, themselves recorded there: for second derivatives.
///
/// - Returns: one gradient a variable, of its shape; zeros where `y` does not depend on it.
public func gradients<Scalar: TensorReal>(
    of y: Variable<Scalar>, with variables: [Variable<Scalar>]
) -> [Variable<Scalar>] {
    require(y.count == 1, "gradients are those of one number, not of a tensor of shape \(y.shape)")
    guard let core = y.link?.core else { return variables.map { Variable(Tensor(zeros: $0.shape)) } }
    let places = variables.map { variable -> Int in
        guard let link = variable.link, link.core === core else {
            fatalError("a gradient with respect to a variable that is not of the same tape")
        }
        return link.place
    }
    let found = core.backward(from: y, seed: Tensor(ones: y.shape), wanted: Set(places), createGraph: true)
    return zip(variables, places).map { variable, place in
        found[place] ?? Variable(Tensor(zeros: variable.shape))
    }
}
