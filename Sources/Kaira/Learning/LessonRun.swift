import Foundation
import KairaImage
import KairaLearning
import KairaPlot
import KairaTensor

/// Runs the small experiments of the first chapter: everything that needs no data.
public struct LessonRun: Sendable {
    /// Which experiment: not one that trains on data.
    public var experiment: LearnExperiment
    /// Of everything random.
    public var seed: UInt64

    /// A run from its parts.
    public init(experiment: LearnExperiment, seed: UInt64 = 1) {
        self.experiment = experiment
        self.seed = seed
    }

    /// Runs it.
    ///
    /// - Throws: `KairaError.usage` for an experiment that needs data; what learning throws.
    public func run() throws -> LearnReport {
        switch experiment {
        case .gates: return gates()
        case .xor: return try xor()
        case .activations: return activations()
        case .objective: return objective()
        case .descent: return descent()
        case .derivatives: return derivatives()
        case .overfit: return try overfit()
        case .digits, .mnist, .images, .table, .predict:
            throw KairaError.usage("\(experiment.rawValue) needs data: it is run by a command of its own")
        }
    }

    /// Where the four inputs of a gate lie, by its answers.
    static func corners(_ table: [Int]) -> [FieldChart.Marks] {
        [1, 0].map { answer in
            FieldChart.Marks(
                name: "answer \(answer)",
                points: zip(LogicGate.inputs, table).filter { $0.1 == answer }.map { SIMD2($0.0[0], $0.0[1]) },
                color: answer == 1 ? 1 : 0, isFilled: answer == 1)
        }
    }

    private func gates() -> LearnReport {
        var lines = ["A perceptron fires when w1 x1 + w2 x2 + b > 0.", ""]
        lines.append("gate   w1    w2    b      00 01 10 11   learned in")
        var tables: [String: LearnReport.Figure] = [:], epochs: [String: LearnReport.Figure] = [:]
        var weights: [String: LearnReport.Figure] = [:]
        for gate in LogicGate.allCases {
            let table = gate.truthTable, outcome = PerceptronRule(rate: 1).learn(gate)
            tables[gate.rawValue] = .wholes(table)
            let answers = table.map { "\($0) " }.joined(separator: " ")
            var numbers = Spoken.padded("AND(NAND, OR)", 18)
            if let perceptron = gate.perceptron {
                let all = perceptron.weights + [perceptron.bias]
                numbers = all.map { Spoken.padded(Spoken.fixed($0, 1), 6) }.joined()
                weights[gate.rawValue] = .numbers(all)
            }
            epochs[gate.rawValue] = outcome.isLearned ? .whole(outcome.epochs) : .number(.nan)
            let learned =
                outcome.isLearned
                ? "\(outcome.epochs) epochs" : "never: after \(outcome.epochs) epochs its weights come back"
            lines.append("\(Spoken.padded(gate.rawValue, 6)) \(numbers) \(answers)  \(learned)")
        }
        lines += ["", "No line divides XOR's answers; two layers do: XOR = AND(NAND, OR)."]
        return LearnReport(
            experiment: .gates,
            figures: ["gates": .object(tables), "weights": .object(weights), "epochs": .object(epochs)], lines: lines
        ) {
            try ChartSheet.draw(
                LogicGate.allCases.map { gate in
                    try FieldChart(
                        title: gate == .xor ? "XOR = AND(NAND, OR)" : gate.rawValue, xLabel: "x1", yLabel: "x2",
                        xRange: -0.5...1.5, yRange: -0.5...1.5, columns: 241, rows: 241, coloring: .classes,
                        contours: [0.5],
                        marks: Self.corners(gate.truthTable), size: [380, 400]
                    ) { x, y in
                        // A step, but for a rim of half a pixel, so that the line between the answers is smooth.
                        func answer(_ perceptron: Perceptron) -> Double {
                            min(max(0.5 + perceptron.sum(of: [x, y]) * 100, 0), 1)
                        }
                        if let perceptron = gate.perceptron { return answer(perceptron) }
                        return min(answer(.nand), answer(.or))
                    }.draw()
                }, columns: 2)
        }
    }

