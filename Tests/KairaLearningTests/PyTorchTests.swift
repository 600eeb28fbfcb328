import Foundation
import KairaLearning
import KairaTensor
import KairaTestSupport
import Testing

/// What PyTorch computed in double precision from float32 numbers: `Tests/Support/learning_fixtures.py` says how.
enum PyTorch {
    static let file = Result { try WeightFile(contentsOf: TestData.fixture("learning/pytorch.safetensors")) }

    static func tensor<S: TensorReal>(_ name: String, _: S.Type = S.self) throws -> Tensor<S> {
        try Tensor(file.get().tensor(name))
    }

    /// Arguments of a case, in order.
    static func arguments<S: TensorReal>(_ name: String, _: S.Type) throws -> [Tensor<S>] {
        var found: [Tensor<S>] = []
        while let stored = try file.get()["\(name).x\(found.count)"] { found.append(try Tensor(stored)) }
        return found
    }
}

/// Fails where an element differs by more than the bars, 1e-10 in double and 1e-6 in float, of the largest
/// magnitude of its tensor: rounding of sums is relative to their terms, not to what is left of them.
func expectClose<S: TensorReal>(
    _ found: Tensor<S>, _ name: String, at location: SourceLocation = #_sourceLocation
) throws {
    let expected: Tensor<Double> = try PyTorch.tensor(name)
    #expect(found.shape == expected.shape, "\(name)", sourceLocation: location)
    guard found.shape == expected.shape else { return }
    let bar = S.self == Double.self ? 1e-10 : 1e-6
    let scale = expected.values.reduce(0) { max($0, abs($1)) }
    let worst = zip(found.values, expected.values).map { abs($0.doubleValue - $1) }.max() ?? 0
    #expect(worst <= bar * scale, "\(name) is off by \(worst / scale) of \(scale)", sourceLocation: location)
}

/// Oracle: PyTorch, see `PyTorch`.
@Suite struct PyTorchTests {
    typealias Function<S: TensorReal> = ([Variable<S>]) throws -> Variable<S>

