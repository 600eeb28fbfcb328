import KairaLearning
import KairaTensor
import Testing

@Suite struct TrainingTests {
    struct Net: Layer {
        var first: Dense<Float>, norm = BatchNorm<Float>(16), dropout = Dropout<Float>(0.1), second: Dense<Float>

        init(using generator: inout RandomGenerator) {
            first = Dense(2, 16, activation: .relu, using: &generator)
            second = Dense(16, 2, using: &generator)
        }

        func callAsFunction(_ x: Variable<Float>) -> Variable<Float> { second(dropout(norm(first(x)))) }

        mutating func visit(_ visitor: inout ModuleVisitor<Float>) {
            visitor.visit(&first, "first")
            visitor.visit(&norm, "norm")
            visitor.visit(&dropout, "dropout")
            visitor.visit(&second, "second")
        }
    }

    static let samples = Tensor<Float>([0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2])
    static let labels = [0, 1, 1, 0]

    /// Trains XOR; returns the state after so many steps.
    static func train(threads: Int, steps: Int = 200) throws -> (StateDictionary<Float>, [Int]) {
        let before = Compute.threads
        Compute.threads = threads
        defer { Compute.threads = before }
        var generator = RandomGenerator(seed: 7)
        var model = Net(using: &generator), optimizer = Adam<Float>(learningRate: 0.02)
        for _ in 0..<steps {
            let (_, gradients) = try model.lossAndGradients(using: &generator) { model in
                try crossEntropy(model(samples), labels: labels)
            }
            optimizer.update(&model, along: gradients.clipped(norm: 1))
        }
        return (model.state, model(samples).value.argMax())
    }

    @Test("a small network learns XOR, with the same bits on any number of threads")
    func learnsXOR() throws {
        let (one, found) = try Self.train(threads: 1)
        #expect(found == Self.labels)
        for threads in [2, 7] {
            let (other, _) = try Self.train(threads: threads)
            #expect(one.safetensors() == other.safetensors())
        }
    }

    @Test("a state is written, read and loaded; what does not fit is named")
    func state() throws {
        var generator = RandomGenerator(seed: 1)
        let model = Net(using: &generator)
        var other = Net(using: &generator)
        let state = try StateDictionary<Float>(bytes: model.state.safetensors())
        #expect(
            state.names == [
                "first.weight", "first.bias", "norm.weight", "norm.bias", "norm.runningMean", "norm.runningVariance",
                "second.weight", "second.bias",
            ])
        try other.load(state)
        #expect(other.state.safetensors() == model.state.safetensors())
        var wrong = state
        wrong["second.bias"] = nil
        wrong["extra"] = [1]
        wrong["first.bias"] = [1, 2]
        #expect(
            throws: LearningError.state(
                "1 missing: second.bias; 1 unexpected: extra; 1 of wrong shape: first.bias is [2] instead of [16]")
        ) { try other.load(wrong) }
    }

    @Test("labels out of range and empty batches are errors")
    func labels() {
        let logits = Variable(Tensor<Float>(zeros: [2, 3]))
        #expect(throws: LearningError.labelOutOfRange(label: 3, classes: 3, at: 1)) {
            try crossEntropy(logits, labels: [0, 3])
        }
        #expect(throws: LearningError.labelOutOfRange(label: -1, classes: 3, at: 0)) {
            try crossEntropy(logits, labels: [-1, 3])
        }
        #expect(throws: LearningError.emptySet("the batch of a cross entropy")) {
            try crossEntropy(Variable(Tensor<Float>(zeros: [0, 3])), labels: [])
        }
    }
}
