import KairaImage
import KairaLearning
import KairaPlot
import KairaTensor

extension LessonRun {
    /// What a network with one output thinks of a rectangle of the plane: `columns` x `columns` shares of class 1.
    static func map(
        _ network: TrainedNetwork, x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int
    ) throws -> [Double] {
        var places: [Float] = []
        for row in 0..<columns {
            for column in 0..<columns {
                let u = Double(column) / Double(columns - 1), v = Double(row) / Double(columns - 1)
                places.append(Float(x.lowerBound + (x.upperBound - x.lowerBound) * u))
                places.append(Float(y.lowerBound + (y.upperBound - y.lowerBound) * v))
            }
        }
        return try network.answers(to: Tensor<Float>(places, shape: [columns * columns, 2])).map { $0[1] }
    }

    /// The points of a set, a mark a class.
    static func marks(_ set: DataSet) -> [FieldChart.Marks] {
        let labels = set.labels
        return set.classNames.indices.map { k in
            FieldChart.Marks(
                name: "class \(set.classNames[k])",
                points: labels.indices.filter { labels[$0] == k }.map { place in
                    let point = set.input(place)
                    return SIMD2(Double(point[0]), Double(point[1]))
                }, color: k)
        }
    }

    func xor() throws -> LearnReport {
        let outcome = PerceptronRule().learn(.xor)
        let set = try DataSet.xorClouds(count: 200, noise: 0.13, seed: seed)
        func trained(_ hidden: [Int]) throws -> (network: TrainedNetwork, history: [EpochMetrics], accuracy: Double) {
            let description = NetworkDescription.dense(
                inputShape: [2], hidden: hidden, outputs: 1, activation: .tanh, task: .binaryClassification,
                classNames: set.classNames)
            var network = try TrainedNetwork(description, seed: seed)
            var trainer = try Trainer(
                network.layers, optimizer: Adam(learningRate: 0.03),
                settings: TrainingSettings(epochs: 120, batchSize: 50, seed: seed, task: .binaryClassification))
            try trainer.train(on: set)
            network.layers = trainer.model
            let found = try network.layers.evaluate(on: set, task: .binaryClassification)
            return (network, trainer.history, found.accuracy ?? 0)
        }
        let one = try trained([]), two = try trained([4])
        let lines = [
            "One perceptron, by the learning rule: \(outcome.epochs) epochs, then its weights come back; mistakes "
                + outcome.mistakes.map(String.init).joined(separator: ", ") + ".",
            "Two layers by hand, AND(NAND, OR): " + LogicGate.xor.truthTable.map(String.init).joined(separator: " ")
                + " for 00 01 10 11.",
            "By descent on 200 points around the corners, 120 epochs:",
            "  one node: \(Spoken.percent(one.accuracy)) right, loss \(Spoken.fixed(one.history.last?.loss ?? .nan, 4))"
                + " (a coin's is 0.6931)",
            "  four hidden nodes: \(Spoken.percent(two.accuracy)) right, loss "
                + Spoken.fixed(two.history.last?.loss ?? .nan, 4),
        ]
        return LearnReport(
            experiment: .xor,
            figures: [
                "gates": .object(["XOR": .wholes(LogicGate.xor.truthTable)]),
                "perceptron_learned": .flag(outcome.isLearned), "perceptron_repeats": .flag(outcome.isCycle),
                "perceptron_mistakes": .wholes(outcome.mistakes), "one_node_accuracy": .number(one.accuracy),
                "two_layer_accuracy": .number(two.accuracy), "two_layer_loss": .number(two.history.last?.loss ?? .nan),
            ], lines: lines
        ) {
            let range = -0.6...1.6
            func chart(_ title: String, _ network: TrainedNetwork) throws -> Image {
                try FieldChart(
                    title: title, xLabel: "x1", yLabel: "x2", xRange: range, yRange: range, columns: 121,
                    values: try Self.map(network, x: range, y: range, columns: 121), coloring: .classes,
                    contours: [0.5], marks: Self.marks(set), size: [420, 440]
                ).draw()
            }
            let curves = [("one node", one.history), ("four hidden nodes", two.history)].map { name, history in
                LineChart.Series(name: name, points: history.map { SIMD2(Double($0.epoch), $0.loss) })
            }
            var loss = LineChart(
                title: "Loss while learning", xLabel: "epoch", yLabel: "mean cross entropy", series: curves,
                yRange: 0...1, size: [420, 440])
            loss.legendCorner = .topRight
            return try ChartSheet.draw(
                [
                    try chart("One node: a line", one.network), try chart("Four hidden nodes", two.network),
                    try loss.draw(),
                ],
                columns: 3)
        }
    }

