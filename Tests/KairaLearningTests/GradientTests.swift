import KairaLearning
import KairaTensor
import Testing

/// One function of variables whose gradients are checked, and where.
struct GradientCase: Sendable, CustomTestStringConvertible {
    var name: String
    var shapes: [[Int]]
    /// Arguments are drawn from here; ranges keep away from kinks and poles.
    var range: Range<Double> = -1.5..<1.5
    /// Values nearer to 0 than this are moved away from it.
    var gap = 0.0
    var function: Function

    typealias Function = @Sendable ([Variable<Double>]) throws -> Variable<Double>

    var testDescription: String { name }

    func arguments(seed: UInt64) -> [Tensor<Double>] {
        var generator = RandomGenerator(seed: seed)
        return shapes.map { shape in
            let drawn: Tensor<Double> = generator.uniform(shape, in: range)
            return Tensor(drawn.values.map { abs($0) < gap ? ($0 < 0 ? $0 - gap : $0 + gap) : $0 }, shape: shape)
        }
    }
}

/// Oracle: central differences in double precision, as the notes set: h = 1e-5,
/// |analytic - numeric| <= 1e-7 max(1, |analytic|, |numeric|).
@Suite struct GradientTests {
    static let window = WindowShape(kernel: (3, 2), stride: (2, 1), padding: (1, 1), dilation: (1, 2))

