import KairaTensor

/// A tensor that may lie on a tape: what is computed from it is written down, so that gradients can be had.
///
/// Without a tape a variable is a constant, and operations on constants cost what they cost on tensors. A variable is a
/// value: nothing changes the tensor behind it, so that no rule can meet other numbers than those it was recorded with.
/// Variables of a tape that has ended can still be read, but not computed with.
public struct Variable<Scalar: TensorReal>: Sendable {
    struct Link: Sendable {
        var core: TapeCore<Scalar>
        var place: Int
    }

    /// The numbers.
    public let value: Tensor<Scalar>
    var link: Link?

    /// A constant.
    public init(_ value: Tensor<Scalar>) {
        self.value = value
        link = nil
    }

    /// A constant number.
    public init(_ value: Scalar) { self.init(Tensor(value)) }

    init(_ value: Tensor<Scalar>, link: Link?) {
        self.value = value
        self.link = link
    }

    /// Sizes, outermost first.
    public var shape: [Int] { value.shape }

    /// The number of axes.
    public var rank: Int { value.rank }

    /// The number of elements.
    public var count: Int { value.count }

    /// Whether the variable lies on a tape.
    public var isTracked: Bool { link != nil }

    /// Whether an operation on it would be written down now.
    var records: Bool {
        guard let link else { return false }
        return link.core.isRecording && !Recording.isOff
    }

    /// The same numbers as a constant: no gradient flows through it.
    public func detached() -> Variable { Variable(value) }

    /// Writes an operation down, where one of its inputs lies on a recording tape.
    ///
    /// - Parameters:
    ///   - value: the result.
    ///   - inputs: what it was computed from.
    ///   - name: for messages.
    ///   - rule: from the gradient of the result to those of the inputs, in their order; nil where an input gets none.
    /// - Returns: the result, on the tape of the inputs.
    static func record(
        _ value: Tensor<Scalar>, _ inputs: [Variable], _ name: StaticString,
        rule: @escaping @Sendable (Variable) -> [Variable?]
    ) -> Variable {
        record(value, inputs, name, keeps: false) { gradient, _ in rule(gradient) }
    }

    /// The same for rules that ask for the result too.
    static func record(
        _ value: Tensor<Scalar>, _ inputs: [Variable], _ name: StaticString, keeps: Bool = true,
        rule: @escaping TapeCore<Scalar>.Rule
    ) -> Variable {
        var core: TapeCore<Scalar>?
        for input in inputs {
            guard let link = input.link else { continue }
            require(core == nil || core === link.core, "\(name): variables of two tapes meet")
            core = link.core
        }
        guard let core, core.isRecording, !Recording.isOff else { return Variable(value) }
        let place = core.add(
            TapeCore.Entry(
                inputs: inputs.map { $0.link?.place }, rule: rule, kept: keeps ? value : nil, name: name))
        return Variable(value, link: Link(core: core, place: place))
    }
}

extension Variable: CustomStringConvertible {
    /// The tensor, and whether it lies on a tape.
    public var description: String { "\(value)\(isTracked ? " on a tape" : "")" }
}
