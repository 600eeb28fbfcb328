import KairaLearning
import KairaTensor
import Testing

/// An operation, and how a case of it is drawn.
struct DrawnGradient: Sendable, CustomTestStringConvertible {
    var name: String
    var draw: @Sendable (inout ShapeDraw) -> GradientCase

    var testDescription: String { name }
}

/// Oracle: central differences in double precision (`GradientTests`), here at shapes drawn by chance.
@Suite struct GradientShapeTests {
    typealias Unary = @Sendable (Variable<Double>) throws -> Variable<Double>
    typealias Binary = @Sendable (Variable<Double>, Variable<Double>) throws -> Variable<Double>

    /// Functions of each element alone, on whole tensors and on views with their axes in another order.
    static let elementwise: [DrawnGradient] = {
        var all: [DrawnGradient] = []
        func add(_ name: String, range: Range<Double> = -1.5..<1.5, gap: Double = 0, _ function: @escaping Unary) {
            all.append(
                DrawnGradient(name: name) { draw in
                    let shape = draw.shape(ranks: 0...4), order = draw.order(shape.count), isView = draw.isHeads()
                    return GradientCase(name: name, shapes: [shape], range: range, gap: gap) {
                        try function(isView ? $0[0].permuted(order) : $0[0])
                    }
                })
        }
        add("exp") { $0.exp() }
        add("log", range: 0.3..<3) { $0.log() }
        add("squareRoot", range: 0.3..<3) { $0.squareRoot() }
        add("reciprocal", range: 0.3..<3) { $0.reciprocal() }
        add("squared") { $0.squared() }
        add("power", range: 0.3..<3) { $0.power(2.7) }
        add("magnitude", gap: 0.1) { $0.magnitude() }
        add("sin") { $0.sin() }
        add("cos") { $0.cos() }
        add("erf") { $0.erf() }
        add("tanh") { $0.tanh() }
        add("sigmoid") { $0.sigmoid() }
        add("relu", gap: 0.1) { $0.relu() * $0 }
        add("leakyReLU", gap: 0.1) { $0.leakyReLU(slope: 0.2) * $0 }
        add("swish") { $0.swish() }
        add("gelu") { $0.gelu() }
        add("softplus") { $0.softplus() }
        add("clamped") { $0.clamped(to: -0.7...0.8) * $0 }
        add("scaled") { $0.scaled(1.7, plus: -0.3).squared() }
        return all
    }()

    static let broadcasting: [DrawnGradient] = {
        var all: [DrawnGradient] = []
        func add(_ name: String, range: Range<Double> = -1.5..<1.5, _ function: @escaping Binary) {
            all.append(
                DrawnGradient(name: name) { draw in
                    GradientCase(name: name, shapes: draw.pair(), range: range) { try function($0[0], $0[1]) }
                })
        }
        add("+") { ($0 + $1).squared() }
        add("-") { ($0 - $1).squared() }
        add("*") { $0 * $1 }
        add("/", range: 0.5..<2) { $0 / $1 }
        add("maximum") { Variable.maximum($0, $1) }
        add("minimum") { Variable.minimum($0, $1) }
        return all
    }()

    static let reductions: [DrawnGradient] = {
        typealias Reduction = @Sendable (Variable<Double>, [Int], Bool) -> Variable<Double>
        var all: [DrawnGradient] = []
        func add(_ name: String, sizes: ClosedRange<Int> = 1...4, _ function: @escaping Reduction) {
            all.append(
                DrawnGradient(name: name) { draw in
                    let shape = draw.shape(ranks: 1...4, sizes: sizes)
                    let axes = draw.axes(rank: shape.count), keeps = draw.isHeads()
                    return GradientCase(name: name, shapes: [shape]) { function($0[0], axes, keeps) }
                })
        }
        add("sum") { $0.squared().sum(axes: $1, keepDims: $2) }
        add("mean") { $0.squared().mean(axes: $1, keepDims: $2) }
        add("max") { $0.max(axes: $1, keepDims: $2).squared() }
        add("min") { $0.min(axes: $1, keepDims: $2).squared() }
        add("variance", sizes: 2...4) { $0.variance(axes: $1, keepDims: $2) }
        add("unbiased variance", sizes: 2...4) { $0.variance(axes: $1, keepDims: $2, unbiased: true) }
        add("logSumExp") { $0.logSumExp(axes: $1, keepDims: $2) }
        return all
    }()

