import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Numbers from a fixed sequence (Knuth's MMIX generator), so that a failing case can be run again.
struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// `count` values of -1...1, multiples of 1/256 so that fp16 holds them exactly; `zeros` of 100 are 0.
    mutating func values(_ count: Int, zeros: UInt64 = 0) -> [Float] {
        (0..<count).map { _ in next() % 100 < zeros ? 0 : Float(Int(next() % 513) - 256) / 256 }
    }
}

/// One window operation on one image.
struct WindowCase: Sendable, CustomTestStringConvertible {
    var height: Int
    var width: Int
    var channels: Int
    var out: Int
    var kernel: Int
    var stride: Int
    var same: Bool
    var zeros: UInt64 = 0
    var batch = 1

    var testDescription: String {
        "\(batch)x\(height)x\(width)x\(channels) -> \(out), kernel \(kernel)/\(stride), \(same ? "SAME" : "VALID"), \(zeros) % zeros"
    }
}

/// Oracle of every test here: loops of the test itself in double precision, after TensorFlow's definitions.
/// Tolerance: rounding of a float32 sum of `depth` products of values up to 1, 1e-6 * sqrt(depth) + 1e-5 in all.
@Suite("Operators of .tflite against plain loops")
struct TFLiteKernelTests {
    private func run(_ writer: TFLiteWriter, _ inputs: [[Float]], threads: Int = 2) throws -> [Float] {
        let model = try TFLiteModel(bytes: writer.bytes(), threads: threads)
        for (index, values) in inputs.enumerated() {
            try #require(model.inputs[index].count == values.count)
            model.withInput(index) { span in for i in span.indices { span[i] = values[i] } }
        }
        try model.run()
        return try model.withOutput(named: "out") { span in span.indices.map { span[$0] } }
    }

