import Foundation
import KairaLearning
import KairaTensor
import Testing

@Suite struct TapeTests {
    /// Oracle: the study's example 1.16 (notes, section 5): x 2, a1 3, b1 1, a2 4, b2 5.
    @Test("the chain of the study's example")
    func chain() {
        let tape = Tape<Double>()
        let names: [Double] = [2, 3, 1, 4, 5]
        let v = names.map { tape.variable(Tensor($0)) }
        let f1 = v[1] * v[0] + v[2], y = v[3] * f1 + v[4]
        #expect(y.value.scalar == 33)
        let g = tape.gradients(of: y, with: [v[3], v[4], f1, v[1], v[2]])
        #expect(g.map(\.value.scalar) == [7, 1, 4, 8, 4])
    }

    /// Oracle: the study's equations 1.17 to 1.31 with the numbers of the notes, section 5.
    @Test("affine and half squares of the study's example")
    func affine() throws {
        let tape = Tape<Double>()
        let w = tape.variable(Tensor([1, 2, 3, 4], shape: [2, 2])), b = tape.variable([0.5, -0.5])
        let x = tape.variable(Tensor([1, -1], shape: [1, 2]))
        let y = x.affine(w, b), loss = try halfSquaredError(y, target: Tensor([0, 1], shape: [1, 2]))
        #expect(y.value.values == [-0.5, -1.5])
        #expect(loss.value.scalar == 3.25)
        let g = tape.gradients(of: loss, with: [w, b, x])
        #expect(g[0].value.values == [-0.5, 0.5, -2.5, 2.5])
        #expect(g[1].value.values == [-0.5, -2.5])
        #expect(g[2].value.values == [-8, -11])
    }

    /// Oracle: closed form, the derivatives of x^3.
    @Test("third derivatives")
    func thirdDerivative() {
        let tape = Tape<Double>(), x = tape.variable(Tensor(2))
        let first = gradients(of: x * x * x, with: [x])[0]
        let second = gradients(of: first, with: [x])[0]
        let third = gradients(of: second, with: [x])[0]
        #expect([first, second, third].map(\.value.scalar) == [12, 12, 6])
    }

    @Test("nothing is recorded without gradients")
    func noRecording() {
        let tape = Tape<Float>(), x = tape.variable([1, 2])
        let y = noGradient { x * x }
        #expect(!y.isTracked && y.value == [1, 4])
        #expect(!x.detached().isTracked)
        #expect((x * x).isTracked)
    }

    @Test("what a tape has recorded does not change with the tensors it came from")
    func noHazard() {
        var weights = Tensor<Double>([1, 2, 3])
        let tape = Tape<Double>(), x = tape.variable(weights)
        let y = (x * x).sum()
        weights[0] = 100
        weights += [1, 1, 1]
        #expect(tape.gradients(of: y, with: [x])[0].value == [2, 4, 6])
    }

    /// Oracle: closed form; every write after the recording would change the gradient if a rule could see it.
    @Test("no write reaches what a rule holds: views, buffers, results, gradients")
    func noHazards() {
        let tape = Tape<Double>()
        var source = Tensor<Double>([1, 2, 3, 4], shape: [2, 2])
        let x = tape.variable(source.transposed())
        var result = (x * x).value
        let y = (x.exp() * x).sum()
        unsafe source.withUnsafeMutableBufferPointer { cells in for i in cells.indices { unsafe cells[i] = -1 } }
        result += Tensor<Double>(ones: [2, 2])
        var copy = x.value
        copy[0, 0] = 50
        let found = tape.gradients(of: y, with: [x])[0]
        var gradient = found.value
        gradient[0, 0] = 0
        for (value, at) in zip(found.value.values, [1.0, 3, 2, 4]) {
            #expect(abs(value - exp(at) * (1 + at)) < 1e-12 * value)
        }
    }

    #if os(Linux)
        /// What PyTorch finds by version counters, "a leaf variable has been used in an in-place operation".
        @Test("a parameter that is changed while it lies on a tape is an error")
        func changedOnTape() async {
            await #expect(processExitsWith: .failure) {
                var random = RandomGenerator(seed: 1)
                let model = Dense<Double>(2, 1, using: &random)
                let tape = Tape<Double>()
                var bound = model.bound(to: tape).model
                bound.weight.value *= 2
                withExtendedLifetime(tape) {}
            }
        }

        @Test("a tape that was used up says so")
        func usedUp() async {
            await #expect(processExitsWith: .failure) {
                let tape = Tape<Double>(), x = tape.variable(Tensor(2)), y = x * x
                _ = tape.gradients(of: y, with: [x])
                _ = tape.gradients(of: y, with: [x])
            }
            await #expect(processExitsWith: .failure) {
                let x = Tape<Double>().variable(Tensor(2))
                _ = x * x
            }
            await #expect(processExitsWith: .failure) {
                let a = Tape<Double>(), b = Tape<Double>()
                let x = a.variable(Tensor(2)), y = b.variable(Tensor(2))
                withExtendedLifetime((a, b)) { _ = x * y }
            }
        }
    #endif
}
