import Foundation
import KairaLearning
import KairaTensor
import Synchronization
import Testing

@Suite struct TrainerTests {
    private func network(_ set: DataSet, hidden: [Int] = [16], seed: UInt64 = 1) throws -> TrainedNetwork {
        try TrainedNetwork(
            .dense(
                inputShape: set.inputShape, hidden: hidden, outputs: set.classNames.count, classNames: set.classNames),
            seed: seed)
    }

    /// A part of the digits, for speed.
    private func digits() throws -> DataSplit {
        try DataSet.digits().subset(0..<400).split(validation: 0.2, test: 0.2, seed: 1)
    }

    /// A network with what has state and chance in it: running statistics and dropout.
    private func noisy(_ set: DataSet) throws -> TrainedNetwork {
        try TrainedNetwork(
            NetworkDescription(
                inputShape: [1, 8, 8],
                layers: [
                    .convolution(inputs: 1, outputs: 4, kernel: 3), .batchNorm(channels: 4), .activation(.relu),
                    .maxPool(size: 2), .dropout(0.2), .flatten, .dense(inputs: 64, outputs: 10),
                ], task: .multiclassClassification, classNames: set.classNames), seed: 5)
    }

    private func trainer(_ split: DataSplit, epochs: Int = 6, patience: Int? = nil) throws
        -> Trainer<Sequential<Float>, AdamW<Float>>
    {
        try Trainer(
            try noisy(split.training).layers, optimizer: AdamW(learningRate: 0.01),
            settings: TrainingSettings(epochs: epochs, batchSize: 32, seed: 7, patience: patience))
    }

    @Test("two runs with one seed give the same bits; another seed does not") func sameBits() throws {
        let split = try digits()
        func run(_ seed: UInt64) throws -> ([UInt8], [Double]) {
            var trainer = try Trainer(
                try noisy(split.training).layers, optimizer: AdamW(learningRate: 0.01),
                settings: TrainingSettings(epochs: 3, batchSize: 32, seed: seed))
            try trainer.train(on: split.training, validation: split.validation)
            return (trainer.model.state.safetensors(), trainer.history.map(\.loss))
        }
        let (a, b, c) = (try run(1), try run(1), try run(2))
        #expect(a.0 == b.0 && a.1 == b.1)
        #expect(a.0 != c.0)
    }

    @Test("1 and 2 threads give the same bits") func threads() throws {
        let split = try digits(), before = Compute.threads
        defer { Compute.threads = before }
        let states = try [1, 2].map { threads in
            Compute.threads = threads
            var trainer = try trainer(split, epochs: 2)
            try trainer.train(on: split.training)
            return trainer.model.state.safetensors()
        }
        #expect(states[0] == states[1])
    }