    // One statement each: a literal of them all is more than the compiler can type-check.
    static let cases: [GradientCase] = {
        var cases: [GradientCase] = []
        func add(
            _ name: String, _ shapes: [[Int]], range: Range<Double> = -1.5..<1.5, gap: Double = 0,
            _ function: @escaping GradientCase.Function
        ) {
            cases.append(GradientCase(name: name, shapes: shapes, range: range, gap: gap, function: function))
        }
        add("+ broadcast", [[2, 3], [3]]) { $0[0] + $0[1] }
        add("- broadcast", [[2, 1, 3], [4, 1]]) { $0[0] - $0[1] }
        add("* broadcast", [[2, 3, 2], [3, 1]]) { $0[0] * $0[1] }
        add("/ broadcast", [[2, 3], [2, 1]], range: 0.5..<2) { $0[0] / $0[1] }
        add("scalars", [[3]], range: 0.5..<2) {
            let x = $0[0]
            let quotient: Variable<Double> = 2 / (3 + 2 * x).squared()
            return quotient + (x / 4 - 1) + (1 - x)
        }
        add("maximum", [[3, 4], [4]]) { Variable.maximum($0[0], $0[1]) }
        add("minimum", [[3, 4], [3, 1]]) { Variable.minimum($0[0], $0[1]) }
        add("select", [[2, 3], [3]]) { Variable.select(Tensor([1, 0, 1]), $0[0], $0[1]) }
        add("exp", [[5]]) { $0[0].exp() }
        add("log", [[5]], range: 0.3..<3) { $0[0].log() }
        add("squareRoot", [[5]], range: 0.3..<3) { $0[0].squareRoot() }
        add("reciprocal", [[5]], range: 0.3..<3) { $0[0].reciprocal() }
        add("squared", [[5]]) { $0[0].squared() }
        add("power", [[5]], range: 0.3..<3) { $0[0].power(2.7) }
        add("magnitude", [[6]], gap: 0.1) { $0[0].magnitude() }
        add("sin", [[5]]) { $0[0].sin() }
        add("cos", [[5]]) { $0[0].cos() }
        add("erf", [[5]]) { $0[0].erf() }
        add("tanh", [[5]]) { $0[0].tanh() }
        add("sigmoid", [[5]]) { $0[0].sigmoid() }
        add("relu", [[7]], gap: 0.1) { $0[0].relu() * $0[0] }
        add("leakyReLU", [[7]], gap: 0.1) { $0[0].leakyReLU(slope: 0.2) * $0[0] }
        add("swish", [[5]]) { $0[0].swish() }
        add("gelu", [[5]]) { $0[0].gelu() }
        add("softplus", [[5]]) { $0[0].softplus() }
        add("clamped", [[9]]) { $0[0].clamped(to: -0.7...0.8) * $0[0] }
        add("sum of an axis", [[2, 3, 4]]) { $0[0].squared().sum(axes: [1]) }
        add("sum of outer and inner axes", [[2, 3, 4]]) { $0[0].squared().sum(axes: [0, -1], keepDims: true) }
        add("mean", [[2, 3, 4]]) { $0[0].squared().mean(axes: [0, 1]) }
        add("max", [[2, 3, 4]]) { $0[0].max(axes: [-1]) * $0[0].max() }
        add("min", [[2, 3]]) { $0[0].min(axes: [0], keepDims: true) * $0[0] }
        add("variance", [[3, 4]]) { $0[0].variance(axes: [1]) + $0[0].variance(axes: [1], unbiased: true) }
        add("logSumExp", [[3, 4]]) { $0[0].logSumExp(axes: [1]) }
        add("reshaped", [[2, 6]]) { $0[0].reshaped([3, -1]).squared() }
        add("permuted", [[2, 3, 4]]) { $0[0].permuted([2, 0, 1]).squared() }
        add("transposed", [[2, 3, 4]]) { $0[0].transposed(0, 2).squared() }
        add("slice", [[4, 5]]) { $0[0].slice(axis: 1, 1..<4).squared() }
        add("row", [[4, 5]]) { $0[0][row: 2].squared() }
        add("padded", [[2, 3]]) { $0[0].padded(axis: 0, before: 1, after: 2).squared() }
        add("broadcast", [[2, 1]]) { $0[0].broadcast(to: [3, 2, 4]).squared() }
        add("concatenated", [[2, 3], [2, 1]]) { Variable.concatenated([$0[0], $0[1], $0[0]], axis: 1).squared() }
        add("stacked", [[2, 3], [2, 3]]) { Variable.stacked([$0[0], $0[1]]).squared() }
        add("rows, one repeated", [[4, 3]]) { $0[0].rows([2, 0, 2, 3]).squared() }
        add("matmul", [[3, 4], [4, 2]]) { $0[0].matmul($0[1]) }
        add("matmul, batches", [[2, 3, 4], [2, 4, 2]]) { $0[0].matmul($0[1]) }
        add("matmul, one right matrix", [[2, 3, 4], [4, 2]]) { $0[0].matmul($0[1]) }
        add("matmul, one left matrix", [[3, 4], [2, 2, 4, 2]]) { $0[0].matmul($0[1]) }
        add("matmul of transposed batches", [[2, 3, 2, 4], [2, 3, 2, 5]]) {
            $0[0].transposed().matmul($0[1])
        }
        add("affine", [[5, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2]) }
        add("affine and sigmoid", [[5, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2], activation: .sigmoid) }
        add("affine and tanh", [[2, 3, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2], activation: .tanh) }
        add("affine and GELU", [[5, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2], activation: .gelu) }
        add("affine and swish", [[5, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2], activation: .swish) }
        add("affine and softmax", [[5, 4], [3, 4], [3]]) { $0[0].affine($0[1], $0[2], activation: .softmax) }
        add("affine and ReLU", [[2, 3], [4, 3]]) { $0[0].affine($0[1], activation: .relu) }
        add("softmax", [[3, 4]]) { $0[0].softmax() }
        add("logSoftmax", [[3, 4]]) { $0[0].logSoftmax() }
        add("layerNorm", [[3, 5], [5], [5]]) { $0[0].layerNorm(gain: $0[1], bias: $0[2]) }
        add("layerNorm without gain", [[2, 3, 5]]) { $0[0].layerNorm() }
        add("batchNorm", [[4, 3, 2, 2], [3], [3]]) { $0[0].batchNorm(gain: $0[1], bias: $0[2]).result }
        add("batchNorm of rows", [[5, 3], [3], [3]]) { $0[0].batchNorm(gain: $0[1], bias: $0[2]).result }
        add("conv2d 3x3", [[2, 3, 5, 6], [4, 3, 3, 3], [4]]) {
            $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 3, padding: 1))
        }
        add("conv2d 2x3 unpadded", [[2, 2, 4, 7], [3, 2, 2, 3], [3]]) {
            $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: (2, 3)))
        }
        add("conv2d, strides and dilation", [[2, 2, 7, 6], [3, 2, 3, 2]]) { $0[0].conv2d($0[1], window: window) }
        add("conv2d, groups", [[2, 4, 5, 5], [6, 2, 3, 3], [6]]) {
            $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 3, padding: 1), groups: 2)
        }
        add("conv2d and ReLU", [[2, 2, 4, 4], [3, 2, 3, 3], [3]]) {
            $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 3), relu: true)
        }
        add("convTranspose2d", [[2, 3, 4, 3], [3, 2, 3, 3], [2]]) {
            $0[0].convTranspose2d(
                $0[1], bias: $0[2], window: WindowShape(kernel: 3, stride: 2, padding: 1), outputPadding: (1, 1))
        }
        add("maxPool2d", [[2, 2, 5, 4]]) { $0[0].maxPool2d(WindowShape(kernel: 3, stride: 2, padding: 1)).squared() }
        add("averagePool2d", [[2, 2, 5, 4]]) {
            $0[0].averagePool2d(WindowShape(kernel: 2, stride: 2, padding: 1)).squared()
        }
        add("attention", [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 4]]) { Variable.attention($0[0], $0[1], $0[2]) }
        add("causal attention", [[1, 2, 4, 3], [1, 2, 4, 3], [1, 2, 4, 3]]) {
            Variable.attention($0[0], $0[1], $0[2], causal: true)
        }
        add("crossEntropy", [[3, 4]]) { try crossEntropy($0[0], labels: [1, 0, 3]) }
        add("crossEntropy, smoothed", [[3, 4]]) { try crossEntropy($0[0], labels: [1, 0, 3], smoothing: 0.1) }
        add("crossEntropy with distributions", [[2, 3]]) {
            try crossEntropy($0[0], targets: Tensor([0.2, 0.3, 0.5, 1, 0, 0], shape: [2, 3]))
        }
        add("textbookCrossEntropy", [[2, 3]]) {
            try textbookCrossEntropy($0[0].softmax(), targets: Tensor([0.2, 0.3, 0.5, 1, 0, 0], shape: [2, 3]))
        }
        add("binaryCrossEntropy", [[4]]) { try binaryCrossEntropy(logits: $0[0], targets: [0, 1, 0.3, 1]) }
        add("halfSquaredError", [[2, 3]]) {
            try halfSquaredError($0[0], target: Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
        }
        add("meanSquaredError", [[2, 3]]) {
            try meanSquaredError($0[0], target: Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
        }
        return cases
    }()

    @Test("gradients equal differences", arguments: cases, [1, 2, 3] as [UInt64])
    func differences(of sample: GradientCase, seed: UInt64) throws {
        let check = try gradientCheck(at: sample.arguments(seed: seed), sample.function)
        #expect(check.largestError < 1e-7, "\(check)")
    }

    /// The gradient is itself a function: its own gradients by the same oracle.
    @Test("gradients of gradients equal differences", arguments: cases)
    func twice(of sample: GradientCase) throws {
        let check = try gradientCheck(at: sample.arguments(seed: 4)) { inputs in
            // The inner gradient on a tape of its own where the inputs are constants, else on theirs.
            let tape = Tape<Double>()
            guard inputs[0].isTracked else {
                let inner = inputs.map { tape.variable($0.value) }
                return Self.joined(tape.gradients(of: try Self.weighted(sample.function(inner)), with: inner))
            }
            return Self.joined(try Self.gradient(of: sample.function(inputs), inputs))
        }
        #expect(check.largestError < 1e-7, "\(check)")
    }

    static func weighted(_ y: Variable<Double>) -> Variable<Double> {
        var generator = RandomGenerator(seed: 9)
        return (y * Variable(generator.uniform(y.shape, in: 0.5..<1.5))).sum()
    }

    static func joined(_ gradients: [Variable<Double>]) -> Variable<Double> {
        Variable.concatenated(gradients.map { $0.reshaped([-1]) }, axis: 0)
    }

    static func gradient(of y: Variable<Double>, _ inputs: [Variable<Double>]) throws -> [Variable<Double>] {
        gradients(of: weighted(y), with: inputs)
    }
}