    /// Each case's counterpart.
    static func functions<S: TensorReal>(_: S.Type) throws -> [String: Function<S>] {
        var all: [String: Function<S>] = [:]
        func add(_ name: String, _ function: @escaping Function<S>) { all[name] = function }
        add("exp") { $0[0].exp() }
        add("log") { $0[0].log() }
        add("squareRoot") { $0[0].squareRoot() }
        add("reciprocal") { $0[0].reciprocal() }
        add("squared") { $0[0].squared() }
        add("magnitude") { $0[0].magnitude() }
        add("sin") { $0[0].sin() }
        add("cos") { $0[0].cos() }
        add("erf") { $0[0].erf() }
        add("tanh") { $0[0].tanh() }
        add("tanh small") { $0[0].tanh() }
        add("sigmoid") { $0[0].sigmoid() }
        add("relu") { $0[0].relu() }
        add("leakyReLU") { $0[0].leakyReLU(slope: 0.1) }
        add("swish") { $0[0].swish() }
        add("gelu") { $0[0].gelu() }
        add("softplus") { $0[0].softplus() }
        add("power") { $0[0].power(2.5) }
        add("clamped") { $0[0].clamped(to: -2...3) }
        add("add") { $0[0] + $0[1] }
        add("subtract") { $0[0] - $0[1] }
        add("multiply") { $0[0] * $0[1] }
        add("divide") { $0[0] / $0[1] }
        add("maximum") { Variable.maximum($0[0], $0[1]) }
        add("minimum") { Variable.minimum($0[0], $0[1]) }
        add("sum") { $0[0].sum() }
        add("sum axis 1") { $0[0].sum(axes: [1]) }
        add("sum axes 0 2") { $0[0].sum(axes: [0, 2]) }
        add("mean") { $0[0].mean(axes: [1, 2]) }
        add("max") { $0[0].max(axes: [-1]) }
        add("min") { $0[0].min(axes: [0]) }
        add("variance") { $0[0].variance(axes: [1], unbiased: true) }
        add("logSumExp") { $0[0].logSumExp(axes: [1]) }
        add("permuted") { $0[0].permuted([2, 0, 1]) }
        add("slice") { $0[0].slice(axis: 1, 1..<4) }
        add("concatenated") { Variable.concatenated([$0[0], $0[1]], axis: 1) }
        add("rows") { $0[0].rows([2, 0, 2, 4]) }
        add("matmul") { $0[0].matmul($0[1]) }
        add("matmul batches") { $0[0].matmul($0[1]) }
        add("matmul turned") { $0[0].transposed().matmul($0[1].transposed()) }
        add("matmul deep") { $0[0].matmul($0[1]) }
        add("affine") { $0[0].affine($0[1], $0[2]) }
        add("affine ReLU") { $0[0].affine($0[1], $0[2], activation: .relu) }
        add("affine sigmoid") { $0[0].affine($0[1], $0[2], activation: .sigmoid) }
        add("affine tanh") { $0[0].affine($0[1], $0[2], activation: .tanh) }
        add("affine GELU") { $0[0].affine($0[1], $0[2], activation: .gelu) }
        add("affine swish") { $0[0].affine($0[1], $0[2], activation: .swish) }
        add("conv2d") { $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 3, padding: 1)) }
        add("conv2d wide") { $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: (3, 2))) }
        add("conv2d strides") {
            $0[0].conv2d(
                $0[1], bias: $0[2],
                window: WindowShape(kernel: (3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2)))
        }
        add("conv2d groups") { $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 3, padding: 1), groups: 2) }
        add("conv2d many images") { $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 5, padding: 2)) }
        add("conv2d 1x1") { $0[0].conv2d($0[1], bias: $0[2], window: WindowShape(kernel: 1)) }
        add("convTranspose2d") {
            $0[0].convTranspose2d(
                $0[1], bias: $0[2], window: WindowShape(kernel: 3, stride: 2, padding: 1), outputPadding: (1, 1))
        }
        add("maxPool2d") { $0[0].maxPool2d(WindowShape(kernel: 2, stride: 2)) }
        add("maxPool2d padded") { $0[0].maxPool2d(WindowShape(kernel: 3, stride: 2, padding: 1)) }
        add("averagePool2d") { $0[0].averagePool2d(WindowShape(kernel: 2, stride: 2)) }
        add("averagePool2d padded") { $0[0].averagePool2d(WindowShape(kernel: 3, stride: 2, padding: 1)) }
        add("softmax") { $0[0].softmax() }
        add("logSoftmax") { $0[0].logSoftmax() }
        add("layerNorm") { $0[0].layerNorm(gain: $0[1], bias: $0[2]) }
        add("batchNorm") { $0[0].batchNorm(gain: $0[1], bias: $0[2]).result }
        add("attention") { Variable.attention($0[0], $0[1], $0[2]) }
        add("causal attention") { Variable.attention($0[0], $0[1], $0[2], causal: true) }
        let labels = [3, 0, 5, 5, 1], targets: Tensor<S> = try PyTorch.tensor("targets")
        add("crossEntropy") { try crossEntropy($0[0], labels: labels) }
        add("crossEntropy smoothed") { try crossEntropy($0[0], labels: labels, smoothing: 0.1) }
        add("crossEntropy distributions") { try crossEntropy($0[0], targets: targets) }
        add("textbookCrossEntropy") { try textbookCrossEntropy($0[0].softmax(), targets: targets) }
        add("binaryCrossEntropy") { try binaryCrossEntropy(logits: $0[0], targets: targets) }
        add("halfSquaredError") { try halfSquaredError($0[0], target: targets) }
        add("meanSquaredError") { try meanSquaredError($0[0], target: targets) }
        return all
    }

    static let names = ((try? functions(Double.self)) ?? [:]).keys.sorted()

    func check<S: TensorReal>(_ name: String, _ function: Function<S>) throws {
        let arguments = try PyTorch.arguments(name, S.self)
        try #require(!arguments.isEmpty, "the file has no case \(name)")
        let tape = Tape<S>(), variables = arguments.map { tape.variable($0) }
        let y = try function(variables)
        try expectClose(y.value, "\(name).y")
        let back = (y * Variable(try PyTorch.tensor("\(name).g"))).sum()
        for (place, gradient) in tape.gradients(of: back, with: variables).enumerated() {
            try expectClose(gradient.value, "\(name).d\(place)")
        }
    }

    /// All sets of kernels; those that this CPU lacks are passed over.
    static let kernels = ["generic", "avx2", "avx512", "amx"]

    @Test("operations and losses in double and float, on every set of kernels", arguments: names)
    func operation(_ name: String) throws {
        for kernels in Self.kernels {
            try Compute.with(kernels: kernels) {
                if let function = try Self.functions(Double.self)[name] { try check(name, function) }
                if let function = try Self.functions(Float.self)[name] { try check(name, function) }
            }
        }
    }

    @Test("the best set of kernels is used unless another is asked for") func choice() throws {
        let best = Compute.kernels
        #expect(Self.kernels.contains(best))
        #expect(Compute.with(kernels: "generic") { Compute.kernels } == "generic")
        #expect(Compute.with(kernels: "none such") { Compute.kernels } == nil)
        #expect(Compute.kernels == best)
    }

    @Test("the file's cases are all tested")
    func complete() throws {
        let stored = try PyTorch.file.get().names.filter { $0.hasSuffix(".g") }.map { String($0.dropLast(2)) }
        let layers = Set(Self.layers)
        #expect(Set(stored).subtracting(Self.names).subtracting(layers) == [])
        #expect(layers.union(Self.names).subtracting(stored) == [])
    }

    /// Cases whose counterparts are layers.
    static let layers = [
        "groupNorm", "batchNorm evaluation", "multiHeadAttention", "multiHeadAttention causal",
        "multiHeadAttention other", "gru", "lstm", "transformerBlock",
    ]

    /// Runs a layer whose parameters are the arguments from `inputs` on, in PyTorch's order as `order` maps them.
    func check<S: TensorReal, M: Module>(
        _ name: String, _ layer: M, inputs: Int, order: [String],
        _ function: (M, [Variable<S>]) throws -> Variable<S>
    ) throws where M.Scalar == S {
        let arguments = try PyTorch.arguments(name, S.self)
        try #require(arguments.count == inputs + order.count, "\(name)")
        var model = layer, state = layer.state
        for (parameter, value) in zip(order, arguments.dropFirst(inputs)) { state[parameter] = value }
        try model.load(state)
        let tape = Tape<S>(), variables = arguments.prefix(inputs).map { tape.variable($0) }
        let (bound, parameters) = model.bound(to: tape)
        let y = try function(bound, variables)
        try expectClose(y.value, "\(name).y")
        let back = (y * Variable(try PyTorch.tensor("\(name).g"))).sum()
        let named = try order.map { wanted in
            try #require(parameters.first { $0.name == wanted }?.variable, "\(wanted)")
        }
        for (place, gradient) in tape.gradients(of: back, with: variables + named).enumerated() {
            try expectClose(gradient.value, "\(name).d\(place)")
        }
    }

    func layers<S: TensorReal>(_: S.Type) throws {
        var generator = RandomGenerator(seed: 1)
        try check("groupNorm", GroupNorm<S>(groups: 3, 6), inputs: 1, order: ["weight", "bias"]) { $0($1[0]) }
        var norm = BatchNorm<S>(4)
        // The running averages after the fixture's one step in training, by this layer itself.
        let arguments = try PyTorch.arguments("batchNorm", S.self)
        _ = norm.lossAndGradients(using: &generator) { $0(arguments[0]).sum() }
        try expectClose(norm.runningMean.value, "batchNorm.mean")
        try expectClose(norm.runningVariance.value, "batchNorm.variance")
        try check("batchNorm evaluation", norm, inputs: 1, order: ["weight", "bias"]) { $0($1[0]) }
        let projections = ["input.weight", "input.bias", "output.weight", "output.bias"]
        for (name, heads, causal) in [("multiHeadAttention", 3, false), ("multiHeadAttention causal", 2, true)] {
            let layer = MultiHeadAttention<S>(12, heads: heads, isCausal: causal, using: &generator)
            try check(name, layer, inputs: 1, order: projections) { $0($1[0]) }
        }
        let other = MultiHeadAttention<S>(12, heads: 3, using: &generator)
        try check("multiHeadAttention other", other, inputs: 2, order: projections) { $0($1[0], attending: $1[1]) }
        let cell = ["input.weight", "recurrent.weight", "input.bias", "recurrent.bias"]
        try check("gru", GRUCell<S>(5, 7, using: &generator), inputs: 2, order: cell) { $0($1[0], hidden: $1[1]) }
        try check("lstm", LSTMCell<S>(5, 7, using: &generator), inputs: 3, order: cell) {
            $0($1[0], hidden: $1[1], memory: $1[2]).hidden
        }
        let block = TransformerBlock<S>(16, heads: 4, inner: 40, using: &generator)
        let parts = [
            "attention.input.weight", "attention.input.bias", "attention.output.weight", "attention.output.bias",
            "expand.weight", "expand.bias", "contract.weight", "contract.bias", "norm1.weight", "norm1.bias",
            "norm2.weight", "norm2.bias",
        ]
        try check("transformerBlock", block, inputs: 1, order: parts) { $0($1[0]) }
    }

    @Test("layers in double", arguments: kernels) func doubleLayers(_ set: String) throws {
        try Compute.with(kernels: set) { try layers(Double.self) }
    }

    @Test("layers in float", arguments: kernels) func floatLayers(_ set: String) throws {
        try Compute.with(kernels: set) { try layers(Float.self) }
    }

    struct Point<S: TensorReal>: Module {
        var parameter: Parameter<S>
        mutating func visit(_ visitor: inout ModuleVisitor<S>) { visitor.visit(&parameter, "p") }
    }

    func steps<S: TensorReal>(_ name: String, _ optimizer: some Optimizer<S>) throws {
        var optimizer = optimizer, generator = RandomGenerator(seed: 1)
        var point = Point<S>(parameter: Parameter(try PyTorch.tensor("optimizer.start")))
        for step in 0..<5 {
            let g: Tensor<S> = try PyTorch.tensor("optimizer.g\(step)")
            // A loss whose gradient is g.
            let (_, gradients) = point.lossAndGradients(using: &generator) {
                ($0.parameter.variable * Variable(g)).sum()
            }
            optimizer.update(&point, along: gradients)
            try expectClose(point.parameter.value, "optimizer.\(name).\(step)")
            // A state that is written and read goes on with the same bits.
            let state = try StateDictionary<S>(bytes: optimizer.state.safetensors())
            try optimizer.load(state)
        }
    }

    func optimizers<S: TensorReal>(_: S.Type) throws {
        try steps("sgd", SGD<S>(learningRate: 0.1))
        try steps("sgd decay", SGD<S>(learningRate: 0.1, weightDecay: 0.01))
        try steps("momentum", SGD<S>(learningRate: 0.1, momentum: 0.9))
        try steps("momentum decay", SGD<S>(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01))
        try steps("nesterov", SGD<S>(learningRate: 0.1, momentum: 0.9, nesterov: true))
        try steps("adam", Adam<S>(learningRate: 0.01))
        try steps("adam decay", Adam<S>(learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1))
        try steps("adamw", AdamW<S>(learningRate: 0.01))
        try steps("adamw decay", AdamW<S>(learningRate: 0.02, weightDecay: 0.3))
    }

    @Test("optimiser steps in double", arguments: kernels) func doubleOptimizers(_ set: String) throws {
        try Compute.with(kernels: set) { try optimizers(Double.self) }
    }

    @Test("optimiser steps in float", arguments: kernels) func floatOptimizers(_ set: String) throws {
        try Compute.with(kernels: set) { try optimizers(Float.self) }
    }

    struct Pair: Module {
        var a: Parameter<Double>, b: Parameter<Double>
        mutating func visit(_ visitor: inout ModuleVisitor<Double>) {
            visitor.visit(&a, "a")
            visitor.visit(&b, "b")
        }
    }

    @Test("gradients are clipped to a norm")
    func clipping() throws {
        let (g0, g1): (Tensor<Double>, Tensor<Double>) = (
            try PyTorch.tensor("optimizer.g0"), try PyTorch.tensor("optimizer.g1")
        )
        var pair = Pair(a: Parameter(g0), b: Parameter(g1)), generator = RandomGenerator(seed: 1)
        let (_, gradients) = pair.lossAndGradients(using: &generator) {
            ($0.a.variable * Variable(g0)).sum() + ($0.b.variable * Variable(g1)).sum()
        }
        let norm: Tensor<Double> = try PyTorch.tensor("clip.norm")
        #expect(abs(gradients.norm - norm.scalar) < 1e-10 * norm.scalar)
        let clipped = gradients.clipped(norm: 1)
        // PyTorch divides by the norm plus 1e-6.
        for name in ["a", "b"] {
            let expected: Tensor<Double> = try PyTorch.tensor(name == "a" ? "clip.g0" : "clip.g1")
            let found = try #require(clipped[name])
            #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) <= 1e-6 })
        }
        let held = try #require(gradients.clipped(value: 0.5)["a"])
        #expect(held.values == g0.values.map { min(max($0, -0.5), 0.5) })
    }

    @Test("learning-rate schedules")
    func schedules() throws {
        let all: [(String, any LearningRateSchedule)] = [
            ("step", StepDecay(rate: 0.5, factor: 0.3, every: 7)),
            ("cosine", CosineDecay(rate: 0.5, final: 0.01, steps: 40)),
            ("oneCycle", OneCycle(peak: 0.5, steps: 40)),
        ]
        for (name, schedule) in all {
            try expectClose(Tensor((0..<40).map { schedule.rate(at: $0) }), "schedule.\(name)")
        }
        let rising = WarmUp(steps: 4, then: ConstantRate(2))
        #expect((0..<6).map { rising.rate(at: $0) } == [0.5, 1, 1.5, 2, 2, 2])
    }

    /// Oracle: PyTorch's rounding to bfloat16, products then in float64.
    @Test("products of bfloat16 operands")
    func halves() throws {
        let a = Variable(try PyTorch.tensor("halves.a", Float.self))
        let b = Variable(try PyTorch.tensor("halves.b", Float.self))
        try expectClose(a.matmul(b, precision: .bfloat16).value, "halves.y")
    }
}
