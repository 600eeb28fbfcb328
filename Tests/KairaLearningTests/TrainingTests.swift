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

    @Test("frozen parameters get no gradient and stay")
    func frozen() throws {
        var generator = RandomGenerator(seed: 1)
        var model = Net(using: &generator), optimizer = SGD<Float>(learningRate: 0.1, momentum: 0.9)
        model.freeze { $0.hasPrefix("first.") }
        let before = model.state
        for _ in 0..<3 {
            let (_, gradients) = try model.lossAndGradients(using: &generator) { model in
                try crossEntropy(model(Self.samples), labels: Self.labels)
            }
            #expect(gradients["first.weight"] == nil && gradients["second.weight"] != nil)
            optimizer.update(&model, along: gradients)
        }
        let after = model.state
        #expect(after["first.weight"] == before["first.weight"] && after["first.bias"] == before["first.bias"])
        #expect(after["second.weight"] != before["second.weight"])
        #expect(model.parameterCount == 2 * 16 + 16 + 16 + 16 + 16 * 2 + 2)
    }

    struct Point: Module {
        var parameter = Parameter<Double>([1, 2])
        mutating func visit(_ visitor: inout ModuleVisitor<Double>) { visitor.visit(&parameter, "p") }
    }

    /// Oracle: closed form; the average of a constant c from a start a after n updates is c + (a - c) decay^n.
    @Test("a moving average approaches what it follows")
    func average() {
        var average = ExponentialMovingAverage(Point(), decay: 0.75)
        let target = Point(parameter: Parameter([5, -2]))
        for _ in 0..<4 { average.update(target) }
        let kept = 0.75 * 0.75 * 0.75 * 0.75
        let found = average.model.parameter.value.values
        #expect(abs(found[0] - (5 - 4 * kept)) < 1e-12 && abs(found[1] - (-2 + 4 * kept)) < 1e-12)
    }

    struct Dropped: Layer {
        var dropout = Dropout<Float>(0.3)
        func callAsFunction(_ x: Variable<Float>) -> Variable<Float> { dropout(x) }
        mutating func visit(_ visitor: inout ModuleVisitor<Float>) { visitor.visit(&dropout, "dropout") }
    }

    /// Oracle: the definition; shares within five standard deviations of a binomial.
    @Test("dropout drops its share in training only, by the seed")
    func dropout() {
        let x = Tensor<Float>(ones: [100, 200])
        func dropped(seed: UInt64) -> [Float] {
            var model = Dropped(), generator = RandomGenerator(seed: seed), kept: [Float] = []
            _ = model.lossAndGradients(using: &generator) { model in
                let y = model(x)
                kept = y.value.values
                return y.sum()
            }
            #expect(generator.position == 20_000, "one word a value")
            return kept
        }
        let first = dropped(seed: 1)
        #expect(Set(first) == [0, 1 / 0.7])
        let share = Double(first.filter { $0 == 0 }.count) / 20_000
        #expect(abs(share - 0.3) < 5 * (0.3 * 0.7 / 20_000).squareRoot())
        #expect(first == dropped(seed: 1) && first != dropped(seed: 2))
        #expect(Dropped()(x).value == x)
    }

    @Test("a batch is neither copied nor changed on its way into a layer")
    func noCopy() {
        let set = Tensor<Float>(ones: [10, 4]), batch = set.slice(axis: 0, 2..<6)
        #expect(batch.storage === set.storage && batch.isContiguous)
        #expect(Variable(batch).value.storage === set.storage)
        #expect(Variable(batch).value.offset == 8)
    }

    #if os(Linux)
        /// In a process of its own, where no other test takes memory.
        @Test("memory does not grow with the steps")
        func memory() async {
            await #expect(processExitsWith: .success) {
                var generator = RandomGenerator(seed: 1)
                var model = Net(using: &generator), optimizer = Adam<Float>(learningRate: 0.01)
                var early = (used: 0, kept: 0)
                for step in 0..<10_000 {
                    let (_, gradients) = try model.lossAndGradients(using: &generator) { model in
                        try crossEntropy(model(Self.samples), labels: Self.labels)
                    }
                    optimizer.update(&model, along: gradients)
                    if step == 10 { early = Compute.memory }
                }
                // All but what the last step's gradients hold is back in the lists, and these are no longer.
                guard Compute.memory == early else { fatalError("\(early) became \(Compute.memory)") }
            }
        }
    #endif
}