    private func activations() -> LearnReport {
        let shown: [ActivationFunction] = [.step, .relu, .sigmoid, .tanh, .swish]
        var lines = ["x       " + shown.map { Spoken.padded($0.rawValue, 18) }.joined()]
        lines.append("        " + shown.map { _ in Spoken.padded("f        f'", 18) }.joined())
        for x in [-4.0, -2, -1, 0, 1, 2, 4] {
            lines.append(
                Spoken.padded(Spoken.fixed(x, 0), 8)
                    + shown.map {
                        Spoken.padded(Spoken.fixed($0(x), 4), 9) + Spoken.padded(Spoken.fixed($0.derivative(x), 4), 9)
                    }.joined())
        }
        let scores = [0.3, 2.9, 4], shares = ActivationFunction.softmax(scores)
        lines += ["", "softmax(0.3, 2.9, 4) = (" + shares.map { Spoken.fixed($0, 5) }.joined(separator: ", ") + ")"]
        let layers = [1, 5, 10].map { ActivationFunction.sigmoid.derivative(0).power($0) }
        lines.append(
            "a slope through 1, 5, 10 sigmoid layers shrinks to at most "
                + layers.map { Spoken.short($0) }.joined(separator: ", "))
        let values = Dictionary(
            uniqueKeysWithValues: shown.map { f in
                (f.rawValue, LearnReport.Figure.numbers([-2, 0, 2].map { f($0) }))
            })
        return LearnReport(
            experiment: .activations,
            figures: ["values_at_minus2_0_2": .object(values), "softmax": .numbers(shares)], lines: lines
        ) {
            func chart(_ title: String, _ f: (ActivationFunction, Double) -> Double, _ range: ClosedRange<Double>)
                throws
                -> Image
            {
                let series = shown.map { function in
                    LineChart.Series(
                        name: function.rawValue,
                        points: (-400...400).map { i in
                            let x = Double(i) / 100
                            // The step is drawn as a jump, not as a slope.
                            return SIMD2(x, function == .step && i == 0 ? .nan : f(function, x))
                        })
                }
                var chart = LineChart(
                    title: title, xLabel: "x", yLabel: "", series: series, yRange: range, size: [520, 420])
                chart.legendCorner = .topLeft
                return try chart.draw()
            }
            return try ChartSheet.draw(
                [
                    try chart("Activation functions", { $0($1) }, -1.2...4),
                    try chart("Their slopes", { $0.derivative($1) }, -0.4...1.4),
                ], columns: 2)
        }
    }

    private func objective() -> LearnReport {
        let probe = ObjectiveProbe.example
        let weights = stride(from: -0.5, through: 4.0, by: 0.01).map { $0 }
        let readings = weights.map { probe.reading(weight: $0) }
        let flat = readings.count { $0.accuracySlope == 0 }
        let best = readings.min { $0.loss < $1.loss } ?? probe.reading(weight: 0)
        let right = [0.80, 0.84].map { -log($0) }
        let lines = [
            "One sigmoid node on \(probe.inputs.count) examples, its weight moved from -0.5 to 4:",
            "  accuracy takes \(Set(readings.map(\.accuracy)).count) values; its slope is 0 at \(flat) of \(readings.count) weights",
            "  the loss has a slope at all of them but one, and is least at a weight of \(Spoken.fixed(best.weight, 2))",
            "The right class's share from .80 to .84: accuracy stays, the loss falls from \(Spoken.fixed(right[0], 4)) to \(Spoken.fixed(right[1], 4)).",
        ]
        return LearnReport(
            experiment: .objective,
            figures: [
                "weights": .whole(readings.count), "weights_without_accuracy_slope": .whole(flat),
                "best_weight": .number(best.weight), "least_loss": .number(best.loss), "losses_80_84": .numbers(right),
            ], lines: lines
        ) {
            try ChartSheet.draw(
                [
                    try LineChart(
                        title: "Accuracy stands still or jumps", xLabel: "weight", yLabel: "accuracy",
                        series: [.init(points: readings.map { SIMD2($0.weight, $0.accuracy) })], yRange: 0...1,
                        size: [480, 380]
                    ).draw(),
                    try LineChart(
                        title: "The loss always says which way", xLabel: "weight", yLabel: "mean cross entropy",
                        series: [.init(points: readings.map { SIMD2($0.weight, $0.loss) })], size: [480, 380]
                    ).draw(),
                ], columns: 2)
        }
    }

    private static func spoken(_ behaviour: DescentPath.Behaviour) -> String {
        behaviour == .tooSmall ? "too small" : behaviour.rawValue
    }