    static let shapes: [DrawnGradient] = {
        var all: [DrawnGradient] = []
        func add(_ name: String, _ draw: @escaping @Sendable (inout ShapeDraw) -> ([[Int]], GradientCase.Function)) {
            all.append(
                DrawnGradient(name: name) {
                    let (shapes, function) = draw(&$0)
                    return GradientCase(name: name, shapes: shapes, function: function)
                })
        }
        add("reshaped") { draw in
            let shape = draw.shape(ranks: 1...4), first = shape[0]
            return ([shape], { $0[0].reshaped([-1, first]).squared() })
        }
        add("permuted") { draw in
            let shape = draw.shape(ranks: 1...4), order = draw.order(shape.count)
            return ([shape], { $0[0].permuted(order).squared() })
        }
        add("slice") { draw in
            let shape = draw.shape(ranks: 1...4), axis = draw.size(0...shape.count - 1)
            let low = draw.size(0...shape[axis] - 1), high = draw.size(low + 1...shape[axis])
            return ([shape], { $0[0].slice(axis: axis, low..<high).squared() })
        }
        add("padded") { draw in
            let shape = draw.shape(ranks: 1...4), axis = draw.size(0...shape.count - 1)
            let (before, after) = (draw.size(0...2), draw.size(0...2))
            return ([shape], { $0[0].padded(axis: axis, before: before, after: after).squared() })
        }
        add("broadcast") { draw in
            let target = draw.shape(ranks: 1...4)
            let shape = target.map { draw.isHeads() ? $0 : 1 }.suffix(draw.size(0...target.count))
            return ([Array(shape)], { $0[0].broadcast(to: target).squared() })
        }
        add("concatenated") { draw in
            let shape = draw.shape(ranks: 1...4), axis = draw.size(0...shape.count - 1)
            var other = shape
            other[axis] = draw.size(1...4)
            return ([shape, other], { Variable.concatenated([$0[0], $0[1], $0[0]], axis: axis).squared() })
        }
        add("stacked") { draw in
            let shape = draw.shape(ranks: 0...3)
            return ([shape, shape], { Variable.stacked([$0[0], $0[1], $0[0]]).squared() })
        }
        add("rows") { draw in
            let shape = draw.shape(ranks: 1...3), places = draw.places(draw.size(1...5), below: shape[0])
            return ([shape], { $0[0].rows(places).squared() })
        }
        add("select") { draw in
            let pair = draw.pair()
            let condition = draw.numbers(pair[0], in: -1..<1)
            let chosen = Tensor(condition.values.map { $0 < 0 ? 0.0 : 1 }, shape: pair[0])
            return (pair, { Variable.select(chosen, $0[0], $0[1]).squared() })
        }
        return all
    }()

    static let products: [DrawnGradient] = {
        var all: [DrawnGradient] = []
        all.append(
            DrawnGradient(name: "matmul") { draw in
                let (n, k, m) = (draw.size(1...5), draw.size(1...5), draw.size(1...5))
                let batch = draw.shape(ranks: 0...2, sizes: 1...3)
                let left = draw.isHeads() ? batch + [n, k] : [n, k]
                return GradientCase(name: "matmul", shapes: [left, batch + [k, m]]) { $0[0].matmul($0[1]) }
            })
        all.append(
            DrawnGradient(name: "matmul of transposed") { draw in
                let (n, k, m) = (draw.size(1...5), draw.size(1...5), draw.size(1...5))
                let batch = draw.shape(ranks: 0...2, sizes: 1...3)
                return GradientCase(name: "matmul of transposed", shapes: [batch + [k, n], batch + [m, k]]) {
                    $0[0].transposed().matmul($0[1].transposed())
                }
            })
        for activation in [Activation.identity, .sigmoid, .tanh, .gelu, .swish, .softmax, .relu] {
            let name = "affine and \(activation)"
            all.append(
                DrawnGradient(name: name) { draw in
                    let (inputs, outputs) = (draw.size(1...6), draw.size(1...6))
                    let x = draw.shape(ranks: 1...2, sizes: 1...3) + [inputs]
                    return GradientCase(name: name, shapes: [x, [outputs, inputs], [outputs]]) {
                        $0[0].affine($0[1], $0[2], activation: activation)
                    }
                })
        }
        for causal in [false, true] {
            let name = causal ? "causal attention" : "attention"
            all.append(
                DrawnGradient(name: name) { draw in
                    let lead = [draw.size(1...2), draw.size(1...3)]
                    let (queries, width) = (draw.size(1...4), draw.size(1...5))
                    let keys = causal ? queries : draw.size(1...4)
                    let (q, k) = (lead + [queries, width], lead + [keys, width])
                    return GradientCase(name: name, shapes: [q, k, k]) {
                        Variable.attention($0[0], $0[1], $0[2], causal: causal)
                    }
                })
        }
        return all
    }()

    static let normalizations: [DrawnGradient] = [
        DrawnGradient(name: "softmax") { draw in
            GradientCase(name: "softmax", shapes: [draw.shape(ranks: 1...3, sizes: 1...5)]) { $0[0].softmax() }
        },
        DrawnGradient(name: "logSoftmax") { draw in
            GradientCase(name: "logSoftmax", shapes: [draw.shape(ranks: 1...3, sizes: 1...5)]) { $0[0].logSoftmax() }
        },
        DrawnGradient(name: "layerNorm") { draw in
            let width = draw.size(5...8)
            let x = draw.shape(ranks: 1...2, sizes: 1...3) + [width]
            return GradientCase(name: "layerNorm", shapes: [x, [width], [width]]) {
                $0[0].layerNorm(gain: $0[1], bias: $0[2])
            }
        },
        DrawnGradient(name: "batchNorm") { draw in
            let channels = draw.size(1...3)
            let x = [draw.size(5...7), channels] + (draw.isHeads() ? [draw.size(1...3), draw.size(1...3)] : [])
            return GradientCase(name: "batchNorm", shapes: [x, [channels], [channels]]) {
                $0[0].batchNorm(gain: $0[1], bias: $0[2]).result
            }
        },
    ]

