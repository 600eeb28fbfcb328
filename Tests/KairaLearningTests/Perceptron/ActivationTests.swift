import Foundation
import KairaLearning
import Testing

@Suite struct ActivationTests {
    /// Oracle: values by mpmath at 50 digits, rounded to 17: (function, x, f(x), f'(x)).
    static let table: [(ActivationFunction, Double, Double, Double)] = [
        (.identity, -30.0, -30.0, 1.0),
        (.step, -30.0, 0.0, 0.0),
        (.relu, -30.0, 0.0, 0.0),
        (.sigmoid, -30.0, 9.357622968839299e-14, 9.357622968838423e-14),
        (.tanh, -30.0, -1.0, 3.502604305078608e-26),
        (.swish, -30.0, -2.8072868906517896e-12, -2.713710660963134e-12),
        (.identity, -2.5, -2.5, 1.0),
        (.step, -2.5, 0.0, 0.0),
        (.relu, -2.5, 0.0, 0.0),
        (.sigmoid, -2.5, 0.07585818002124355, 0.07010371654510816),
        (.tanh, -2.5, -0.9866142981514303, 0.02659222668316062),
        (.swish, -2.5, -0.18964545005310887, -0.09940111134152683),
        (.identity, -0.75, -0.75, 1.0),
        (.step, -0.75, 0.0, 0.0),
        (.relu, -0.75, 0.0, 0.0),
        (.sigmoid, -0.75, 0.320821300824607, 0.21789499376181404),
        (.tanh, -0.75, -0.6351489523872873, 0.5965858082813315),
        (.swish, -0.75, -0.24061597561845527, 0.1574000555032465),
        (.identity, 0.0, 0.0, 1.0),
        (.step, 0.0, 1.0, 0.0),
        (.relu, 0.0, 0.0, 0.0),
        (.sigmoid, 0.0, 0.5, 0.25),
        (.tanh, 0.0, 0.0, 1.0),
        (.swish, 0.0, 0.0, 0.5),
        (.identity, 0.5, 0.5, 1.0),
        (.step, 0.5, 1.0, 0.0),
        (.relu, 0.5, 0.5, 1.0),
        (.sigmoid, 0.5, 0.6224593312018546, 0.2350037122015945),
        (.tanh, 0.5, 0.46211715726000974, 0.7864477329659274),
        (.swish, 0.5, 0.3112296656009273, 0.7399611873026518),
        (.identity, 3.25, 3.25, 1.0),
        (.step, 3.25, 1.0, 0.0),
        (.relu, 3.25, 3.25, 1.0),
        (.sigmoid, 3.25, 0.9626731126558705, 0.03593359082532813),
        (.tanh, 3.25, 0.996997635486526, 0.0059957148342761986),
        (.swish, 3.25, 3.1286876161315793, 1.079457282838187),
        (.identity, 20.0, 20.0, 1.0),
        (.step, 20.0, 1.0, 0.0),
        (.relu, 20.0, 20.0, 1.0),
        (.sigmoid, 20.0, 0.9999999979388464, 2.061153613941849e-09),
        (.tanh, 20.0, 1.0, 1.6993417021166355e-17),
        (.swish, 20.0, 19.99999995877693, 1.0000000391619186),
    ]

