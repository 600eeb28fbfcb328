import Foundation
import Glibc

extension ModelStore {
    /// Brings a ViTPose, RTMPose or RTMDet model that is on this machine into the store: a folder with weights and maybe
    /// `config.json`, or a weight file. Every tensor is looked at, and the files are copied with their digests.
    ///
    /// - Parameters:
    ///   - path: the folder or file.
    ///   - name: what it will be asked for by; nil for the folder's or file's name. A name of the catalogue whose files are
    ///     not fixed (`vitpose-b`) is allowed: so a model that was fetched elsewhere takes its place.
    ///   - replaces: whether a model of that name is replaced.
    /// - Returns: what the store holds now.
    /// - Throws: `PoseError.unusableModel` where it is no such network or the name cannot be used, `.inputOutput`.
    @discardableResult
    public func add(
        _ path: String, name: String? = nil, replaces: Bool = false
    ) throws(PoseError) -> ModelStatus {
        let url = URL(filePath: path).standardizedFileURL
        let opened = try OpenedModel(url)
        let name = name ?? opened.name
        guard Self.isPlainName(name) else {
            throw .unusableModel(
                file: path, reason: "\"\(name)\" cannot be a model's name; give letters and digits by --name")
        }
        if let fixed = catalogue.models.first(where: { $0.name == name }),
            fixed.files.contains(where: { $0.sha256 != nil })
        {
            throw .unusableModel(
                file: path, reason: "\"\(name)\" is the name of a published model; give another by --name")
        }
        try opened.check(file: path)
        let model =
            catalogue.models.first { $0.name == name }
            ?? ModelCatalogue.Model(
                name: name, summary: opened.summary, license: "unknown", source: .added(from: path),
                files: [])
        try Self.makeFolder(root)
        let lock = try StoreLock(path: root + "/.\(name).lock")
        defer { lock.unlock() }
        if FileManager.default.fileExists(atPath: folder(of: model)) {
            guard replaces else {
                throw .unusableModel(
                    file: path,
                    reason:
                        "a model \"\(name)\" is there already; give another name by --name, or --force to replace it")
            }
            try? FileManager.default.removeItem(atPath: folder(of: model))
        }
        let work = root + "/.\(name).pull"
        try? FileManager.default.removeItem(atPath: work)
        try Self.makeFolder(work)
        defer { try? FileManager.default.removeItem(atPath: work) }

        var entries: [ModelManifest.Entry] = []
        for file in try Self.files(of: url, hasConfiguration: opened.hasConfiguration) {
            let (from, to) = (file.path, work + "/" + file.lastPathComponent)
            guard Self.isPlainName(file.lastPathComponent) else {
                throw .unusableModel(file: from, reason: "rename it first: letters, digits, dots and dashes")
            }
            do {
                // A link's target, not the link.
                try FileManager.default.copyItem(atPath: file.resolvingSymlinksInPath().path, toPath: to)
            } catch { throw .inputOutput(path: to, reason: "cannot be written: \(error.localizedDescription)") }
            guard let digest = SHA256.hex(file: to),
                let bytes = try? FileManager.default.attributesOfItem(atPath: to)[.size] as? Int
            else { throw .inputOutput(path: to, reason: "cannot be read") }
            entries.append(ModelManifest.Entry(name: file.lastPathComponent, bytes: bytes, sha256: digest))
        }
        try place(
            ModelManifest(
                summary: model.summary, license: model.license, source: url.path, files: entries),
            from: work, as: model)
        return status(model)
    }

    /// The files that make the model: its configuration, and the weights with all their shards.
    private static func files(of url: URL, hasConfiguration: Bool) throws(PoseError) -> [URL] {
        var isFolder: ObjCBool = false
        _ = unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        let isConfiguration = url.lastPathComponent == "config.json"
        let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let files = hasConfiguration ? [folder.appending(path: "config.json")] : []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
        func shards(_ index: String) -> [URL] {
            // `model.safetensors.index.json` belongs to `model-00001-of-00002.safetensors` and so on.
            let parts = index.replacing(".index.json", with: "").split(separator: ".")
            guard let stem = parts.first, let ending = parts.last else { return [] }
            return names.filter { $0 == index || $0.hasPrefix(stem + "-") && $0.hasSuffix("." + ending) }
                .map { folder.appending(path: $0) }
        }
        if !isFolder.boolValue, !isConfiguration {
            return files + (url.lastPathComponent.hasSuffix(".index.json") ? shards(url.lastPathComponent) : [url])
        }
        // The order in which a weight file is looked for.
        for name in ["model.safetensors", "pytorch_model.bin"] {
            if names.contains(name) { return files + [folder.appending(path: name)] }
            if names.contains(name + ".index.json") { return files + shards(name + ".index.json") }
        }
        for endings in [["safetensors"], ["pt", "pth", "bin", "onnx"], ["npz"]] {
            let found = names.filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }
            if let name = found.first { return files + [folder.appending(path: name)] }
        }
        throw .inputOutput(path: folder.path, reason: "no weight file is there")
    }
}

/// A network of any family that was opened to be added.
private enum OpenedModel {
    case vit(ViTPoseFiles)
    case rtm(RTMFiles)

    init(_ url: URL) throws(PoseError) {
        self = try RTMFiles.claims(url) ? .rtm(RTMFiles(contentsOf: url)) : .vit(ViTPoseFiles(contentsOf: url))
    }

    var name: String {
        switch self {
        case .vit(let files): files.name
        case .rtm(let files): files.name
        }
    }

    /// Whether `config.json` belongs to it.
    var hasConfiguration: Bool {
        switch self {
        case .vit(let files): files.hasConfiguration
        case .rtm(let files): files.hasConfiguration
        }
    }

    func check(file: String) throws(PoseError) {
        switch self {
        case .vit(let files): try files.check(file: file)
        case .rtm(let files): try files.check()
        }
    }

    var summary: String {
        switch self {
        case .vit(let files):
            "ViTPose \(files.configuration.width) wide, \(files.configuration.layers) layers, "
                + "\(files.configuration.keypoints) points, "
                + "\(files.configuration.imageHeight)x\(files.configuration.imageWidth), added by hand"
        case .rtm(let files): files.summary
        }
    }
}
