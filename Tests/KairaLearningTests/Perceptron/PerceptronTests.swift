import KairaLearning
import Testing

@Suite struct PerceptronTests {
    /// Oracle: the truth tables 1.1 to 1.4 of the chapter, in the order 00, 01, 10, 11.
    @Test(
        "gates answer as their truth tables",
        arguments: [
            (LogicGate.and, [0, 0, 0, 1]), (.or, [0, 1, 1, 1]), (.nand, [1, 1, 1, 0]), (.xor, [0, 1, 1, 0]),
        ])
    func tables(gate: LogicGate, table: [Int]) {
        #expect(gate.truthTable == table)
        if let perceptron = gate.perceptron {
            #expect(LogicGate.inputs.map { perceptron($0) } == table)
        } else {
            #expect(gate == .xor)
        }
    }

    @Test("AND has the chapter's weights") func andWeights() {
        #expect(Perceptron.and == Perceptron(weights: [0.5, 0.5], bias: -0.7))
    }

    /// Oracle: equation 1.1, which says "> 0", and 1.4, which says ">= 0".
    @Test("a sum of exactly 0 does not fire the perceptron, but the step function is 1 there") func boundary() {
        #expect(Perceptron(weights: [1, -1], bias: 0)(1, 1) == 0)
        #expect(Perceptron(weights: [1, -1], bias: 0x1p-1074)(1, 1) == 1)
        #expect(ActivationFunction.step(0) == 1)
        #expect(ActivationFunction.step(-0x1p-1074) == 0)
        #expect(ActivationFunction.step(-0.0) == 1)
    }

    /// Oracle: the epochs counted by a plain Python loop (rate 0.1, order 00, 10, 01, 11, from zero).
    @Test("the rule learns the separable gates", arguments: [(LogicGate.and, 6), (.or, 4), (.nand, 4)])
    func learns(gate: LogicGate, epochs: Int) {
        let outcome = PerceptronRule(rate: 0.1).learn(gate)
        #expect(outcome.isLearned)
        #expect(outcome.epochs == epochs)
        #expect(LogicGate.inputs.map { outcome.perceptron($0) } == gate.truthTable)
    }

    @Test("one perceptron never learns XOR: its weights come back", arguments: [1, 0.5, 2.0])
    func cannotLearnXOR(rate: Double) throws {
        // Powers of two as rates keep every number exact.
        let outcome = PerceptronRule(rate: rate).learn(.xor)
        #expect(!outcome.isLearned)
        #expect(outcome.isCycle)
        let last = try #require(outcome.history.last)
        #expect(outcome.history.dropLast().contains(last) || last == Perceptron(inputs: 2))
    }

    /// Oracle: of the 16 functions of two truth values all but XOR and its contrary can be told by a line (Minsky and
    /// Papert, "Perceptrons", 1969).
    @Test("of the 16 gates 14 are learned", arguments: 0..<16) func all16(number: Int) {
        let targets = (0..<4).map { number >> $0 & 1 }
        let outcome = PerceptronRule().learn(inputs: LogicGate.inputs, targets: targets)
        let impossible = targets == [0, 1, 1, 0] || targets == [1, 0, 0, 1]
        #expect(outcome.isLearned == !impossible)
        #expect(outcome.isCycle == impossible)
    }

    @Test("the bound on epochs holds") func bound() {
        let outcome = PerceptronRule(rate: 1, maximumEpochs: 2).learn(.xor)
        #expect(outcome.epochs == 2)
        #expect(!outcome.isLearned && !outcome.isCycle)
    }
}