    @Test("values and slopes", arguments: table)
    func values(function: ActivationFunction, x: Double, value: Double, slope: Double) {
        // 4 ulp: exp, tanh and cosh of the C library are within one, and two operations follow.
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 4 * max(a.ulp, b.ulp) }
        #expect(close(function(x), value), "\(function(x))")
        #expect(close(function.derivative(x), slope), "\(function.derivative(x))")
    }

    /// Oracle: the limits of each function.
    @Test("nothing overflows", arguments: ActivationFunction.allCases)
    func extremes(function: ActivationFunction) {
        for x in [-1e308, -1e4, -745, 745, 1e4, 1e308] {
            #expect(function(x).isFinite)
            #expect(function.derivative(x).isFinite)
        }
    }

    /// Oracle: the published minimum of swish, -0.27846 at -1.27846.
    @Test("swish's minimum") func swishMinimum() {
        #expect(abs(ActivationFunction.swish(-1.27846) + 0.27846) < 5e-6)
        #expect(abs(ActivationFunction.swish.derivative(-1.27846)) < 5e-6)
    }

    /// Oracle: the bound 1/4 of the sigmoid's slope, reached at 0.
    @Test("n sigmoid layers shrink a slope to 4^-n at best") func vanishing() {
        #expect(ActivationFunction.sigmoid.derivative(0) == 0.25)
        for x in stride(from: -6.0, through: 6, by: 0.01) { #expect(ActivationFunction.sigmoid.derivative(x) <= 0.25) }
    }

    /// Oracle: central differences, whose own error here is below 1e-9.
    @Test("slopes are those of the functions", arguments: ActivationFunction.allCases)
    func slopes(function: ActivationFunction) {
        for x in stride(from: -5.05, through: 5, by: 0.3) {
            let numeric = NumericDerivative<Double>(.central)({ function($0) }, at: x)
            #expect(abs(numeric - function.derivative(x)) < 1e-9, "\(x)")
        }
    }

    /// Oracle: the chapter's example, (0.3, 2.9, 4) -> (.01821, .24519, .73660).
    @Test("softmax") func softmax() {
        let y = ActivationFunction.softmax([0.3, 2.9, 4])
        for (a, b) in zip(y, [0.01821127, 0.24519181, 0.73659691]) { #expect(abs(a - b) < 5e-9) }
        #expect(abs(y.reduce(0, +) - 1) < 1e-15)
        #expect(ActivationFunction.softmax([1e308, 1e308]) == [0.5, 0.5])
        #expect(ActivationFunction.softmax([-1000, 0]) == [0, 1])
        #expect(ActivationFunction.softmax([]).isEmpty)
    }

    /// Oracle: central differences.
    @Test("softmax's slopes") func softmaxSlopes() {
        let a = [0.3, -1.2, 0.9, 2.0], exact = ActivationFunction.softmaxDerivative(a)
        for i in a.indices {
            let numeric = NumericDerivative<Double>().gradient({ ActivationFunction.softmax($0)[i] }, at: a)
            for (n, e) in zip(numeric, exact[i]) { #expect(abs(n - e) < 1e-9) }
        }
    }

    /// Oracle: the chapter's table of tasks.
    @Test("the task settles output and loss") func tasks() {
        #expect(LearningTask.regression.output == .identity && LearningTask.regression.loss == .halfSumOfSquares)
        #expect(LearningTask.binaryClassification.output == .sigmoid)
        #expect(LearningTask.binaryClassification.loss == .binaryCrossEntropy)
        #expect(LearningTask.multiclassClassification.output == .softmax)
        #expect(LearningTask.multiclassClassification.loss == .crossEntropy)
    }

    /// Oracle: central differences of the loss, and the chapter's claim that all three slopes are y - t.
    @Test("the loss's slope is y - t", arguments: LearningTask.allCases) func lossSlopes(task: LearningTask) {
        let sums = [0.7, -1.1, 2.3], targets = task == .regression ? [1.5, -2, 0] : [0.0, 0, 1]
        let numeric = NumericDerivative<Double>().gradient({ task.lossValue(sums: $0, targets: targets) }, at: sums)
        for (n, e) in zip(numeric, task.lossSlope(sums: sums, targets: targets)) { #expect(abs(n - e) < 1e-9) }
    }

    /// Oracle: -ln of the right share: .80 -> .84 lowers the loss from .2231436 to .1743534 while the answer stays.
    @Test("loss sees what accuracy does not") func lossAgainstAccuracy() {
        for (share, loss) in [(0.80, 0.2231436), (0.84, 0.1743534)] {
            let sums = [log(share), log(1 - share)]
            let value = LearningTask.multiclassClassification.lossValue(sums: sums, targets: [1, 0])
            #expect(abs(value - loss) < 5e-8)
        }
    }

    @Test("losses of huge sums are finite") func stable() {
        #expect(LearningTask.multiclassClassification.lossValue(sums: [1e4, 0], targets: [0, 1]) == 1e4)
        #expect(LearningTask.binaryClassification.lossValue(sums: [1e4], targets: [0]) == 1e4)
        #expect(LearningTask.binaryClassification.lossValue(sums: [-1e4], targets: [0]) == 0)
    }
}