    static let windows: [DrawnGradient] = [
        DrawnGradient(name: "conv2d") { draw in
            let (height, width, groups) = (draw.size(1...6), draw.size(1...6), draw.size(1...2))
            let (inputs, outputs) = (draw.size(1...2), draw.size(1...2) * groups)
            let window = draw.window(height: height, width: width)
            let shapes = [
                [draw.size(1...2), inputs * groups, height, width],
                [outputs, inputs, window.kernelHeight, window.kernelWidth], [outputs],
            ]
            return GradientCase(name: "conv2d", shapes: shapes) {
                $0[0].conv2d($0[1], bias: $0[2], window: window, groups: groups)
            }
        },
        DrawnGradient(name: "convTranspose2d") { draw in
            let (height, width) = (draw.size(2...4), draw.size(2...4))
            let (inputs, outputs) = (draw.size(1...3), draw.size(1...3))
            let kernel = (draw.size(1...3), draw.size(1...3)), stride = (draw.size(1...2), draw.size(1...2))
            let window = WindowShape(
                kernel: kernel, stride: stride, padding: ((kernel.0 - 1) / 2, (kernel.1 - 1) / 2))
            let extra = (draw.size(0...stride.0 - 1), draw.size(0...stride.1 - 1))
            let shapes = [
                [draw.size(1...2), inputs, height, width], [inputs, outputs, kernel.0, kernel.1], [outputs],
            ]
            return GradientCase(name: "convTranspose2d", shapes: shapes) {
                $0[0].convTranspose2d($0[1], bias: $0[2], window: window, outputPadding: extra)
            }
        },
        DrawnGradient(name: "maxPool2d") { draw in
            let (height, width) = (draw.size(2...6), draw.size(2...6))
            let window = draw.window(height: height, width: width, dilates: false)
            return GradientCase(name: "maxPool2d", shapes: [[draw.size(1...2), draw.size(1...3), height, width]]) {
                $0[0].maxPool2d(window).squared()
            }
        },
        DrawnGradient(name: "averagePool2d") { draw in
            let (height, width) = (draw.size(2...6), draw.size(2...6))
            let window = draw.window(height: height, width: width, dilates: false)
            return GradientCase(name: "averagePool2d", shapes: [[draw.size(1...2), draw.size(1...3), height, width]]) {
                $0[0].averagePool2d(window).squared()
            }
        },
    ]

    static let losses: [DrawnGradient] = [
        DrawnGradient(name: "crossEntropy") { draw in
            let (rows, classes) = (draw.size(1...5), draw.size(2...6))
            let labels = draw.places(rows, below: classes)
            return GradientCase(name: "crossEntropy", shapes: [[rows, classes]]) {
                try crossEntropy($0[0], labels: labels, smoothing: 0.1)
            }
        },
        DrawnGradient(name: "binaryCrossEntropy") { draw in
            let shape = draw.shape(ranks: 1...3)
            let targets = draw.numbers(shape, in: 0..<1)
            return GradientCase(name: "binaryCrossEntropy", shapes: [shape]) {
                try binaryCrossEntropy(logits: $0[0], targets: targets)
            }
        },
        DrawnGradient(name: "meanSquaredError") { draw in
            let shape = draw.shape(ranks: 1...3)
            let target = draw.numbers(shape, in: -2..<2)
            return GradientCase(name: "meanSquaredError", shapes: [shape]) {
                try meanSquaredError($0[0], target: target)
            }
        },
        DrawnGradient(name: "halfSquaredError") { draw in
            let shape = draw.shape(ranks: 1...3)
            let target = draw.numbers(shape, in: -2..<2)
            return GradientCase(name: "halfSquaredError", shapes: [shape]) {
                try halfSquaredError($0[0], target: target)
            }
        },
    ]

    static let operations =
        elementwise + broadcasting + reductions + shapes + products + normalizations + windows + losses

    @Test("gradients equal differences at drawn shapes", arguments: operations)
    func differences(of operation: DrawnGradient) throws {
        for seed in 1...12 as ClosedRange<UInt64> {
            var draw = ShapeDraw(seed: seed)
            let sample = operation.draw(&draw)
            let check = try gradientCheck(at: sample.arguments(seed: seed), sample.function)
            #expect(check.largestError < 1e-7, "seed \(seed), shapes \(sample.shapes): \(check)")
        }
    }
}
