import Foundation
import KairaLearning
import KairaTensor
import KairaTestSupport
import Testing

/// The code of the article "From a perceptron to a trained network", compiled, run, and compared with the article's text.
@Suite struct ArticleTests {
    /// Oracle: the article itself. Each of its blocks of code stands, line by line, between `// begin` and `// end` here.
    @Test("the article's code is the code of these tests") func verbatim() throws {
        let article = try String(
            contentsOf: TestData.root.appending(
                path: "Sources/KairaLearning/KairaLearning.docc/FromAPerceptronToANetwork.md"), encoding: .utf8)
        let source = try String(
            contentsOf: TestData.root.appending(path: "Tests/KairaLearningTests/ArticleTests.swift"), encoding: .utf8)
        let blocks = article.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        let snippets = source.components(separatedBy: "// begin\n").dropFirst().map { part in
            part.components(separatedBy: "// end")[0].split(separator: "\n", omittingEmptySubsequences: false)
                .map { line in line.hasPrefix("        ") ? String(line.dropFirst(8)) : String(line) }
                .joined(separator: "\n").trimmingCharacters(in: .whitespaces)
        }
        #expect(blocks.count >= 11)
        for block in blocks { #expect(snippets.contains(block), "not compiled by a test:\n\(block)") }
    }

    @Test("the article's figures are there") func figures() throws {
        let folder = TestData.root.appending(path: "Sources/KairaLearning/KairaLearning.docc")
        let article = try String(
            contentsOf: folder.appending(path: "FromAPerceptronToANetwork.md"), encoding: .utf8)
        for part in article.components(separatedBy: "](").dropFirst() where !part.hasPrefix("http") {
            let name = part.components(separatedBy: ")")[0]
            let file = folder.appending(path: "Resources/\(name).png")
            #expect(FileManager.default.fileExists(atPath: file.path), "\(name)")
        }
    }

    // The oracles below are those of the tests of each part: truth tables, the notes' worked numbers, closed forms.

    @Test func oneNode() {
        // begin
        let gate = Perceptron(weights: [0.5, 0.5], bias: -0.7)
        let answers = [gate(0, 0), gate(0, 1), gate(1, 0), gate(1, 1)]  // 0, 0, 0, 1
        // end
        #expect(answers == [0, 0, 0, 1])
    }

    @Test func twoLayers() {
        // begin
        let table = LogicGate.inputs.map { x in
            Perceptron.and(Double(Perceptron.nand(x)), Double(Perceptron.or(x)))
        }  // 0, 1, 1, 0
        // end
        #expect(table == [0, 1, 1, 0])
    }

    @Test func rule() {
        // begin
        let learned = PerceptronRule(rate: 0.1).learn(.and)
        let never = PerceptronRule().learn(.xor)
        // learned.isLearned, after 6 epochs; never.isCycle
        // end
        #expect(learned.isLearned && learned.epochs == 6 && never.isCycle)
    }

    @Test func outputs() {
        // begin
        let shares = ActivationFunction.softmax([0.3, 2.9, 4])  // 0.01821, 0.24519, 0.73660
        let slope = LearningTask.multiclassClassification.lossSlope(
            sums: [0.3, 2.9, 4], targets: [0, 0, 1])  // 0.01821, 0.24519, -0.26340
        // end
        for (a, b) in zip(shares, [0.01821, 0.24519, 0.73660]) { #expect(abs(a - b) < 1e-5) }
        for (a, b) in zip(slope, [0.01821, 0.24519, -0.26340]) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func downhill() throws {
        // begin
        let path = GradientDescent(rate: 0.1, steps: 10).walk(from: [1]) { Quadratic.unit.gradient(at: $0) }
        // path.points.last is [0.9^10], about 0.349; path.behaviour is .tooSmall for so few steps
        // end
        #expect(try abs(#require(path.points.last)[0] - 0.3486784401) < 1e-12)
        #expect(path.behaviour == .tooSmall)
    }

    @Test func slopes() {
        // begin
        let f: (Double) -> Double = { exp(sin($0)) }
        let forward = NumericDerivative<Double>(.forward, step: 1e-4)(f, at: 1)
        let central = NumericDerivative<Double>(.central)(f, at: 1)
        // exact: 1.2533807674934; forward is 6e-5 off, central 1e-10 or less
        // end
        #expect(abs(forward - 1.2533807674934467 + 6.4e-5) < 1e-6)
        #expect(abs(central - 1.2533807674934467) < 1e-9)
    }

    @Test func backPropagation() {
        // begin
        let layer = AffineNode(weights: [[1, 2], [3, 4]], bias: [0.5, -0.5])
        let x = [1.0, -1.0], y = [0.0, 1.0]
        let output = layer(x)  // -0.5, -1.5
        let d = LearningTask.regression.lossSlope(sums: output, targets: y)  // -0.5, -2.5
        let gradients = layer.backward(d, input: x)
        // weights [[-0.5, 0.5], [-2.5, 2.5]], bias [-0.5, -2.5], inputs [-8, -11]
        // end
        #expect(gradients.weights == [[-0.5, 0.5], [-2.5, 2.5]] && gradients.bias == [-0.5, -2.5])
        #expect(gradients.inputs == [[-8, -11]])
    }

    @Test func tape() throws {
        // begin
        let tape = Tape<Double>()
        let weight = tape.variable(Tensor<Double>([1, 2, 3, 4], shape: [2, 2]))
        let rows = Variable(Tensor<Double>([1, -1], shape: [1, 2]))
        let sums = rows.matmul(weight.transposed()) + Variable(Tensor<Double>([0.5, -0.5]))
        let loss = try halfSquaredError(sums, target: Tensor<Double>([0, 1], shape: [1, 2]))  // 3.25
        let found = tape.gradients(of: loss, with: [weight])[0].value  // -0.5, 0.5, -2.5, 2.5
        // end
        #expect(loss.value.scalar == 3.25)
        #expect(found.values == [-0.5, 0.5, -2.5, 2.5])
    }

    @Test func xor() throws {
        // begin
        let clouds = try DataSet.xorClouds(count: 200, noise: 0.13, seed: 1)
        let start = try TrainedNetwork(
            .dense(
                inputShape: [2], hidden: [4], outputs: 1, activation: .tanh, task: .binaryClassification,
                classNames: clouds.classNames), seed: 1)
        var lesson = try Trainer(
            start.layers, optimizer: Adam(learningRate: 0.03),
            settings: TrainingSettings(epochs: 120, batchSize: 50, task: .binaryClassification))
        try lesson.train(on: clouds)
        let right = try lesson.model.evaluate(on: clouds, task: .binaryClassification).accuracy
        // end
        #expect(right ?? 0 > 0.97)
    }

    @Test func digits() throws {
        // begin
        let digits = try DataSet.digits().split(validation: 0.1, test: 0.2, seed: 1)
        let network = try TrainedNetwork(
            .dense(
                inputShape: digits.training.inputShape, hidden: [128, 64], outputs: 10,
                classNames: digits.training.classNames), seed: 1)
        var trainer = try Trainer(
            network.layers, optimizer: AdamW(learningRate: 2e-3),
            settings: TrainingSettings(epochs: 30, batchSize: 50, patience: 10))
        try trainer.train(on: digits.training, validation: digits.validation)
        let result = try trainer.model.evaluate(on: digits.test, task: .multiclassClassification)
        // result.accuracy is about 0.97
        // end
        #expect(result.accuracy ?? 0 > 0.95)
        // begin
        let file = try TrainedNetwork(description: network.description, layers: trainer.model).safetensors()
        let again = try TrainedNetwork(safetensors: file)
        let answer = try again.answers(to: digits.test.batch([0]).inputs)[0]
        // end
        let before = try TrainedNetwork(description: network.description, layers: trainer.model)
            .answers(to: digits.test.batch([0]).inputs)[0]
        #expect(answer == before)
    }
}
