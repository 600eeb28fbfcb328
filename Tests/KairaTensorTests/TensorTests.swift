import KairaTensor
import Testing

@Suite struct TensorTests {
    static let a = Tensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])

    /// Oracle: by hand.
    @Test("views show the same elements in another order")
    func views() {
        let a = Self.a
        #expect(a.transposed().values == [1, 4, 2, 5, 3, 6])
        #expect(a.slice(axis: 1, 1..<3).values == [2, 3, 5, 6])
        #expect(a.slice(axis: 1, 1..<3).transposed().reshaped([4]).values == [2, 5, 3, 6])
        #expect(a[row: 1].values == [4, 5, 6])
        #expect(a.reshaped([3, -1]).shape == [3, 2])
        #expect(a.expanded(axis: 1).broadcast(to: [2, 2, 3]).values == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
        #expect(a.permuted([1, 0])[2, 1] == 6)
        #expect(a.rows([1, 0, 1]).values == [4, 5, 6, 1, 2, 3, 4, 5, 6])
        #expect(Tensor.concatenated([a, a.slice(axis: 1, 0..<1)], axis: 1).values == [1, 2, 3, 1, 4, 5, 6, 4])
        #expect(Tensor.stacked([a[row: 0], a[row: 1]]) == a)
        for view in [a.transposed(), a.slice(axis: 0, 1..<2), a[row: 0]] { #expect(view.storage === a.storage) }
    }

    @Test("writing to a copy or a view leaves the other alone")
    func copyOnWrite() {
        var copy = Self.a
        copy[0, 0] = 9
        #expect(Self.a[0, 0] == 1 && copy.values == [9, 2, 3, 4, 5, 6])
        var view = copy.transposed()
        view[0, 1] = 7
        #expect(copy[1, 0] == 4 && view.values == [9, 7, 2, 5, 3, 6])
        var own = Tensor<Double>(zeros: [3])
        let storage = ObjectIdentifier(own.storage)
        own += [1, 2, 3]
        own[1] = 5
        #expect(ObjectIdentifier(own.storage) == storage, "a tensor of one owner is changed in place")
        #expect(own == [1, 5, 3])
    }

    /// Oracle: by hand.
    @Test("arithmetic broadcasts")
    func broadcasting() {
        let a = Self.a, column = Tensor<Double>([10, 20], shape: [2, 1])
        #expect((a + [1, 0, -1]).values == [2, 2, 2, 5, 5, 5])
        #expect((a * column).values == [10, 20, 30, 80, 100, 120])
        #expect((column - [1, 2, 3]).values == [9, 8, 7, 19, 18, 17])
        #expect((1 / Tensor<Double>([2, 4])).values == [0.5, 0.25])
        #expect((a.transposed() + a.reshaped([3, 2])).values == [2, 6, 5, 9, 8, 12])
        #expect(Tensor.select([1, 0, 1], a, Tensor(0)).values == [1, 0, 3, 4, 0, 6])
        #expect((Tensor<Double>(zeros: [2, 0]) + [1]).shape == [2, 0], "empty tensors too")
    }

    /// Oracle: by hand; sums of squares in closed form n(n + 1)(2n + 1)/6.
    @Test("reductions")
    func reductions() {
        let a = Self.a
        #expect(a.sum().scalar == 21 && a.sum(axes: [0]).values == [5, 7, 9] && a.sum(axes: [1]).values == [6, 15])
        #expect(a.mean(axes: [-1], keepDims: true).shape == [2, 1])
        #expect(a.max().scalar == 6 && a.min(axes: [0]).values == [1, 2, 3])
        #expect(a.variance(axes: [1]).values == [2.0 / 3, 2.0 / 3])
        #expect(a.argMax() == [2, 2] && a.argMax(axis: 0) == [1, 1, 1])
        let cube = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])
        #expect(cube.sum(axes: [0, 2]).values == [60, 92, 124])
        let n = 100_003
        let long = Tensor((1...n).map(Double.init), shape: [n])
        #expect(long.squaredNorm() == Double(n * (n + 1) * (2 * n + 1) / 6))
        #expect(long.sum().scalar == Double(n * (n + 1) / 2))
        let tall = Tensor((0..<1000 * 70).map { Float($0 / 70) }, shape: [1000, 70])
        #expect(tall.sum(axes: [0]).values == [Float](repeating: 499_500, count: 70))
        #expect(Tensor<Float>([1, .nan, 3]).max().scalar.isNaN && Tensor<Float>([1, .nan, 3]).argMax() == [1])
    }

    /// Oracle: plain loops in double precision. Shapes meet every edge of the register tiles; numbers are small whole
    /// ones, so that no order of sums rounds.
    @Test(
        "matrix products of all shapes and orders",
        arguments: [
            (1, 1, 1), (3, 5, 2), (12, 32, 7), (13, 33, 256), (25, 31, 257), (70, 300, 3), (5, 4, 1100), (200, 17, 520),
        ])
    func products(m: Int, n: Int, k: Int) {
        var generator = RandomGenerator(seed: UInt64(m * n * k))
        func whole(_ shape: [Int]) -> [Double] {
            (0..<shape.reduce(1, *)).map { _ in Double(generator.below(7) - 3) }
        }
        let a = whole([m, k]), b = whole([k, n])
        var expected = [Double](repeating: 0, count: m * n)
        for i in 0..<m { for x in 0..<k { for j in 0..<n { expected[i * n + j] += a[i * k + x] * b[x * n + j] } } }
        func turned(_ x: [Double], _ rows: Int, _ columns: Int) -> [Double] {
            (0..<rows * columns).map { x[$0 % rows * columns + $0 / rows] }
        }
        let lefts = [Tensor(a, shape: [m, k]), Tensor(turned(a, m, k), shape: [k, m]).transposed()]
        let rights = [Tensor(b, shape: [k, n]), Tensor(turned(b, k, n), shape: [n, k]).transposed()]
        for left in lefts {
            for right in rights {
                #expect(left.matmul(right).values == expected)
                let single = Tensor<Float>(converting: left).matmul(Tensor<Float>(converting: right))
                #expect(single.values == expected.map { Float($0) })
            }
        }
        let square = whole([2, 3, m, k])
        let batches = Tensor(square, shape: [2, 3, m, k]).matmul(Tensor(b, shape: [k, n]))
        let last = Tensor(Array(square.suffix(m * k)), shape: [m, k]).matmul(Tensor(b, shape: [k, n]))
        #expect(batches[row: 1][row: 2] == last)
    }

    @Test("results have the same bits on any number of threads")
    func threads() {
        var generator = RandomGenerator(seed: 3)
        let a: Tensor<Float> = generator.normal([300, 700]), b: Tensor<Float> = generator.normal([700, 500])
        let x: Tensor<Float> = generator.normal([20, 3, 15, 18]), w: Tensor<Float> = generator.normal([8, 3, 3, 3])
        func all() -> [[Float]] {
            let window = WindowShape(kernel: 3, padding: 1), y = x.conv2d(w, window: window)
            return [
                a.matmul(b).values, b.transposed().matmul(a.transposed()).values, a.sum(axes: [0]).values,
                a.softmax().values, a.gelu().values, [a.squaredNorm()], y.values, a.layerNorm().values,
                Tensor.conv2dWeightSlope(x, y, weights: w.shape, window: window, groups: 1).values,
                Tensor.conv2dInputSlope(w, y, picture: x.shape, window: window, groups: 1).values,
            ]
        }
        let before = Compute.threads
        defer { Compute.threads = before }
        Compute.threads = 1
        let one = all()
        for count in [2, 3, 7] {
            Compute.threads = count
            #expect(all() == one)
        }
    }

    /// Oracle: the closed forms at the ends of the number range.
    @Test("functions hold at the ends of the range")
    func extremes() {
        let x: Tensor<Float> = [-.infinity, -1000, -88, 0, 88, 1000, .infinity]
        let powers = x.exp().values
        #expect([powers[0], powers[1], powers[3], powers[5], powers[6]] == [0, 0, 1, .infinity, .infinity])
        #expect(abs(powers[2] - 6.0546e-39) < 1e-42 && abs(powers[4] - 1.6516e38) < 1e34)
        #expect(x.sigmoid().values.first == 0 && x.sigmoid().values.last == 1 && x.sigmoid()[3] == 0.5)
        #expect(x.tanh().values.first == -1 && x.tanh().values.last == 1 && x.tanh()[3] == 0)
        #expect(x.relu().values == [0, 0, 0, 0, 88, 1000, .infinity])
        #expect(Tensor<Float>([0, 1, .infinity, -1]).log().values.prefix(3) == [-.infinity, 0, .infinity])
        #expect(Tensor<Float>([-1]).log().scalar.isNaN && Tensor<Float>([.nan]).exp().scalar.isNaN)
        #expect(Tensor<Float>([.nan]).relu().scalar.isNaN && Tensor<Float>([.nan]).tanh().scalar.isNaN)
        #expect(Tensor<Float>([1000, 1000]).softmax().values == [0.5, 0.5])
        #expect(!Tensor<Float>([1, .infinity]).isFinite && Tensor<Float>([1, 2]).isFinite)
        #expect(Tensor<Float>([-0.5, 0, 0.5]).step().values == [0, 1, 1])
    }

    /// Oracle: known answers of Random123's kat_vectors for philox4x32-10.
    @Test("Philox gives its authors' known answers")
    func philox() {
        var zero = RandomGenerator(seed: 0)
        #expect(zero.words(4) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        #expect(
            RandomGenerator.block(seed: .max, stream: .max, counter: .max)
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            RandomGenerator.block(
                seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e, counter: 0x85a3_08d3_243f_6a88)
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test("random numbers: order does not matter, ranges hold, moments are right")
    func random() {
        var a = RandomGenerator(seed: 5), b = RandomGenerator(seed: 5)
        #expect(a.words(7) + a.words(6) == b.words(13))
        #expect(a == b && a != RandomGenerator(seed: 5))
        #expect(a.fork(1).stream == 1)
        let uniform: Tensor<Float> = a.uniform([10_000], in: -2..<3)
        #expect(uniform.min().scalar >= -2 && uniform.max().scalar < 3 && abs(uniform.mean().scalar - 0.5) < 0.06)
        let normal: Tensor<Double> = a.normal([20_000], mean: 1, standardDeviation: 2)
        #expect(abs(normal.mean().scalar - 1) < 0.06 && abs(normal.variance().scalar - 4) < 0.2)
        #expect(a.permutation(100).sorted() == Array(0..<100))
        #expect(Set((0..<200).map { _ in a.below(3) }) == [0, 1, 2])
    }

    @Test("files: npy and safetensors give the same tensor again")
    func files() throws {
        let a = Tensor<Float>([1, -2.5, .pi, 4, 5, 6], shape: [3, 2])
        #expect(try Tensor<Float>(npy: a.npy()) == a)
        #expect(try Tensor<Float>(npy: a.transposed().npy()) == a.transposed())
        #expect(try Tensor<Double>(npy: a.npy()) == Tensor<Double>(converting: a))
        var writer = SafetensorsWriter()
        writer.metadata = ["a \"quoted\"\n": "b"]
        writer.add("x/1", a.array)
        writer.add("y", Tensor<BFloat16>(converting: a).array)
        let file = try WeightFile(bytes: writer.bytes())
        #expect(try Tensor<Float>(file.tensor("x/1")) == a)
        #expect(try Tensor<BFloat16>(file.tensor("y")) == Tensor<BFloat16>(converting: a))
        #expect(file.metadata == writer.metadata)
    }

    /// Oracle: IEEE 754 and the definition of bfloat16, ties to even.
    @Test("conversions round to nearest")
    func conversions() {
        #expect(
            Tensor<BFloat16>(converting: Tensor<Float>([1.00390625, 1.01171875])).values.map(\.floatValue) == [
                1, 1.015625,
            ])
        #expect(Tensor<Float16>(converting: Tensor<Float>([65519, 1e9])).values == [65504, .infinity])
        #expect(Tensor<UInt8>(converting: Tensor<Float>([-3, 2.9, 300, .nan])).values == [0, 2, 255, 0])
        #expect(Tensor<Float>(converting: Tensor<UInt8>([0, 255])).values == [0, 255])
    }

    @Test("shapes that do not fit stop the program with both of them")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            _ = Tensor<Float>(zeros: [2, 3]).matmul(Tensor(zeros: [4, 5]))
        }
        await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2]) + Tensor<Float>([1, 2, 3]) }
        await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2])[2] }
    }
}
