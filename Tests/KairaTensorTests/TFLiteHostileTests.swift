import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Small networks that between them use every part of the reader; also the seeds of the fuzz target.
enum SmallNetworks {
    static let all: [(name: String, bytes: [UInt8])] = [
        ("windows", windows()), ("sparse", sparse()), ("shapes", shapes()),
    ]

    /// Padding, convolutions, pools, activations, residuals.
    static func windows() -> [UInt8] {
        var random = SeededNumbers(1)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 6, 6, 3])
        let pads = writer.tensor("pads", [4, 2], .int32([0, 0, 1, 1, 1, 1, 0, 0])),
            wide = writer.tensor("wide", [1, 8, 8, 3])
        writer.add(34, [x, pads], [wide])
        let w = writer.widened("w", [8, 3, 3, 3], random.values(216)),
            b = writer.tensor("b", [8], .float32(random.values(8)))
        let a = writer.tensor("a", [1, 6, 6, 8])
        writer.add(3, [wide, w, b], [a], options: [0: .byte(1), 1: .int(1), 2: .int(1), 3: .byte(3)])
        let dw = writer.widened("dw", [1, 3, 3, 8], random.values(72)), d = writer.tensor("d", [1, 6, 6, 8])
        writer.add(4, [a, dw, b], [d], options: [0: .byte(0), 1: .int(1), 2: .int(1), 3: .int(1), 4: .byte(1)])
        let sum = writer.tensor("sum", [1, 6, 6, 8]),
            alpha = writer.tensor("alpha", [1, 1, 8], .float32(random.values(8)))
        writer.add(0, [a, d], [sum])
        let p = writer.tensor("p", [1, 6, 6, 8])
        writer.add(54, [sum, alpha], [p])
        let pooled = writer.tensor("pooled", [1, 3, 3, 8])
        writer.add(17, [p], [pooled], options: [0: .byte(0), 1: .int(2), 2: .int(2), 3: .int(2), 4: .int(2)])
        let out = writer.tensor("out", [1, 3, 3, 8])
        writer.add(14, [pooled], [out])
        (writer.inputs, writer.outputs) = ([x], [out])
        return writer.bytes()
    }

    /// A sparse constant, a resize.
    static func sparse() -> [UInt8] {
        var random = SeededNumbers(2)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 2, 2, 24]), large = writer.tensor("large", [1, 4, 4, 24])
        let size = writer.tensor("size", [2], .int32([4, 4]))
        writer.add(23, [x, size], [large], options: [3: .byte(1)])
        let stored = writer.tensor("s", [20, 1, 1, 24], .sparse(random.values(480, zeros: 80), indexType: 3))
        let dense = writer.tensor("dense", [20, 1, 1, 24]), w = writer.tensor("w", [20, 1, 1, 24])
        writer.add(124, [stored], [dense])
        writer.add(6, [dense], [w])
        let b = writer.tensor("b", [20], .float32(random.values(20))), out = writer.tensor("out", [1, 4, 4, 20])
        writer.add(3, [large, w, b], [out], options: [0: .byte(0), 1: .int(1), 2: .int(1)])
        (writer.inputs, writer.outputs) = ([x], [out])
        return writer.bytes()
    }

    /// Operators that move values, a product, a mean, a custom operator.
    static func shapes() -> [UInt8] {
        var random = SeededNumbers(3)
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 4, 4, 4]), deep = writer.tensor("deep", [1, 8, 8, 1])
        writer.add(5, [x], [deep], options: [0: .int(2)])
        let axes = writer.tensor("axes", [2], .int32([1, 2])), mean = writer.tensor("mean", [1, 1, 1, 1])
        writer.add(40, [deep, axes], [mean], options: [0: .byte(1)])
        let scaled = writer.tensor("scaled", [1, 8, 8, 1])
        writer.add(18, [deep, mean], [scaled])
        let begin = writer.tensor("begin", [4], .int32([0, 0, 1, 0])),
            end = writer.tensor("end", [4], .int32([1, 2, 5, 1]))
        let steps = writer.tensor("steps", [4], .int32([1, 1, 1, 1])), slice = writer.tensor("slice", [1, 2, 4, 1])
        writer.add(45, [scaled, begin, end, steps], [slice], options: [0: .int(0)])
        let flat = writer.tensor("flat", [1, 8]), target = writer.tensor("target", [2], .int32([1, 8]))
        writer.add(22, [slice, target], [flat])
        let w = writer.widened("w", [3, 8], random.values(24)), full = writer.tensor("full", [1, 3])
        writer.add(9, [flat, w], [full])
        let both = writer.tensor("both", [1, 11])
        writer.add(2, [flat, full], [both], options: [0: .int(1)])
        let k = writer.widened("k", [1, 2, 2, 1], random.values(4)), b = writer.tensor("b", [1], .float32([0.5]))
        let turned = writer.tensor("turned", [1, 16, 16, 1])
        writer.add(32, [scaled, k, b], [turned], custom: "Convolution2DTransposeBias")
        (writer.inputs, writer.outputs) = ([x], [both, turned])
        return writer.bytes()
    }
}

