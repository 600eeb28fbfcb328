import Foundation
import KairaTensor

/// Opening weight files of the size of ViT-B (86 million float32 values), warm in the page cache.
struct WeightsBenchmark: Benchmark {
    let name = "weights"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "vit-b.safetensors")
        try write(to: file)

        func row(_ title: String, _ body: () throws -> Void) throws {
            try body()
            try emit(BenchmarkRow(name: title, times: milliseconds(9, body), threads: 1, type: "fp32"))
        }
        try row("open (safetensors, 344 MB)") { _ = try WeightFile(contentsOf: file) }
        try row("open and touch every element (safetensors, 344 MB)") {
            let file = try WeightFile(contentsOf: file)
            for name in file.names where try file.tensor(name).containsNonFinite { throw TensorError.weights(name) }
        }
        try row("open and convert every element to float32 (safetensors, 344 MB)") {
            let file = try WeightFile(contentsOf: file)
            var sum: Float = 0
            for name in file.names { sum += try file.tensor(name).floats().last ?? 0 }
            guard sum.isFinite else { throw TensorError.weights("the sum is not finite") }
        }
    }

    /// The tensors of a ViT-B encoder, filled with one number.
    private func write(to file: URL) throws {
        var tensors: [(String, [Int])] = [("patch.weight", [768, 3, 16, 16]), ("position", [1, 193, 768])]
        for layer in 0..<12 {
            for (name, shape) in [
                ("norm1.weight", [768]), ("norm1.bias", [768]), ("qkv.weight", [2304, 768]), ("qkv.bias", [2304]),
                ("proj.weight", [768, 768]), ("proj.bias", [768]), ("norm2.weight", [768]), ("norm2.bias", [768]),
                ("fc1.weight", [3072, 768]), ("fc1.bias", [3072]), ("fc2.weight", [768, 3072]), ("fc2.bias", [768]),
            ] { tensors.append(("blocks.\(layer).\(name)", shape)) }
        }
        var end = 0
        let entries = tensors.map { name, shape in
            let start = end
            end += shape.reduce(4, *)
            return "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
        }
        let header = Data("{\(entries.joined(separator: ","))}".utf8)
        var length = UInt64(header.count).littleEndian
        try (unsafe Data(bytes: &length, count: 8) + header).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        // 0.015625 as a float32 is 0x3c800000.
        let block = Data((0..<1 << 20).map { [0, 0, 0x80, 0x3c][$0 & 3] })
        var left = end
        while left > 0 {
            try handle.write(contentsOf: block.prefix(left))
            left -= min(left, block.count)
        }
        try handle.close()
    }
}
