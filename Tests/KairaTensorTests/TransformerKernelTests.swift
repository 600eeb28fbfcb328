import Foundation
import KairaTensor
import Testing

/// A linear layer on the kernels of one instruction set in one type.
struct ProductCase: Sendable, CustomTestStringConvertible {
    var kernels: TransformerKernels
    var type: TransformerKernels.NumberType
    var rows: Int
    var depth: Int
    var columns: Int
    var activation: TransformerBuilder.Activation

    var testDescription: String { "\(kernels.name) \(type) \(rows) x \(depth) x \(columns) \(activation)" }

    /// Shapes around the sizes of register tiles and words, and one of several pieces of work.
    static let all = TransformerKernels.all.flatMap { kernels in
        TransformerKernels.NumberType.allCases.flatMap { type in
            [
                (1, 1, 1, .none), (5, 3, 17, .gelu), (12, 16, 32, .relu), (13, 33, 31, .none), (25, 100, 70, .gelu),
                (33, 64, 64, .none), (48, 192, 40, .none), (200, 130, 97, .relu),
            ].map { (shape: (Int, Int, Int, TransformerBuilder.Activation)) in
                ProductCase(
                    kernels: kernels, type: type, rows: shape.0, depth: shape.1, columns: shape.2, activation: shape.3)
            }
        }
    }
}

/// Oracle of every test here: loops of the test itself in double precision, after the definitions.
@Suite("Transformer kernels against plain loops")
struct TransformerKernelTests {
    private func fill(_ rows: TokenRows, batch: Int = 1, _ values: [Float]) {
        for image in 0..<batch {
            for group in 0..<rows.groups {
                for row in 0..<rows.rows {
                    let to = unsafe (rows.base + image * rows.batch + group * rows.group + row * rows.row)
                        .assumingMemoryBound(to: Float.self)
                    for column in 0..<rows.columns {
                        let index = ((image * rows.groups + group) * rows.rows + row) * rows.columns + column
                        unsafe to[column] = values[index]
                    }
                }
            }
        }
    }

    private func read(_ rows: TokenRows, batch: Int = 1) -> [Float] {
        (0..<batch).flatMap { image in
            (0..<rows.groups).flatMap { group in
                (0..<rows.rows).flatMap { row in
                    let from = unsafe (rows.base + image * rows.batch + group * rows.group + row * rows.row)
                        .assumingMemoryBound(to: Float.self)
                    return (0..<rows.columns).map { unsafe from[$0] }
                }
            }
        }
    }

    private func worst(_ actual: [Float], _ expected: [Double]) -> Double {
        guard actual.count == expected.count, actual.allSatisfy(\.isFinite) else { return .infinity }
        return zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? 0
    }

    private func gelu(_ x: Double) -> Double { x * (1 + erf(x / 2.0.squareRoot())) / 2 }

    /// To the nearest number of 8 bits, ties to even.
    private func rounded(_ value: Float) -> Double {
        if value == 0 { return 0 }
        let step = Float(sign: .plus, exponent: value.exponent - 7, significand: 1)
        return Double((value / step).rounded(.toNearestOrEven) * step)
    }

    /// What the type keeps of the operands: itself; 8 bits; 255 steps between a row's least and largest value, and 127
    /// steps up to a weight row's largest, or largest sum of two neighbours where the kernels add pairs in 16 bits.
    private func kept(
        _ values: [Float], row: Int, _ type: TransformerKernels.NumberType, weights: Bool, kernels: TransformerKernels
    ) -> [Double] {
        switch type {
        case .float32: return values.map(Double.init)
        case .bfloat16: return values.map(rounded)
        case .int8:
            var result: [Double] = []
            for start in stride(from: 0, to: values.count, by: row) {
                let part = values[start..<start + row].map(Double.init)
                let low = weights ? 0 : part.min() ?? 0, high = part.max() ?? 0
                let sums = kernels.addsPairs ? stride(from: 1, to: row, by: 2).map { abs(part[$0 - 1] + part[$0]) } : []
                let step = weights ? (part.map(abs) + sums).max().map { $0 / 127 } ?? 0 : (high - low) / 255
                result += part.map { step == 0 ? low : low + (($0 - low) / step).rounded(.toNearestOrEven) * step }
            }
            return result
        }
    }