    private func descent() -> LearnReport {
        var lines = ["f(x) = x^2 / 2 from x = 1: each step multiplies x by 1 - a.", ""]
        lines.append("rate a   steps   x                   (1 - a)^n           behaviour")
        var found: [LearnReport.Figure] = []
        for (rate, steps) in [(0.01, 100), (0.1, 100), (1.0, 1), (1.5, 100), (2.0, 100), (2.1, 50)] {
            let path = GradientDescent(rate: rate, steps: steps).walk(from: [1]) { Quadratic.unit.gradient(at: $0) }
            let end = path.points.last?.first ?? .nan, expected = (1 - rate).power(steps)
            lines.append(
                Spoken.padded("\(rate)", 9) + Spoken.padded("\(path.points.count - 1)", 8)
                    + Spoken.padded(Spoken.short(end), 20) + Spoken.padded(Spoken.short(expected), 20)
                    + Self.spoken(path.behaviour))
            found.append(
                .object([
                    "rate": .number(rate), "steps": .whole(steps), "x": .number(end), "expected": .number(expected),
                    "behaviour": .text(path.behaviour.rawValue),
                ]))
        }
        let valley = Quadratic.valley, start = [-8.0, 1.6]
        let rates = [0.02, 0.4, 0.97, 1.02]
        lines += [
            "", "In the valley f(x, y) = x^2 / 20 + y^2 the factors are 1 - a / 10 along it and 1 - 2a across;",
            "from a = \(Spoken.fixed(valley.largestRate, 1)) on it diverges, and below it still creeps along the floor.",
        ]
        return LearnReport(
            experiment: .descent, figures: ["runs": .list(found), "largest_rate_valley": .number(valley.largestRate)],
            lines: lines
        ) {
            try ChartSheet.draw(
                rates.map { rate in
                    let path = GradientDescent(rate: rate, steps: 30).walk(from: start) { valley.gradient(at: $0) }
                    return try FieldChart(
                        title: "Rate \(rate): \(Self.spoken(path.behaviour))",
                        xLabel: "x", yLabel: "y", xRange: -10...10, yRange: -3...3,
                        columns: 161, rows: 121, coloring: .height, contours: [0.1, 0.4, 1, 2, 3.5, 5.5, 8, 11],
                        paths: [.init(points: path.points.map { SIMD2($0[0], $0[1]) }, color: 1)], size: [480, 360]
                    ) { valley([$0, $1]) }.draw()
                }, columns: 2)
        }
    }

    private func derivatives() -> LearnReport {
        @Sendable func exponential(_ x: Double) -> Double { exp(sin(x)) }
        let exact = cos(1.0) * exponential(1)
        @Sendable func error(_ method: NumericDerivative<Double>.Method, _ h: Double) -> Double {
            abs(NumericDerivative<Double>(method, step: h)(exponential, at: 1) - exact)
        }
        @Sendable func singleError(_ method: NumericDerivative<Float>.Method, _ h: Double) -> Double {
            let slope = NumericDerivative<Float>(method, step: Float(h))({ exp(sin($0)) }, at: 1)
            return abs(Double(slope) - exact)
        }
        var lines = ["The slope of e^(sin x) at 1 is \(Spoken.fixed(exact, 6)). Errors of the numeric slope:", ""]
        lines.append("h         forward    central    forward in Float")
        var rows: [LearnReport.Figure] = []
        for h in [1e-1, 1e-2, 1e-4, 1e-6, 1.5e-8, 1e-10, 1e-12] {
            let (a, b, c) = (error(.forward, h), error(.central, h), singleError(.forward, h))
            lines.append(
                Spoken.padded(Spoken.short(h), 10) + Spoken.padded(Spoken.short(a), 11)
                    + Spoken.padded(Spoken.short(b), 11) + Spoken.short(c))
            rows.append(
                .object(["h": .number(h), "forward": .number(a), "central": .number(b), "forward_float": .number(c)]))
        }
        lines += [
            "", "A large h sees the bend of the function; a small one subtracts nearly equal numbers.",
            "Best: forward h = \(Spoken.short(NumericDerivative<Double>.bestStep(.forward))), central h = \(Spoken.short(NumericDerivative<Double>.bestStep(.central))).",
        ]
        return LearnReport(experiment: .derivatives, figures: ["errors": .list(rows)], lines: lines) {
            let steps = (-130...0).map { pow(10.0, Double($0) / 10) }
            func curve(_ name: String, _ f: (Double) -> Double) -> LineChart.Series {
                .init(name: name, points: steps.map { SIMD2($0, f($0)) })
            }
            var chart = LineChart(
                title: "Numeric slopes of e^(sin x) at 1: both ways in which h is wrong", xLabel: "h", yLabel: "error",
                series: [
                    curve("forward, Double") { error(.forward, $0) }, curve("central, Double") { error(.central, $0) },
                    curve("forward, Float") { singleError(.forward, $0) },
                ], yRange: 1e-12...10, size: [720, 460])
            (chart.xIsLogarithmic, chart.yIsLogarithmic) = (true, true)
            return try chart.draw()
        }
    }
}

extension Double {
    /// A whole power by repeated multiplication.
    fileprivate func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * self } }
}
