import KairaLearning
import KairaTensor
import Testing

/// Sizes beyond the fixtures', at which tiles, blocks and pieces end unevenly, on every set of kernels.
@Suite struct KernelTests {
    static let sizes = [
        (1, 1, 1), (12, 32, 256), (13, 33, 257), (47, 31, 300), (128, 512, 784), (130, 95, 1030), (200, 24, 24),
        (31, 600, 40),
    ]

    /// What is rounded to bfloat16, to nearest, ties to even (IEEE 754).
    private func rounded(_ x: Float) -> Double {
        let bits = x.bitPattern
        return Double(Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000))
    }

    /// Oracle: the definition of the product, in double. Tolerance: 1e-6 of the sum of the terms' magnitudes.
    @Test("products, operands lying either way, are those of the definition", arguments: PyTorchTests.kernels)
    func products(_ kernels: String) throws {
        try Compute.with(kernels: kernels) {
            var random = RandomGenerator(seed: 3)
            for (m, n, k) in Self.sizes {
                for turn in 0..<4 {
                    let x: Tensor<Float> = random.normal(turn & 1 == 0 ? [m, k] : [k, m])
                    let y: Tensor<Float> = random.normal(turn & 2 == 0 ? [k, n] : [n, k])
                    let a = turn & 1 == 0 ? x : x.transposed(), b = turn & 2 == 0 ? y : y.transposed()
                    let left = a.values, right = b.values
                    for precision in ProductPrecision.allCases {
                        let found = Variable(a).matmul(Variable(b), precision: precision).value
                        try #require(found.shape == [m, n])
                        let values = found.values
                        // A few results of each: corners, and some by chance.
                        var places = [0, m * n - 1, n - 1, (m - 1) * n]
                        for _ in 0..<40 { places.append(random.below(m * n)) }
                        for place in places {
                            var sum = 0.0, size = 0.0
                            for i in 0..<k {
                                let (p, q) = (left[place / n * k + i], right[i * n + place % n])
                                let term = precision == .full ? Double(p) * Double(q) : rounded(p) * rounded(q)
                                sum += term
                                size += abs(term)
                            }
                            #expect(
                                abs(Double(values[place]) - sum) <= 1e-6 * size,
                                "\(kernels), \(precision), \(m) x \(n) x \(k), turn \(turn), at \(place)")
                        }
                    }
                }
            }
        }
    }

    /// Oracle: IEEE 754; a NaN or an infinity reaches its own row and column alone.
    @Test(
        "infinities and NaN stay in their rows and columns", arguments: PyTorchTests.kernels, ProductPrecision.allCases)
    func odd(_ kernels: String, precision: ProductPrecision) {
        Compute.with(kernels: kernels) {
            var a = Tensor<Float>(ones: [64, 40])
            let b = Tensor<Float>(ones: [40, 64])
            a[3, 7] = .infinity
            a[5, 1] = .nan
            a[6, 0] = 3e38
            let y = Variable(a).matmul(Variable(b), precision: precision).value
            for column in [0, 31, 63] {
                #expect(y[3, column] == .infinity)
                #expect(y[5, column].isNaN)
                #expect(abs(y[6, column] / 3e38 - 1) < 0.01)
                #expect(y[4, column] == 40 && y[63, column] == 40)
            }
        }
    }

    /// Oracle: the generic kernels in double. Tolerance: 1e-6 of the largest value of each result.
    @Test("a step of a small network is the same on all", arguments: PyTorchTests.kernels)
    func step(_ kernels: String) throws {
        func values<S: TensorReal>(_: S.Type) throws -> [[Double]] {
            var random = RandomGenerator(seed: 9)
            let x = Tensor<S>(converting: random.normal([6, 40, 32]) as Tensor<Float>)
            var block = TransformerBlock<S>(32, heads: 2, using: &random)
            // The same weights in both types.
            var weights = RandomGenerator(seed: 10)
            block.updateParameters { _, value in
                value = Tensor<S>(converting: (weights.normal(value.shape) as Tensor<Float>) * 0.1)
            }
            var optimizer = Adam<S>(learningRate: 1e-2)
            let (_, gradients) = block.lossAndGradients(using: &random) { $0(Variable(x)).squared().mean() }
            optimizer.update(&block, along: gradients)
            return gradients.values.map { $0?.values.map(\.doubleValue) ?? [] }
                + block.parameters.map { $0.value.values.map(\.doubleValue) }
        }
        let expected = try #require(try Compute.with(kernels: "generic") { try values(Double.self) })
        guard let found = try Compute.with(kernels: kernels, { try values(Float.self) }) else { return }
        for (place, (one, other)) in zip(found, expected).enumerated() {
            let largest = other.reduce(0) { max($0, abs($1)) }
            let worst = zip(one, other).map { abs($0 - $1) }.max() ?? 0
            // Adam divides a gradient by its own size: near 0 that is no longer continuous, so weights get room.
            let bar = place < found.count / 2 ? 2e-6 : 1e-4
            #expect(worst <= bar * max(largest, 1e-3), "\(kernels), tensor \(place): \(worst) of \(largest)")
        }
    }
}
