import Foundation

extension WeightFile {
    /// The file of a folder that holds the weights, or the index of its shards.
    static func find(in folder: URL) throws(TensorError) -> URL {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            throw .unreadable("the folder \"\(folder.path)\": \(error.localizedDescription)")
        }
        for name in [
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        ] where names.contains(name) { return folder.appending(path: name) }
        for endings in [["safetensors"], ["pt", "pth", "bin", "onnx"], ["npz"]] {
            let found = names.filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
            if let name = found.first, found.count == 1 { return folder.appending(path: name) }
            guard found.isEmpty else {
                throw .unreadable(
                    "\"\(folder.path)\" holds several weight files (\(found.joined(separator: ", "))): name one")
            }
        }
        throw .unreadable("\"\(folder.path)\" holds no weight file")
    }

    /// Opens the shards that an index names.
    init(index: URL) throws(TensorError) {
        let bytes = try FileBytes(path: index.path)
        guard bytes.count <= SafetensorsReader.headerLimit else { throw .tooLarge("an index of \(bytes.count) bytes") }
        var scanner = JSONScanner(bytes.copy(0..<bytes.count))
        var places: [(tensor: String, file: String)] = []
        try scanner.object { (scanner, key) throws(TensorError) in
            guard key == "weight_map" else { return try scanner.skip() }
            try scanner.object { (scanner, name) throws(TensorError) in places.append((name, try scanner.string())) }
        }
        try scanner.end()
        let folder = index.deletingLastPathComponent()
        var shards: [String: WeightFile] = [:]
        var tensors: [WeightTensor] = []
        for (name, file) in places {
            let shard: WeightFile
            if let open = shards[file] {
                shard = open
            } else {
                shard = try WeightFile(FileBytes(path: try Self.shard(file, in: folder).path))
                shards[file] = shard
            }
            guard let tensor = shard[name] else {
                throw .malformed("tensor \"\(name)\" is not in \"\(file)\" as the index says", offset: 0)
            }
            tensors.append(tensor)
        }
        guard let first = shards.values.first else { throw .malformed("the index names no shard", offset: 0) }
        guard shards.values.allSatisfy({ $0.format == first.format }) else {
            throw .malformed("the shards are of different formats", offset: 0)
        }
        try self.init(format: first.format, tensors: tensors)
    }

    /// A shard's place: a plain name in the index's folder, and no link that leads out of it.
    ///
    /// The one exception is the hub cache's own layout, where `snapshots/REVISION/NAME` links to `blobs/HASH`.
    static func shard(_ name: String, in folder: URL) throws(TensorError) -> URL {
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0), !name.contains("/"),
            !name.contains("\\"), !name.hasSuffix(".index.json")
        else { throw .malformed("\"\(name)\" is no plain file name of a shard", offset: 0) }
        let file = folder.appending(path: name)
        let target = file.resolvingSymlinksInPath().deletingLastPathComponent().path
        let home = folder.resolvingSymlinksInPath()
        let snapshots = home.deletingLastPathComponent()
        let blobs = snapshots.deletingLastPathComponent().appending(path: "blobs").path
        guard target == home.path || (snapshots.lastPathComponent == "snapshots" && target == blobs) else {
            throw .malformed("shard \"\(name)\" is a link that leads out of its folder", offset: 0)
        }
        return file
    }
}
