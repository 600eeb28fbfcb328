/// Learns the weights of a perceptron from examples: `w += r (t - y) x`, `b += r (t - y)` for each example that it gets
/// wrong.
///
/// Where a line divides the examples, the rule ends after a finite number of mistakes, whatever the rate (Novikoff, "On
/// convergence proofs on perceptrons", 1962). Where none does, it goes on for ever. The examples come in a fixed order, so
/// weights that come back at the end of an epoch prove that: from there everything repeats (`Outcome.isCycle`).
///
/// With a rate of 1 and whole inputs every number is a whole one and nothing is rounded; with a rate such as 0.1 whether a
/// sum is exactly 0 depends on rounding.
public struct PerceptronRule: Sendable, Hashable {
    /// How much one mistake moves the weights, > 0.
    public var rate: Double
    /// After how many rounds through the examples it gives up.
    public var maximumEpochs: Int

    /// How the learning ended.
    public struct Outcome: Sendable, Hashable {
        /// What was learned.
        public var perceptron: Perceptron
        /// Mistakes in each epoch; the last is 0 where everything was learned.
        public var mistakes: [Int]
        /// Whether the weights at the end of an epoch were those of an earlier one: it would go on for ever.
        public var isCycle: Bool
        /// The weights and bias after each epoch.
        public var history: [Perceptron]

        /// Rounds through the examples, with the last one that only confirmed.
        public var epochs: Int { mistakes.count }
        /// Whether every example is answered rightly.
        public var isLearned: Bool { mistakes.last == 0 }
    }

    /// A rule from its parts.
    public init(rate: Double = 1, maximumEpochs: Int = 1000) {
        self.rate = rate
        self.maximumEpochs = maximumEpochs
    }

    /// Learns from zero weights.
    ///
    /// - Parameters:
    ///   - inputs: one array an example, all of the same length.
    ///   - targets: 0 or 1 for each.
    /// - Returns: how it ended.
    /// - Precondition: as many targets as inputs, at least one, and inputs of one length.
    public func learn(inputs: [[Double]], targets: [Int]) -> Outcome {
        precondition(inputs.count == targets.count, "\(inputs.count) inputs and \(targets.count) targets")
        precondition(!inputs.isEmpty && inputs.allSatisfy { $0.count == inputs[0].count }, "inputs of several lengths")
        var perceptron = Perceptron(inputs: inputs[0].count)
        var outcome = Outcome(perceptron: perceptron, mistakes: [], isCycle: false, history: [])
        var seen: Set<Perceptron> = [perceptron]
        while outcome.epochs < maximumEpochs {
            var mistakes = 0
            for (input, target) in zip(inputs, targets) {
                let error = Double(target - perceptron(input))
                guard error != 0 else { continue }
                mistakes += 1
                for i in input.indices { perceptron.weights[i] += rate * error * input[i] }
                perceptron.bias += rate * error
            }
            outcome.mistakes.append(mistakes)
            outcome.history.append(perceptron)
            if mistakes == 0 { break }
            if !seen.insert(perceptron).inserted {
                outcome.isCycle = true
                break
            }
        }
        outcome.perceptron = perceptron
        return outcome
    }

    /// Learns a gate from its truth table, in the order 00, 10, 01, 11.
    public func learn(_ gate: LogicGate) -> Outcome {
        let order = [0, 2, 1, 3], table = gate.truthTable
        return learn(inputs: order.map { LogicGate.inputs[$0] }, targets: order.map { table[$0] })
    }
}