    /// Tolerance: rounding of sums (1e-5 for values of about 1) and GELU's polynomial, 1e-6 or 5e-5; in int8 besides one
    /// step of one activation, where float and double fall to different sides of a half.
    @Test("products with bias, activation and residual", arguments: ProductCase.all)
    func products(test: ProductCase) throws {
        var numbers = SeededNumbers(UInt64(test.rows * 31 + test.depth * 7 + test.columns))
        let input = numbers.values(test.rows * test.depth)
        var weight = numbers.values(test.columns * test.depth)
        let bias = numbers.values(test.columns), residual = numbers.values(test.rows * test.columns)
        if test.type == .int8 {
            // Off the grid of `values`, on which many weights lie halfway between two steps of a sum of two.
            for (index, shift) in numbers.values(weight.count).enumerated() {
                weight[index] = weight[index] * 0.99 + shift / 1021
            }
        }
        for threads in [1, 2] {
            var builder = try TransformerBuilder(kernels: test.kernels, batch: 1, threads: threads)
            let source = try builder.rows(rows: test.rows, columns: test.depth)
            let result = try builder.rows(rows: test.rows, columns: test.columns)
            fill(source, input)
            fill(result, residual)
            try builder.linear(
                try builder.converted(source, to: test.type),
                LinearWeights(outputs: test.columns, inputs: test.depth, weight: weight, bias: bias),
                activation: test.activation, residual: result, to: result)
            try TransformerProgram(builder).run()

            let a = kept(input, row: test.depth, test.type, weights: false, kernels: test.kernels)
            let b = kept(weight, row: test.depth, test.type, weights: true, kernels: test.kernels)
            let expected = (0..<test.rows * test.columns).map { index in
                let (row, column) = (index / test.columns, index % test.columns)
                var sum = Double(bias[column])
                for k in 0..<test.depth { sum += a[row * test.depth + k] * b[column * test.depth + k] }
                switch test.activation {
                case .none: break
                case .relu: sum = max(sum, 0)
                case .gelu: sum = gelu(sum)
                }
                return sum + Double(residual[index])
            }
            let tolerance = test.type == .float32 ? 1e-5 : test.type == .bfloat16 ? 1e-4 : 1e-4 + 2 / 255.0
            let difference = worst(read(result), expected)
            #expect(difference <= tolerance, "differs by \(difference) on \(threads) threads")
        }
    }