@Suite("Damaged and hostile .tflite files")
struct TFLiteHostileTests {
    /// Reads a file and, where it passes, runs it; anything but a `TensorError` or a result ends the test process.
    @discardableResult
    private func attempt(_ bytes: [UInt8]) -> Bool {
        guard let model = try? TFLiteModel(bytes: bytes, threads: 1) else { return false }
        if model.multiplyAdds < 1_000_000 { try? model.run() }
        return true
    }

    @Test("the undamaged files run", arguments: 0..<SmallNetworks.all.count)
    func sound(index: Int) { #expect(attempt(SmallNetworks.all[index].bytes)) }

    @Test("a file cut at any byte is refused", arguments: 0..<SmallNetworks.all.count)
    func cut(index: Int) {
        let bytes = SmallNetworks.all[index].bytes
        var accepted = 0
        for count in 0..<bytes.count where attempt(Array(bytes[..<count])) { accepted += 1 }
        // The writer puts buffers last, so what is missing at any cut is needed but for the padding behind a name.
        #expect(accepted <= 4)
    }

    @Test("flipped bits give an error or a network, never a trap", arguments: 0..<SmallNetworks.all.count)
    func flipped(index: Int) {
        let bytes = SmallNetworks.all[index].bytes
        var refused = 0
        for place in bytes.indices {
            for bit in [0, 3, 7] {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                if !attempt(damaged) { refused += 1 }
            }
        }
        #expect(refused > bytes.count / 4)
    }

    @Test(
        "inflated counts and offsets give an error or a network, never a trap", arguments: 0..<SmallNetworks.all.count)
    func inflated(index: Int) {
        let bytes = SmallNetworks.all[index].bytes
        var refused = 0
        for place in stride(from: 0, to: bytes.count - 3, by: 4) {
            for value: [UInt8] in [
                [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [0, 0, 1, 0], [0, 0, 0, 0],
            ] {
                var damaged = bytes
                damaged.replaceSubrange(place..<place + 4, with: value)
                if !attempt(damaged) { refused += 1 }
            }
        }
        #expect(refused > bytes.count / 4)
    }

    @Test("what is no .tflite file is refused with its reason")
    func foreign() {
        for bytes: [UInt8] in [
            [], [0], Array("glTF\u{2}\0\0\0\0\0\0\0\0\0\0\0\0".utf8), [UInt8](repeating: 0, count: 64),
        ] {
            #expect(throws: TensorError.malformed("this is not a .tflite file: \"TFL3\" is missing", offset: 4)) {
                try TFLiteModel(bytes: bytes, threads: 1)
            }
        }
    }

    @Test("declared shapes that an operator does not make are refused")
    func wrongShape() {
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 4, 4, 8]), y = writer.tensor("out", [1, 4, 4, 9])
        writer.add(19, [x], [y])
        (writer.inputs, writer.outputs) = ([x], [y])
        #expect(throws: TensorError.shape("\"out\" is declared [1, 4, 4, 9] where its operator makes [1, 4, 4, 8]")) {
            try TFLiteModel(bytes: writer.bytes(), threads: 1)
        }
    }

    @Test("tensors beyond the limit are refused before memory is taken")
    func huge() {
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 20_000, 20_000, 8]), y = writer.tensor("out", [1, 20_000, 20_000, 8])
        writer.add(19, [x], [y])
        (writer.inputs, writer.outputs) = ([x], [y])
        #expect(throws: TensorError.tooLarge("a tensor of shape [1, 20000, 20000, 8]")) {
            try TFLiteModel(bytes: writer.bytes(), threads: 1)
        }
    }

    @Test("a sparse constant that claims far more than the file holds is refused")
    func sparseBomb() {
        var writer = TFLiteWriter()
        let x = writer.tensor("in", [1, 1, 1, 4096])
        var values = [Float](repeating: 0, count: 4096 * 64)
        values[0] = 1
        let s = writer.tensor("s", [64, 1, 1, 4096], .sparse(values, indexType: 2)),
            w = writer.tensor("w", [64, 1, 1, 4096])
        writer.add(6, [s], [w])
        let y = writer.tensor("out", [1, 1, 1, 64])
        writer.add(3, [x, w], [y], options: [0: .byte(0), 1: .int(1), 2: .int(1)])
        (writer.inputs, writer.outputs) = ([x], [y])
        #expect(throws: TensorError.tooLarge("constant \"s\" holds more values than the file's size allows")) {
            try TFLiteModel(bytes: writer.bytes(), threads: 1)
        }
    }

    /// The seeds are these networks; `KAIRA_WRITE_SEEDS=1 swift test` writes them anew after the writer has changed.
    @Test("the fuzz target's seeds are the small networks", arguments: 0..<SmallNetworks.all.count)
    func seeds(index: Int) throws {
        let network = SmallNetworks.all[index]
        let file = TestData.root.appending(path: "Fuzz/Seeds/FuzzTFLite/\(network.name).tflite")
        if ProcessInfo.processInfo.environment["KAIRA_WRITE_SEEDS"] != nil { try Data(network.bytes).write(to: file) }
        #expect(try [UInt8](Data(contentsOf: file)) == network.bytes)
    }
}
