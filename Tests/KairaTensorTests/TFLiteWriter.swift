/// Writes small `.tflite` files for tests: schema version 3, one graph, float32 values.
struct TFLiteWriter {
    /// A field of a flatbuffer table.
    indirect enum Field {
        case byte(UInt8)
        case int(Int32)
        case table([Int: Field])
        case tables([Field])
        case ints([Int32])
        case shorts([Int32])
        case bytes([UInt8])
        case string(String)
    }

    /// What a constant tensor is stored as.
    enum Constant {
        case float32([Float])
        case float16([Float])
        case int32([Int32])
        /// Values that are not zero, last axis compressed, index lists of 32, 16 or 8 bits (union types 1, 2, 3).
        case sparse([Float], indexType: UInt8)
    }

    private var tensors: [Field] = []
    private var buffers: [Field] = [.table([:])]
    private var codes: [(code: Int, custom: String)] = []
    private var operators: [Field] = []
    var inputs: [Int] = []
    var outputs: [Int] = []

    mutating func tensor(_ name: String, _ shape: [Int], _ constant: Constant? = nil) -> Int {
        var fields: [Int: Field] = [0: .ints(shape.map(Int32.init)), 3: .string(name)]
        if let constant {
            var data: [UInt8] = []
            switch constant {
            case .float32(let values): for value in values { Self.append(value.bitPattern, to: &data) }
            case .float16(let values):
                fields[1] = .byte(1)
                for value in values { data += Self.half(value) }
            case .int32(let values):
                fields[1] = .byte(2)
                for value in values { Self.append(UInt32(bitPattern: value), to: &data) }
            case .sparse(let values, let indexType):
                fields[1] = .byte(1)
                fields[6] = Self.sparsity(values, shape, indexType)
                for value in values where value != 0 { data += Self.half(value) }
            }
            fields[2] = .int(Int32(buffers.count))
            buffers.append(.table([0: .bytes(data)]))
        }
        tensors.append(.table(fields))
        return tensors.count - 1
    }

    mutating func add(
        _ code: Int, _ inputs: [Int], _ outputs: [Int], options: [Int: Field] = [:], custom: String = ""
    ) {
        let index = codes.firstIndex { $0.code == code && $0.custom == custom } ?? codes.count
        if index == codes.count { codes.append((code, custom)) }
        operators.append(
            .table([
                0: .int(Int32(index)), 1: .ints(inputs.map(Int32.init)), 2: .ints(outputs.map(Int32.init)), 3: .byte(1),
                4: .table(options),
            ]))
    }

    /// A float constant as files store them: fp16 behind DEQUANTIZE.
    mutating func widened(_ name: String, _ shape: [Int], _ values: [Float]) -> Int {
        let half = tensor(name + "_half", shape, .float16(values))
        let full = tensor(name, shape)
        add(6, [half], [full])
        return full
    }

    func bytes() -> [UInt8] {
        let graph: [Int: Field] = [
            0: .tables(tensors), 1: .ints(inputs.map(Int32.init)), 2: .ints(outputs.map(Int32.init)),
            3: .tables(operators),
        ]
        let model: Field = .table([
            0: .int(3),
            1: .tables(
                codes.map { code, custom in
                    .table([0: .byte(UInt8(min(code, 127))), 1: .string(custom), 3: .int(Int32(code))])
                }),
            2: .tables([.table(graph)]), 4: .tables(buffers),
        ])
        var file: [UInt8] = [0, 0, 0, 0] + Array("TFL3".utf8)
        let root = Self.write(model, to: &file)
        Self.patch(&file, at: 0, with: root)
        return file
    }