    func overfit() throws -> LearnReport {
        let training = try DataSet.twoMoons(count: 40, noise: 0.3, seed: seed)
        let test = try DataSet.twoMoons(count: 2000, noise: 0.3, seed: seed &+ 1000)
        let description = NetworkDescription.dense(
            inputShape: [2], hidden: [128, 128], outputs: 1, task: .binaryClassification,
            classNames: training.classNames)
        var network = try TrainedNetwork(description, seed: seed)
        let epochs = 600
        // Two points of different classes all but coincide. At a rate that stays, the boundary jumps to and fro between
        // them, and the processor's rounding settles which is right at the end: the rate falls to 0.
        let schedule = CosineDecay(rate: 0.01, steps: epochs)
        var trainer = try Trainer(
            network.layers, optimizer: Adam(),
            settings: TrainingSettings(epochs: epochs, batchSize: 40, seed: seed, task: .binaryClassification),
            schedule: schedule)
        // The test set stands where the validation set would: here it is only looked at.
        var stopping = try Trainer(
            network.layers, optimizer: Adam(),
            settings: TrainingSettings(
                epochs: epochs, batchSize: 40, seed: seed, task: .binaryClassification, patience: 30),
            schedule: schedule)
        try trainer.train(on: training, validation: test)
        let held = try DataSet.twoMoons(count: 200, noise: 0.3, seed: seed &+ 2000)
        try stopping.train(on: training, validation: held)
        var early = network
        early.layers = stopping.model
        network.layers = trainer.model
        let history = trainer.history, byHeart = network, inTime = early
        func accuracy(_ one: TrainedNetwork, _ set: DataSet) throws -> Double {
            try one.layers.evaluate(on: set, task: .binaryClassification).accuracy ?? 0
        }
        let (seen, unseen) = (try accuracy(network, training), try accuracy(network, test))
        let stopped = try accuracy(early, test)
        let lowest = history.min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
        let last = history.last?.validationLoss ?? .nan, least = lowest?.validationLoss ?? .nan
        let lines = [
            "\(description.parameterCount ?? 0) weights and \(training.count) examples (two moons with noise), \(epochs) epochs:",
            "  on what it has seen \(Spoken.percent(seen)) right, on 2000 unseen points \(Spoken.percent(unseen))",
            "  the loss on unseen points is least after epoch \(lowest?.epoch ?? 0) (\(Spoken.fixed(least, 3))) and ends at \(Spoken.fixed(last, 3))",
            "Stopped early by 200 other points, after epoch \(stopping.bestEpoch ?? 0): \(Spoken.percent(stopped)) of the unseen right.",
        ]
        return LearnReport(
            experiment: .overfit,
            figures: [
                "training_accuracy": .number(seen), "test_accuracy": .number(unseen),
                "test_accuracy_stopped_early": .number(stopped), "least_test_loss": .number(least),
                "last_test_loss": .number(last), "best_epoch": .whole(lowest?.epoch ?? 0),
            ], lines: lines
        ) {
            let (x, y) = (-1.8...2.8, -1.5...2.0)
            func chart(_ title: String, _ network: TrainedNetwork) throws -> Image {
                try FieldChart(
                    title: title, xLabel: "x1", yLabel: "x2", xRange: x, yRange: y, columns: 121,
                    values: try Self.map(network, x: x, y: y, columns: 121), coloring: .classes, contours: [0.5],
                    marks: Self.marks(training), size: [440, 420]
                ).draw()
            }
            var loss = LineChart(
                title: "Loss on seen and on unseen points", xLabel: "epoch", yLabel: "mean cross entropy",
                series: [
                    .init(name: "seen", points: history.map { SIMD2(Double($0.epoch), $0.loss) }),
                    .init(name: "unseen", points: history.map { SIMD2(Double($0.epoch), $0.validationLoss ?? .nan) }),
                ], size: [440, 420])
            loss.legendCorner = .topLeft
            return try ChartSheet.draw(
                [try chart("Learned by heart", byHeart), try chart("Stopped early", inTime), try loss.draw()],
                columns: 3
            )
        }
    }
}