    /// Oracle: the training that was never stopped. It is cancelled in the middle of an epoch and at its end.
    @Test("a training that is stopped and resumed comes to the same bits", arguments: [1, 4, 8, 16, 23])
    func resume(stop: Int) throws {
        let split = try digits()
        var whole = try trainer(split)
        try whole.train(on: split.training, validation: split.validation)
        let kept = Mutex<[UInt8]>([]), steps = Mutex(0)
        var first = try trainer(split)
        #expect(throws: LearningError.cancelled) {
            try first.train(
                on: split.training, validation: split.validation,
                observer: TrainingObserver(
                    onStep: { done, _ in steps.withLock { $0 = done } },
                    onCheckpoint: { bytes in kept.withLock { $0 = bytes } },
                    isCancelled: { steps.withLock { $0 >= stop } }))
        }
        var second = try trainer(split)
        try second.resume(from: kept.withLock { $0 })
        try second.train(on: split.training, validation: split.validation)
        #expect(second.model.state.safetensors() == whole.model.state.safetensors())
        #expect(second.optimizer.state.safetensors() == whole.optimizer.state.safetensors())
        #expect(second.history.map(\.loss) == whole.history.map(\.loss))
        #expect(second.history.map(\.validationLoss) == whole.history.map(\.validationLoss))
        #expect(second.history.map(\.gradientNorm) == whole.history.map(\.gradientNorm))
    }

    @Test("more epochs may follow a finished training, as if there had been more from the start") func longer() throws {
        let split = try digits()
        let kept = Mutex<[UInt8]>([])
        var short = try trainer(split, epochs: 2)
        try short.train(
            on: split.training, observer: TrainingObserver(onCheckpoint: { bytes in kept.withLock { $0 = bytes } }))
        var more = try trainer(split, epochs: 4), whole = try trainer(split, epochs: 4)
        try more.resume(from: kept.withLock { $0 })
        try more.train(on: split.training)
        try whole.train(on: split.training)
        #expect(more.model.state.safetensors() == whole.model.state.safetensors())
    }

    @Test("check-points of other trainings, and damaged ones, are refused and change nothing") func otherCheckpoint()
        throws
    {
        let split = try digits()
        var one = try trainer(split, epochs: 1)
        try one.train(on: split.training)
        let bytes = try one.checkpoint()
        var other = try Trainer(
            try noisy(split.training).layers, optimizer: AdamW(learningRate: 0.01),
            settings: TrainingSettings(epochs: 1, batchSize: 31, seed: 7))
        let before = other.model.state.safetensors()
        #expect {
            try other.resume(from: bytes)
        } throws: {
            guard case .configuration? = $0 as? LearningError else { return false }
            return "\($0)".contains("other settings (batchSize 32 instead of 31)")
        }
        var wider = try Trainer(
            try network(split.training).layers, optimizer: AdamW(learningRate: 0.01),
            settings: TrainingSettings(epochs: 1, batchSize: 32, seed: 7))
        #expect {
            try wider.resume(from: bytes)
        } throws: {
            if case .state? = $0 as? LearningError { true } else { false }
        }
        #expect(throws: LearningError.self) { try other.resume(from: one.model.state.safetensors()) }
        for end in stride(from: 0, to: bytes.count, by: 997) {
            #expect(throws: LearningError.self) { try other.resume(from: Array(bytes[..<end])) }
        }
        #expect(other.model.state.safetensors() == before)
    }

    /// What the optimiser remembers is used at the next step, which cannot refuse it any more.
    @Test("check-points whose optimiser, place or best epoch cannot be are refused and change nothing")
    func hostileCheckpoint() throws {
        let split = try digits()
        func bytes<Rule: Optimizer<Float>>(_ rule: Rule, _ change: (inout StateDictionary<Float>) throws -> Void) throws
        {
            func make() throws -> Trainer<Sequential<Float>, Rule> {
                try Trainer(
                    try noisy(split.training).layers, optimizer: rule,
                    settings: TrainingSettings(epochs: 3, batchSize: 64, seed: 7, patience: 2))
            }
            let kept = Mutex<[UInt8]>([])
            var first = try make()
            let observer = TrainingObserver(
                onCheckpoint: { bytes in kept.withLock { $0 = bytes } }, isCancelled: { kept.withLock { !$0.isEmpty } })
            #expect(throws: LearningError.cancelled) {
                try first.train(on: split.training, validation: split.validation, observer: observer)
            }
            var state = try StateDictionary<Float>(bytes: kept.withLock { $0 })
            var good = try make()
            try good.resume(from: state.safetensors())
            try change(&state)
            var other = try make()
            let before = try other.checkpoint()
            #expect(throws: LearningError.self) { try other.resume(from: state.safetensors()) }
            #expect(try other.checkpoint() == before)
        }
        let sgd = SGD<Float>(learningRate: 0.01, momentum: 0.9), adam = AdamW<Float>(learningRate: 0.01)
        try bytes(sgd) { $0["optimizer.velocity.0"] = Tensor(zeros: [1]) }
        try bytes(sgd) { $0["optimizer.velocity.0"] = Tensor(zeros: [0]) }
        try bytes(sgd) {
            $0.metadata["optimizer.parameters"] = "900"
            $0["optimizer.velocity.800"] = Tensor(zeros: [1])
        }
        try bytes(adam) {
            $0["optimizer.first.1"] = Tensor(zeros: [2])
            $0["optimizer.second.1"] = Tensor(zeros: [2])
        }
        try bytes(adam) { $0["optimizer.second.1"] = Tensor(zeros: [2]) }
        try bytes(adam) { $0.metadata["optimizer.steps.0"] = "9223372036854775807" }
        try bytes(adam) { $0.metadata["optimizer.steps.0"] = "-1" }
        for (pattern, text) in [
            (/"examples":\d+/, "\"examples\":9223372036854775807"), (/"step":\d+/, "\"step\":9223372036854775807"),
            (/"right":\d+/, "\"right\":9223372036854775807"), (/"epoch":\d+/, "\"epoch\":-9223372036854775808"),
            (/"bestEpoch":\d+/, "\"bestEpoch\":-9223372036854775808"), (/"bestEpoch":\d+/, "\"bestEpoch\":99"),
        ] {
            try bytes(adam) { state in
                let record = try #require(state.metadata["kaira.checkpoint"])
                let changed = record.replacing(pattern, with: text)
                try #require(changed != record, "\(text)")
                state.metadata["kaira.checkpoint"] = changed
            }
        }
    }

    /// Oracle: a learning rate of 1e30 sends weights beyond Float in a step or two.
    @Test("a loss that is no number stops the training and leaves the last good check-point") func diverges() throws {
        let split = try digits()
        let kept = Mutex<[[UInt8]]>([])
        struct Explodes: LearningRateSchedule {
            var after: Int
            func rate(at step: Int) -> Double { step < after ? 0.01 : 1e30 }
        }
        let steps = (split.training.count + 31) / 32
        func make() throws -> Trainer<Sequential<Float>, SGD<Float>> {
            try Trainer(
                try network(split.training).layers, optimizer: SGD(learningRate: 0.01),
                settings: TrainingSettings(epochs: 5, batchSize: 32), schedule: Explodes(after: 2 * steps + 3))
        }
        var trainer = try make()
        #expect {
            try trainer.train(
                on: split.training,
                observer: TrainingObserver(onCheckpoint: { bytes in kept.withLock { $0.append(bytes) } }))
        } throws: {
            guard case .notFinite? = $0 as? LearningError else { return false }
            return "\($0)".contains("epoch 3")
        }
        let files = kept.withLock { $0 }
        #expect(files.count == 2)
        #expect(trainer.history.count == 2)
        // What was kept can be gone on from.
        var again = try make()
        try again.resume(from: try #require(files.last))
        #expect(again.history.count == 2)
        #expect(again.model.parameters.allSatisfy { $0.value.isFinite })
    }

    /// Oracle: a network that only gets worse on the validation set, whose labels are turned round.
    @Test("it stops early and keeps the best network") func earlyStop() throws {
        let set = try DataSet.twoMoons(count: 100, noise: 0.1, seed: 1)
        let (values, labels) = ((0..<set.count).flatMap { set.input($0) }, set.labels)
        let turned = try DataSet(
            name: "turned", inputShape: [2], elements: .floats(values),
            targets: .classes(labels.map { 1 - $0 }, names: ["0", "1"]))
        var trainer = try Trainer(
            try network(set).layers, optimizer: Adam(learningRate: 0.05),
            settings: TrainingSettings(epochs: 50, batchSize: 20, patience: 3))
        try trainer.train(on: set, validation: turned)
        #expect(trainer.history.count == 4)
        #expect(trainer.bestEpoch == 1)
        let found = try trainer.model.evaluate(on: turned, task: .multiclassClassification)
        #expect(found.loss == trainer.history[0].validationLoss)
        #expect(throws: LearningError.self) {
            var blind = try Trainer(
                try network(set).layers, optimizer: Adam<Float>(),
                settings: TrainingSettings(epochs: 1, patience: 3))
            try blind.train(on: set)
        }
    }

    @Test("early stopping too is resumed without a difference") func earlyStopResumed() throws {
        let split = try digits()
        var whole = try trainer(split, epochs: 12, patience: 2)
        try whole.train(on: split.training, validation: split.validation)
        let files = Mutex<[[UInt8]]>([])
        var first = try trainer(split, epochs: 12, patience: 2)
        let ends = Mutex(0)
        _ = try? first.train(
            on: split.training, validation: split.validation,
            observer: TrainingObserver(
                onEpoch: { metrics in ends.withLock { $0 = metrics.epoch } },
                onCheckpoint: { bytes in files.withLock { $0.append(bytes) } },
                isCancelled: { ends.withLock { $0 >= 3 } }))
        var second = try trainer(split, epochs: 12, patience: 2)
        try second.resume(from: try #require(files.withLock { $0.last }))
        try second.train(on: split.training, validation: split.validation)
        #expect(second.model.state.safetensors() == whole.model.state.safetensors())
        #expect(second.bestEpoch == whole.bestEpoch)
    }

    /// Oracle: least squares. A dense layer without activation on a line comes to the line.
    @Test("a regression finds the line") func line() throws {
        let set = try DataSet.polynomial([0.5, -2], count: 40, noise: 0, seed: 1)
        let start = try TrainedNetwork(
            .dense(inputShape: [1], hidden: [], outputs: 1, task: .regression), seed: 1)
        var trainer = try Trainer(
            start.layers, optimizer: Adam(learningRate: 0.05),
            settings: TrainingSettings(epochs: 300, batchSize: 40, task: .regression))
        try trainer.train(on: set)
        let state = trainer.model.state
        #expect(abs((state["0.weight"]?.values[0] ?? 0) + 2) < 1e-3)
        #expect(abs((state["0.bias"]?.values[0] ?? 0) - 0.5) < 1e-3)
        #expect(trainer.history.last?.accuracy == nil)
    }

    @Test("sets that do not fit the network are refused") func misfits() throws {
        let moons = try DataSet.twoMoons(count: 20, noise: 0, seed: 1)
        let three = try DataSet.spirals(count: 21, classes: 3, noise: 0, seed: 1)
        let line = try DataSet.polynomial([1], count: 5, noise: 0, seed: 1)
        var trainer = try Trainer(
            try network(moons).layers, optimizer: Adam<Float>(), settings: TrainingSettings(epochs: 1))
        #expect(throws: LearningError.shape("2 outputs for 3 classes in spirals")) { try trainer.train(on: three) }
        #expect(throws: LearningError.emptySet("two moons")) { try trainer.train(on: moons.subset([])) }
        let curve = try line.reshapingInputs(to: [1])
        #expect(throws: LearningError.self) {
            var one = try Trainer(
                try TrainedNetwork(.dense(inputShape: [1], hidden: [], outputs: 2, classNames: ["a", "b"]), seed: 1)
                    .layers,
                optimizer: Adam<Float>(), settings: TrainingSettings(epochs: 1))
            try one.train(on: curve)
        }
        for settings in [
            TrainingSettings(epochs: 0), TrainingSettings(epochs: 1, batchSize: 0),
            TrainingSettings(epochs: 1, smoothing: 1), TrainingSettings(epochs: 1, clipNorm: 0),
            TrainingSettings(epochs: 1, patience: 0),
        ] {
            #expect(throws: LearningError.self) {
                try Trainer(try network(moons).layers, optimizer: Adam<Float>(), settings: settings)
            }
        }
    }

    /// Oracle: the JSON is read by Foundation's own parser.
    @Test("metrics are lines of JSON") func metrics() throws {
        let split = try digits()
        let lines = Mutex<[String]>([])
        var trainer = try trainer(split, epochs: 2)
        try trainer.train(
            on: split.training, validation: split.validation,
            observer: TrainingObserver(onEpoch: { one in
                let line = try one.jsonLine()
                lines.withLock { $0.append(line) }
            }))
        let found = lines.withLock { $0 }
        #expect(found.count == 2 && found.allSatisfy { !$0.contains("\n") })
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(found[1].utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "kaira.training/1")
        #expect(object["epoch"] as? Int == 2)
        #expect(object["steps"] as? Int == 2 * ((split.training.count + 31) / 32))
        for name in ["loss", "accuracy", "validation_loss", "validation_accuracy", "gradient_norm", "learning_rate"] {
            #expect(object[name] is Double, "\(name)")
        }
    }
}