    // MARK: Flatbuffer

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(value >> UInt32(shift) & 255)) }
    }

    private static func patch(_ bytes: inout [UInt8], at place: Int, with target: Int) {
        for i in 0..<4 { bytes[place + i] = UInt8((target - place) >> (8 * i) & 255) }
    }

    private static func align(_ bytes: inout [UInt8]) { while bytes.count % 4 != 0 { bytes.append(0) } }

    /// Appends a value and what it refers to; returns where the value begins.
    private static func write(_ field: Field, to bytes: inout [UInt8]) -> Int {
        align(&bytes)
        switch field {
        case .byte, .int: return bytes.count
        case .table(let fields):
            let count = (fields.keys.max() ?? -1) + 1
            let list = bytes.count
            for value in [4 + 2 * count, 4 + 4 * count] { bytes += [UInt8(value & 255), UInt8(value >> 8)] }
            for index in 0..<count {
                let offset = fields[index] == nil ? 0 : 4 + 4 * index
                bytes += [UInt8(offset & 255), UInt8(offset >> 8)]
            }
            align(&bytes)
            let table = bytes.count
            append(UInt32(table - list), to: &bytes)
            var references: [(place: Int, field: Field)] = []
            for index in 0..<count {
                switch fields[index] {
                case .byte(let value): bytes += [value, 0, 0, 0]
                case .int(let value): append(UInt32(bitPattern: value), to: &bytes)
                case .some(let other):
                    references.append((bytes.count, other))
                    append(0, to: &bytes)
                case nil: append(0, to: &bytes)
                }
            }
            for reference in references { patch(&bytes, at: reference.place, with: write(reference.field, to: &bytes)) }
            return table
        case .tables(let list):
            let start = bytes.count
            append(UInt32(list.count), to: &bytes)
            for _ in list { append(0, to: &bytes) }
            for (index, element) in list.enumerated() {
                patch(&bytes, at: start + 4 + 4 * index, with: write(element, to: &bytes))
            }
            return start
        case .ints(let list):
            let start = bytes.count
            append(UInt32(list.count), to: &bytes)
            for value in list { append(UInt32(bitPattern: value), to: &bytes) }
            return start
        case .shorts(let list):
            let start = bytes.count
            append(UInt32(list.count), to: &bytes)
            for value in list { bytes += [UInt8(value & 255), UInt8(value >> 8 & 255)] }
            return start
        case .bytes(let list):
            let start = bytes.count
            append(UInt32(list.count), to: &bytes)
            bytes += list
            return start
        case .string(let text):
            let start = bytes.count
            append(UInt32(text.utf8.count), to: &bytes)
            bytes += Array(text.utf8) + [0]
            return start
        }
    }

    /// Half precision of a value that has one exactly, or the nearest below.
    private static func half(_ value: Float) -> [UInt8] {
        let bits = value.bitPattern
        let exponent = Int(bits >> 23 & 255) - 112
        let half: UInt32
        if exponent <= 0 {
            half = bits >> 16 & 0x8000
        } else {
            half = bits >> 16 & 0x8000 | UInt32(min(exponent, 30)) << 10 | bits >> 13 & 0x3ff
        }
        return [UInt8(half & 255), UInt8(half >> 8)]
    }

    private static func sparsity(_ values: [Float], _ shape: [Int], _ indexType: UInt8) -> Field {
        let width = shape.last ?? 1
        var segments: [Int32] = [0], indices: [Int32] = []
        for (place, value) in values.enumerated() {
            if value != 0 { indices.append(Int32(place % width)) }
            if place % width == width - 1 { segments.append(Int32(indices.count)) }
        }
        func list(_ values: [Int32], _ type: UInt8) -> Field {
            switch type {
            case 1: .table([0: .ints(values)])
            case 2: .table([0: .shorts(values)])
            default: .table([0: .bytes(values.map { UInt8($0) })])
            }
        }
        var dimensions: [Field] = shape.dropLast().map { .table([0: .byte(0), 1: .int(Int32($0))]) }
        dimensions.append(
            .table([
                0: .byte(1), 2: .byte(1), 3: list(segments, 1), 4: .byte(indexType), 5: list(indices, indexType),
            ]))
        return .table([0: .ints(shape.indices.map { Int32($0) }), 2: .tables(dimensions)])
    }
}
