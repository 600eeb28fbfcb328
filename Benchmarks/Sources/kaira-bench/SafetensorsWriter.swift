import Foundation

/// Writes weight files of random numbers.
enum SafetensorsWriter {
    /// A tensor whose values are random.
    struct Tensor {
        var name: String
        var shape: [Int]
        /// Values are `centre` plus or minus up to `spread`.
        var centre: Float = 0
        var spread: Float = 0
    }

    /// A safetensors file: the header's length, the header as JSON, the values.
    static func bytes(of tensors: [Tensor]) -> Data {
        var entries: [String] = [], offset = 0
        for tensor in tensors {
            let end = offset + tensor.shape.reduce(1, *) * 4
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = "{\"__metadata__\":{\"format\":\"pt\"}," + entries.joined(separator: ",") + "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var result = Data(capacity: 8 + header.utf8.count + offset)
        unsafe withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { unsafe result.append(contentsOf: $0) }
        result.append(contentsOf: header.utf8)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for tensor in tensors {
            let values = (0..<tensor.shape.reduce(1, *)).map { _ in
                // Knuth's MMIX generator.
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return tensor.centre + tensor.spread * (Float(state >> 40) / Float(1 << 23) - 1)
            }
            unsafe values.withUnsafeBytes { unsafe result.append(contentsOf: $0) }
        }
        return result
    }
}
