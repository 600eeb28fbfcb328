import Foundation
import KairaLearning
import Testing

@Suite struct DerivativeTests {
    private let f: (Double) -> Double = { exp(sin($0)) }
    /// cos(1) e^(sin 1), by mpmath at 25 digits.
    private let exact = 1.2533807674934467

    /// Oracle: the notes' table, computed apart from this code: h, the errors of the forward and of the central form.
    /// A factor of 2 where truncation rules, and an upper bound where rounding does, whose sign and size are chance.
    @Test(
        "large h bends, small h rounds",
        arguments: [(1e-2, 6e-3, 7e-5), (1e-4, 6e-5, 7e-9)])
    func truncation(h: Double, forward: Double, central: Double) {
        let a = abs(NumericDerivative<Double>(.forward, step: h)(f, at: 1) - exact)
        let b = abs(NumericDerivative<Double>(.central, step: h)(f, at: 1) - exact)
        #expect(a > forward / 2 && a < forward * 2, "\(a)")
        #expect(b > central / 2 && b < central * 2, "\(b)")
    }

    /// Oracle: the bound eps |f| / h of what rounding can do; at h = 1e-10 it is 2.2e-16 * 2.32 / 1e-10 = 5e-6 and both
    /// forms are worse than at their best h by three orders.
    @Test("below the best h the error grows again") func cancellation() {
        for method in [NumericDerivative<Double>.Method.forward, .central] {
            func error(_ h: Double?) -> Double { abs(NumericDerivative<Double>(method, step: h)(f, at: 1) - exact) }
            // One h may be lucky: the worst of several neighbours.
            let small = (0..<8).map { error(1e-10 * (1 + 0.1 * Double($0))) }.max() ?? 0
            #expect(small < 1e-5 && small > 1e-7, "\(small)")
            #expect(error(nil) * 100 < small)
        }
    }

    /// Oracle: sqrt and cube root of 2^-52 and 2^-23.
    @Test("the best h") func best() {
        #expect(NumericDerivative<Double>.bestStep(.forward) == 0x1p-26)
        #expect(abs(NumericDerivative<Double>.bestStep(.central) - 6.055454452393343e-6) < 1e-20)
        #expect(abs(NumericDerivative<Float>.bestStep(.central) - 4.9215667e-3) < 1e-9)
    }

    /// Oracle: the bound eps |f| / h; in Float at h = 1e-4 it is 1.2e-7 * 2.3 / 1e-4 = 3e-3.
    @Test("Float is no place to check gradients") func float() {
        let single: (Float) -> Float = { exp(sin($0)) }
        let errors = (0..<8).map { i in
            abs(Double(NumericDerivative<Float>(.forward, step: 1e-4 + Float(i) * 1e-5)(single, at: 1)) - exact)
        }
        #expect(errors.max() ?? 0 > 3e-4)
        #expect(errors.max() ?? 1 < 1e-2)
    }

    /// Oracle: closed form, d/dx_i of sum i x_i^2 / 2 is i x_i.
    @Test("gradients along each coordinate", arguments: [NumericDerivative<Double>.Method.forward, .central])
    func gradient(method: NumericDerivative<Double>.Method) {
        let bowl = Quadratic(curvatures: [1, 2, 3])
        let g = NumericDerivative<Double>(method).gradient({ bowl($0) }, at: [1, -1, 0.5])
        for (a, b) in zip(g, [1, -2, 1.5]) { #expect(abs(a - b) < (method == .central ? 1e-9 : 1e-6)) }
    }

    /// Oracle: the notes' numbers for equation 1.16.
    @Test("the chain example") func chain() {
        let chain = ChainExample(x: 2, a1: 3, b1: 1, a2: 4, b2: 5)
        #expect(chain.f1 == 7 && chain.y == 33)
        let slopes = chain.slopes
        #expect([slopes.a2, slopes.b2, slopes.f1, slopes.a1, slopes.b1, slopes.x] == [7, 1, 4, 8, 4, 12])
    }

    /// Oracle: the notes' numbers for equations 1.17 to 1.31, worked by hand.
    @Test("back-propagation through an affine layer with half squares") func affine() {
        let node = AffineNode(weights: [[1, 2], [3, 4]], bias: [0.5, -0.5])
        let x = [1.0, -1], y = [0.0, 1]
        let out = node(x)
        #expect(out == [-0.5, -1.5])
        #expect(LearningTask.regression.lossValue(sums: out, targets: y) == 3.25)
        let d = LearningTask.regression.lossSlope(sums: out, targets: y)
        let g = node.backward(d, input: x)
        #expect(g.bias == [-0.5, -2.5])
        #expect(g.weights == [[-0.5, 0.5], [-2.5, 2.5]])
        #expect(g.inputs == [[-8, -11]])
    }

    /// Oracle: central differences of the loss through softmax, for a batch.
    @Test("back-propagation through softmax with cross entropy, a batch") func softmaxBatch() {
        let task = LearningTask.multiclassClassification
        let inputs = [[0.2, -0.5, 1], [1.5, 0.3, -0.7]], targets = [[0.0, 1], [1, 0]]
        let node = AffineNode(weights: [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], bias: [0.05, -0.1])
        func loss(_ p: [Double]) -> Double {
            let other = AffineNode(weights: [Array(p[0..<3]), Array(p[3..<6])], bias: Array(p[6..<8]))
            return zip(inputs, targets).reduce(0) { $0 + task.lossValue(sums: other($1.0), targets: $1.1) } / 2
        }
        let numeric = NumericDerivative<Double>().gradient(loss, at: node.weights.flatMap { $0 } + node.bias)
        let deltas = zip(inputs, targets).map { x, t in task.lossSlope(sums: node(x), targets: t).map { $0 / 2 } }
        let g = node.backward(deltas, inputs: inputs)
        for (n, e) in zip(numeric, g.weights.flatMap { $0 } + g.bias) { #expect(abs(n - e) < 1e-9) }
    }

    /// Oracle: accuracy counts, so it moves in whole examples; its slope is 0 but at the jumps.
    @Test("accuracy has no slope, the loss has") func objective() {
        let probe = ObjectiveProbe.example
        let readings = stride(from: -1.0, through: 3, by: 0.013).map { probe.reading(weight: $0) }
        #expect(readings.allSatisfy { $0.accuracySlope == 0 })
        #expect(readings.filter { $0.lossSlope != 0 }.count == readings.count)
        // Twelve examples can be right in thirteen shares.
        #expect(Set(readings.map(\.accuracy)).count <= 13)
        for reading in readings {
            let numeric = NumericDerivative<Double>()({ probe.loss(weight: $0) }, at: reading.weight)
            #expect(abs(numeric - reading.lossSlope) < 1e-9)
        }
    }
}