    /// The largest sums that int8 operands can have: weights of one sign, activations of 0 and 255 only. Oracle: counting,
    /// since the type keeps these numbers as they are.
    @Test("sums of the largest operands are exact", arguments: TransformerKernels.all.map(\.name)) func largest(
        name: String
    ) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        let rows = 7, depth = 66, columns = 21
        // Every weight of a row is alike, so its step is the same share of each.
        let weight = (0..<columns * depth).map { $0 / depth % 2 == 0 ? Float(1) : -1 }
        let input = (0..<rows * depth).map { $0 % depth <= $0 / depth ? Float(0) : 1 }
        var builder = try TransformerBuilder(kernels: kernels, batch: 1, threads: 1)
        let source = try builder.rows(rows: rows, columns: depth)
        let result = try builder.rows(rows: rows, columns: columns)
        fill(source, input)
        try builder.linear(
            try builder.converted(source, to: .int8), LinearWeights(outputs: columns, inputs: depth, weight: weight),
            to: result)
        try TransformerProgram(builder).run()
        // A step of 2/127 keeps 1 as 63 or 64 steps: 1 % off at most, the same for every sum.
        let unit = kernels.addsPairs ? (63.5).rounded(.toNearestOrEven) * 2 / 127 : 1
        let expected = (0..<rows * columns).map { index in
            Double(depth - index / columns - 1) * (index % columns % 2 == 0 ? unit : -unit)
        }
        #expect(worst(read(result), expected) <= 1e-4)
    }

    /// Rows are read and written in whole tiles, but what one holds must never reach another. Oracle: the loops, and NaN
    /// times anything is NaN.
    @Test("a row that holds no numbers leaves the others alone", arguments: ProductCase.all)
    func strange(test: ProductCase) throws {
        guard test.rows > 1, test.type != .int8 else { return }
        var numbers = SeededNumbers(UInt64(test.rows + test.depth))
        var input = numbers.values(test.rows * test.depth)
        let weight = numbers.values(test.columns * test.depth)
        let row = test.rows / 2
        input.replaceSubrange(
            row * test.depth..<(row + 1) * test.depth, with: repeatElement(Float.nan, count: test.depth))
        var builder = try TransformerBuilder(kernels: test.kernels, batch: 1, threads: 2)
        let source = try builder.rows(rows: test.rows, columns: test.depth)
        let result = try builder.rows(rows: test.rows, columns: test.columns)
        fill(source, input)
        try builder.linear(
            try builder.converted(source, to: test.type),
            LinearWeights(outputs: test.columns, inputs: test.depth, weight: weight), to: result)
        try TransformerProgram(builder).run()
        let found = read(result)
        for index in found.indices { #expect(found[index].isNaN == (index / test.columns == row)) }
    }

    /// Tolerance: float32 rounding of sums of up to 400 values of about 1.
    @Test("layer norm", arguments: TransformerKernels.all.map(\.name), [1, 7, 16, 48, 100, 384])
    func norm(name: String, columns: Int) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        let rows = 19
        var numbers = SeededNumbers(UInt64(columns))
        let input = numbers.values(rows * columns).map { $0 * 3 + 5 }
        let scale = numbers.values(columns), shift = numbers.values(columns)
        for relu in [false, true] {
            var builder = try TransformerBuilder(kernels: kernels, batch: 1, threads: 2)
            let source = try builder.rows(rows: rows, columns: columns)
            let result = try builder.rows(rows: rows, columns: columns)
            fill(source, input)
            try builder.norm(source, NormWeights(scale: scale, shift: shift, epsilon: 1e-3), to: result, relu: relu)
            try TransformerProgram(builder).run()
            let expected = (0..<rows).flatMap { row in
                let x = input[row * columns..<(row + 1) * columns].map(Double.init)
                let mean = x.reduce(0, +) / Double(columns)
                let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
                return (0..<columns).map { column in
                    let value =
                        (x[column] - mean) / (variance + 1e-3).squareRoot() * Double(scale[column])
                        + Double(shift[column])
                    return relu ? max(value, 0) : value
                }
            }
            #expect(worst(read(result), expected) <= 2e-5)
        }
    }

    /// Oracle: rounding to 8 bits, by the definition; a second conversion changes nothing.
    @Test("conversion to bfloat16 and back", arguments: TransformerKernels.all.map(\.name), [1, 7, 16, 50, 384])
    func conversion(name: String, columns: Int) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        var numbers = SeededNumbers(UInt64(columns))
        let input = numbers.values(19 * columns)
        var builder = try TransformerBuilder(kernels: kernels, batch: 1, threads: 2)
        let source = try builder.rows(rows: 19, columns: columns)
        fill(source, input)
        let result = try builder.converted(try builder.converted(source, to: .bfloat16), to: .float32)
        try TransformerProgram(builder).run()
        #expect(read(result).map(Double.init) == input.map(rounded))
    }

    /// Tolerance: float32 rounding; with bfloat16 queries, keys, values and weights, four roundings of 2^-9 each.
    @Test(
        "attention", arguments: TransformerKernels.all.map(\.name),
        [(1, 1, 8), (7, 2, 5), (13, 3, 12), (33, 2, 32), (50, 1, 80), (192, 2, 64)])
    func attention(name: String, shape: (Int, Int, Int)) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        let (tokens, heads, width) = shape, columns = heads * width, batch = 2
        var numbers = SeededNumbers(UInt64(tokens * 1000 + width))
        let qkv = numbers.values(batch * tokens * 3 * columns)
        let mask = (0..<batch * tokens).map { $0 % 5 == 3 && $0 % tokens > 0 ? Float(-1e4) : 0 }
        for masked in [false, true] {
            for halves in [false, true] where !halves || kernels.hasHalfAttention && width % 2 == 0 {
                var builder = try TransformerBuilder(kernels: kernels, batch: batch, threads: 2)
                let source = try builder.rows(rows: tokens, columns: 3 * columns)
                let result = try builder.rows(rows: tokens, columns: columns)
                fill(source, batch: batch, qkv)
                let place = unsafe try builder.arena.floats(mask, padded: mask.count)
                let input = try builder.converted(source, to: halves ? .bfloat16 : .float32)
                unsafe builder.attention(input, heads: heads, mask: masked ? UnsafePointer(place) : nil, to: result)
                try TransformerProgram(builder).run(images: batch)
                var expected: [Double] = []
                for image in 0..<batch {
                    for token in 0..<tokens {
                        for head in 0..<heads {
                            func value(_ token: Int, _ part: Int, _ k: Int) -> Double {
                                Double(qkv[((image * tokens + token) * 3 + part) * columns + head * width + k])
                            }
                            let scores = (0..<tokens).map { key in
                                (0..<width).reduce(0.0) { $0 + value(token, 0, $1) * value(key, 1, $1) }
                                    + (masked ? Double(mask[image * tokens + key]) : 0)
                            }
                            let most = scores.max() ?? 0, weights = scores.map { exp2($0 - most) }
                            let sum = weights.reduce(0, +)
                            for k in 0..<width {
                                expected.append((0..<tokens).reduce(0) { $0 + weights[$1] * value($1, 2, k) } / sum)
                            }
                        }
                    }
                }
                let difference = worst(read(result, batch: batch), expected)
                #expect(difference <= (halves ? 0.03 : 1e-5), "differs by \(difference), halves \(halves)")
            }
        }
    }

    /// Oracle: erf of the C library. Tolerance: what the polynomial promises.
    @Test("GELU over its range", arguments: TransformerKernels.all.map(\.name))
    func geluRange(name: String) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        let input = (0..<4001).map { Float($0 - 2000) / 200 }
        var builder = try TransformerBuilder(kernels: kernels, batch: 1, threads: 1)
        let source = try builder.rows(rows: input.count, columns: 1)
        let result = try builder.rows(rows: input.count, columns: 1)
        fill(source, input)
        try builder.linear(
            source, LinearWeights(outputs: 1, inputs: 1, weight: [1]), activation: .gelu, to: result)
        try TransformerProgram(builder).run()
        let difference = worst(read(result), input.map { gelu(Double($0)) })
        #expect(difference <= 1.2e-6, "differs by \(difference)")
    }
}