    private func expect(_ actual: [Float], _ expected: [Double], depth: Int = 1) {
        #expect(actual.count == expected.count)
        let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst <= 1e-6 * Double(depth).squareRoot() + 1e-5, "largest difference \(worst)")
    }

    private func options(_ c: WindowCase, activation: UInt8) -> [Int: TFLiteWriter.Field] {
        [0: .byte(c.same ? 0 : 1), 1: .int(Int32(c.stride)), 2: .int(Int32(c.stride)), 3: .byte(activation)]
    }

    static let convolutions: [WindowCase] = {
        // Pointwise: every number of channels about the widths of vectors and panels, odd numbers of pixels.
        var cases = (1...33).map {
            WindowCase(height: 3, width: 5 + $0 % 4, channels: 1 + $0 % 11, out: $0, kernel: 1, stride: 1, same: true)
        }
        for out in [39, 40, 48, 64, 88, 96, 117] {
            cases.append(WindowCase(height: 7, width: 7, channels: 24, out: out, kernel: 1, stride: 1, same: true))
        }
        for (kernel, stride) in [(3, 1), (3, 2), (5, 2), (2, 1), (2, 2), (4, 3), (1, 2), (7, 1)] {
            for same in [true, false] {
                cases.append(
                    WindowCase(height: 11, width: 14, channels: 3, out: 24, kernel: kernel, stride: stride, same: same))
                // One result a pixel: the depthwise pass with a sum.
                cases.append(
                    WindowCase(height: 12, width: 19, channels: 8, out: 1, kernel: kernel, stride: stride, same: same))
                cases.append(
                    WindowCase(height: 7, width: 17, channels: 13, out: 2, kernel: kernel, stride: stride, same: same))
            }
        }
        // Sparse: several blocks of inputs, groups of outputs and sizes of pixel tiles.
        for (side, channels, out) in [
            (1, 20, 20), (7, 192, 70), (9, 100, 130), (14, 97, 33), (5, 480, 64), (17, 40, 200),
        ] {
            cases.append(
                WindowCase(
                    height: side, width: side, channels: channels, out: out, kernel: 1, stride: 1, same: true, zeros: 75
                ))
        }
        cases.append(
            WindowCase(height: 4, width: 4, channels: 30, out: 30, kernel: 1, stride: 1, same: true, zeros: 100))
        cases.append(WindowCase(height: 5, width: 6, channels: 9, out: 10, kernel: 3, stride: 1, same: true, batch: 3))
        cases.append(
            WindowCase(
                height: 5, width: 6, channels: 40, out: 30, kernel: 1, stride: 1, same: true, zeros: 80, batch: 3))
        return cases
    }()

    @Test("CONV_2D with RELU6", arguments: convolutions)
    func convolution(c: WindowCase) throws {
        var random = SeededNumbers(UInt64(c.out + 31 * c.kernel))
        let shape = [c.batch, c.height, c.width, c.channels], depth = c.kernel * c.kernel * c.channels
        let input = random.values(shape.reduce(1, *)), weights = random.values(c.out * depth, zeros: c.zeros)
        let bias = random.values(c.out)
        let plain = PlainLoops.convolution(
            .init(shape, input), weights: weights, bias: bias, kernel: c.kernel, stride: c.stride, same: c.same)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", shape)
        let w = writer.widened("w", [c.out, c.kernel, c.kernel, c.channels], weights)
        let b = writer.tensor("b", [c.out], .float32(bias)), y = writer.tensor("out", plain.shape)
        writer.add(3, [x, w, b], [y], options: options(c, activation: 3))
        (writer.inputs, writer.outputs) = ([x], [y])
        expect(try run(writer, [input]), plain.values.map { min(max($0, 0), 6) }, depth: depth)
    }

    static let depthwises: [WindowCase] = [(3, 1), (3, 2), (5, 1), (5, 2), (2, 1), (7, 2), (3, 3)].flatMap {
        kernel, stride in
        [(7, 7, 24), (8, 8, 40), (16, 33, 8), (9, 3, 16), (13, 10, 5), (7, 21, 13), (1, 1, 16), (2, 4, 64)]
            .flatMap { height, width, channels in
                [true, false].compactMap { same in
                    same || min(height, width) >= kernel
                        ? WindowCase(
                            height: height, width: width, channels: channels, out: channels, kernel: kernel,
                            stride: stride, same: same) : nil
                }
            }
    }

    @Test("DEPTHWISE_CONV_2D", arguments: depthwises)
    func depthwise(c: WindowCase) throws {
        var random = SeededNumbers(UInt64(c.channels + 131 * c.kernel))
        let shape = [1, c.height, c.width, c.channels]
        let input = random.values(shape.reduce(1, *)), bias = random.values(c.channels)
        let weights = random.values(c.kernel * c.kernel * c.channels)
        let plain = PlainLoops.depthwise(
            .init(shape, input), weights: weights, bias: bias, kernel: c.kernel, stride: c.stride, same: c.same)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", shape)
        let w = writer.widened("w", [1, c.kernel, c.kernel, c.channels], weights)
        let b = writer.tensor("b", [c.channels], .float32(bias)), y = writer.tensor("out", plain.shape)
        writer.add(
            4, [x, w, b], [y],
            options: [
                0: .byte(c.same ? 0 : 1), 1: .int(Int32(c.stride)), 2: .int(Int32(c.stride)), 3: .int(1), 4: .byte(1),
            ])
        (writer.inputs, writer.outputs) = ([x], [y])
        expect(try run(writer, [input]), plain.values.map { max($0, 0) }, depth: c.kernel * c.kernel)
    }

    @Test(
        "PAD, CONV_2D, ADD and PRELU are fused without changing the result", arguments: [8, 13, 24, 64],
        [0, 75] as [UInt64])
    func fused(channels: Int, zeros: UInt64) throws {
        var random = SeededNumbers(UInt64(channels))
        let shape = [1, 6, 7, channels]
        let input = random.values(shape.reduce(1, *))
        let spread = random.values(9 * channels), weights = random.values(channels * channels, zeros: zeros)
        let bias = random.values(channels), alpha = random.values(channels)
        var padded = PlainLoops.Image(zeros: [1, 8, 9, channels])
        let image = PlainLoops.Image(shape, input)
        for y in 0..<6 {
            for x in 0..<7 {
                for c in 0..<channels { padded.values[padded.index(0, y + 1, x + 1, c)] = image[0, y, x, c] }
            }
        }
        let middle = PlainLoops.depthwise(padded, weights: spread, bias: bias, kernel: 3, stride: 1, same: false)
        let mixed = PlainLoops.convolution(middle, weights: weights, bias: bias, kernel: 1, stride: 1, same: true)
        let expected = zip(mixed.values, image.values).enumerated().map { index, pair in
            let sum = pair.0 + pair.1
            return sum > 0 ? sum : sum * Double(alpha[index % channels])
        }
        var writer = TFLiteWriter()
        let x = writer.tensor("in", shape), amounts = writer.tensor("pads", [4, 2], .int32([0, 0, 1, 1, 1, 1, 0, 0]))
        let wide = writer.tensor("wide", padded.shape),
            spreadWeights = writer.widened("dw", [1, 3, 3, channels], spread)
        let b = writer.tensor("b", [channels], .float32(bias)), m = writer.tensor("middle", shape)
        let w = writer.widened("w", [channels, 1, 1, channels], weights), mixedTensor = writer.tensor("mixed", shape)
        let sum = writer.tensor("sum", shape), slopes = writer.tensor("alpha", [1, 1, channels], .float32(alpha))
        let y = writer.tensor("out", shape)
        writer.add(34, [x, amounts], [wide])
        writer.add(4, [wide, spreadWeights, b], [m], options: [0: .byte(1), 1: .int(1), 2: .int(1), 3: .int(1)])
        writer.add(3, [m, w, b], [mixedTensor], options: [0: .byte(0), 1: .int(1), 2: .int(1)])
        writer.add(0, [x, mixedTensor], [sum])
        writer.add(54, [sum, slopes], [y])
        (writer.inputs, writer.outputs) = ([x], [y])
        // Depthwise results reach about 9, and their products sum to about 9 * channels.
        let actual = try run(writer, [input])
        let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst <= 1e-6 * 9 * Double(channels), "largest difference \(worst)")
    }

    @Test(
        "RESIZE_BILINEAR, also in front of a pointwise convolution",
        arguments: [(4, 5, 8, 10, 8), (7, 7, 14, 14, 5), (3, 4, 7, 9, 16), (6, 6, 3, 4, 3), (1, 1, 2, 2, 24)], 0..<3)
    func resize(sizes: (Int, Int, Int, Int, Int), mode: Int) throws {
        let (height, width, outHeight, outWidth, channels) = sizes
        var random = SeededNumbers(UInt64(height * 7 + mode))
        let shape = [1, height, width, channels], outShape = [1, outHeight, outWidth, channels]
        let input = random.values(shape.reduce(1, *)), weights = random.values(6 * channels), bias = random.values(6)
        let plain = PlainLoops.resize(
            .init(shape, input), height: outHeight, width: outWidth, half: mode == 1, corners: mode == 2)
        for convolves in [false, true] {
            var writer = TFLiteWriter()
            let x = writer.tensor("in", shape)
            let size = writer.tensor("size", [2], .int32([Int32(outHeight), Int32(outWidth)]))
            let y = writer.tensor(convolves ? "large" : "out", outShape)
            writer.add(23, [x, size], [y], options: [2: .byte(mode == 2 ? 1 : 0), 3: .byte(mode == 1 ? 1 : 0)])
            (writer.inputs, writer.outputs) = ([x], [y])
            guard convolves else {
                expect(try run(writer, [input]), plain.values)
                continue
            }
            let w = writer.widened("w", [6, 1, 1, channels], weights), b = writer.tensor("b", [6], .float32(bias))
            let z = writer.tensor("out", [1, outHeight, outWidth, 6])
            writer.add(3, [y, w, b], [z], options: [0: .byte(0), 1: .int(1), 2: .int(1), 3: .byte(1)])
            writer.outputs = [z]
            let mixed = PlainLoops.convolution(plain, weights: weights, bias: bias, kernel: 1, stride: 1, same: true)
            expect(try run(writer, [input]), mixed.values.map { max($0, 0) }, depth: channels)
        }
    }

    @Test("MAX_POOL_2D and AVERAGE_POOL_2D", arguments: [(2, 2), (3, 1), (3, 2), (5, 5)], [true, false])
    func pools(window: (Int, Int), same: Bool) throws {
        for (code, largest) in [(17, true), (1, false)] {
            for channels in [3, 8, 29] {
                var random = SeededNumbers(UInt64(channels))
                let shape = [1, 7, 10, channels]
                let input = random.values(shape.reduce(1, *))
                let plain = PlainLoops.pool(
                    .init(shape, input), kernel: window.0, stride: window.1, same: same, largest: largest)
                var writer = TFLiteWriter()
                let x = writer.tensor("in", shape), y = writer.tensor("out", plain.shape)
                writer.add(
                    code, [x], [y],
                    options: [
                        0: .byte(same ? 0 : 1), 1: .int(Int32(window.1)), 2: .int(Int32(window.1)),
                        3: .int(Int32(window.0)), 4: .int(Int32(window.0)),
                    ])
                (writer.inputs, writer.outputs) = ([x], [y])
                expect(try run(writer, [input]), plain.values)
            }
        }
    }

    /// A formula on each value.
    struct Formula: Sendable, CustomTestStringConvertible {
        var code: Int
        var testDescription: String
        var body: @Sendable (Double) -> Double
    }

    @Test(
        "Activations",
        arguments: [
            Formula(code: 14, testDescription: "LOGISTIC") { 1 / (1 + exp(-$0)) },
            Formula(code: 19, testDescription: "RELU") { max($0, 0) },
            Formula(code: 21, testDescription: "RELU6") { min(max($0, 0), 6) },
            Formula(code: 117, testDescription: "HARD_SWISH") { $0 * min(max($0 + 3, 0), 6) / 6 },
        ])
    func activations(formula: Formula) throws {
        var random = SeededNumbers(9)
        let input = random.values(5 * 37).map { $0 * 10 }
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [5, 37]), y = writer.tensor("out", [5, 37])
        writer.add(formula.code, [x], [y])
        (writer.inputs, writer.outputs) = ([x], [y])
        expect(try run(writer, [input]), input.map { formula.body(Double($0)) })
    }

    @Test(
        "ADD and MUL repeat the smaller operand", arguments: [[1, 4, 5, 11], [1, 1, 1, 11], [1], [5, 11]], [0, 18])
    func broadcast(small: [Int], code: Int) throws {
        var random = SeededNumbers(UInt64(small.count))
        let large = [1, 4, 5, 11], count = small.reduce(1, *)
        let a = random.values(220), b = random.values(count)
        var writer = TFLiteWriter()
        let x = writer.tensor("a", large), z = writer.tensor("b", small), y = writer.tensor("out", large)
        writer.add(code, [z, x], [y])
        (writer.inputs, writer.outputs) = ([x, z], [y])
        let expected = a.enumerated().map { index, value in
            code == 0 ? Double(value) + Double(b[index % count]) : Double(value) * Double(b[index % count])
        }
        expect(try run(writer, [a, b]), expected)
    }

    @Test("FULLY_CONNECTED, MEAN, RESHAPE, CONCATENATION, STRIDED_SLICE and DEPTH_TO_SPACE")
    func shapes() throws {
        var random = SeededNumbers(77)
        let input = random.values(4 * 6 * 8), weights = random.values(5 * 2), bias = random.values(5)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 4, 6, 8])
        let deep = writer.tensor("deep", [1, 8, 12, 2])
        writer.add(5, [x], [deep], options: [0: .int(2)])
        let axes = writer.tensor("axes", [2], .int32([1, 2])), mean = writer.tensor("mean", [1, 2])
        writer.add(40, [deep, axes], [mean], options: [0: .byte(0)])
        let w = writer.widened("w", [5, 2], weights), b = writer.tensor("b", [5], .float32(bias))
        let full = writer.tensor("full", [1, 5])
        writer.add(9, [mean, w, b], [full])
        let begin = writer.tensor("begin", [4], .int32([0, 1, 2, 0])),
            end = writer.tensor("end", [4], .int32([1, 3, -1, 0]))
        let steps = writer.tensor("steps", [4], .int32([1, 1, 1, 1]))
        let slice = writer.tensor("slice", [1, 2, 9, 2])
        writer.add(45, [deep, begin, end, steps], [slice], options: [0: .int(0), 1: .int(8)])
        let flat = writer.tensor("flat", [1, 36]), target = writer.tensor("target", [2], .int32([1, 36]))
        writer.add(22, [slice, target], [flat])
        let y = writer.tensor("out", [1, 41])
        writer.add(2, [flat, full], [y], options: [0: .int(-1)])
        (writer.inputs, writer.outputs) = ([x], [y])

        func deepValue(_ y: Int, _ x: Int, _ c: Int) -> Double {
            Double(input[((y / 2) * 6 + x / 2) * 8 + ((y % 2) * 2 + x % 2) * 2 + c])
        }
        var expected: [Double] = []
        for y in 1..<3 { for x in 2..<11 { for c in 0..<2 { expected.append(deepValue(y, x, c)) } } }
        let means = (0..<2).map { c in
            (0..<8).flatMap { y in (0..<12).map { x in deepValue(y, x, c) } }.reduce(0, +) / 96
        }
        for o in 0..<5 {
            expected.append(Double(bias[o]) + means[0] * Double(weights[2 * o]) + means[1] * Double(weights[2 * o + 1]))
        }
        expect(try run(writer, [input]), expected)
    }

    @Test("Sparse constants with index lists of 32, 16 and 8 bits", arguments: [1, 2, 3] as [UInt8])
    func sparseConstants(indexType: UInt8) throws {
        var random = SeededNumbers(UInt64(indexType))
        let weights = random.values(32 * 48, zeros: 70), input = random.values(6 * 48)
        let bias = random.values(32)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 2, 3, 48])
        let stored = writer.tensor("stored", [32, 1, 1, 48], .sparse(weights, indexType: indexType))
        let dense = writer.tensor("dense", [32, 1, 1, 48]), w = writer.tensor("w", [32, 1, 1, 48])
        writer.add(124, [stored], [dense])
        writer.add(6, [dense], [w])
        let b = writer.tensor("b", [32], .float32(bias)), y = writer.tensor("out", [1, 2, 3, 32])
        writer.add(3, [x, w, b], [y], options: [0: .byte(0), 1: .int(1), 2: .int(1)])
        (writer.inputs, writer.outputs) = ([x], [y])
        let plain = PlainLoops.convolution(
            .init([1, 2, 3, 48], input), weights: weights, bias: bias, kernel: 1, stride: 1, same: true)
        expect(try run(writer, [input]), plain.values, depth: 48)
    }
}
