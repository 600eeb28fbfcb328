import Foundation
import KairaTensor

/// An RTMPose or RTMDet network on a disk: what it is, read off its tensors, opened but not yet read.
///
/// Checkpoints of OpenMMLab (`.pth`) and ONNX files that were exported from them hold the same tensors: in the latter batch
/// norms are folded in and most names are lost, so they are found by the order of the graph's operations. Nothing in
/// either is run.
public struct RTMFiles: Sendable {
    /// Which network.
    public enum Kind: Sendable, Hashable {
        /// RTMPose: joints of one person in a crop.
        case pose(RTMPoseConfiguration)
        /// RTMDet: boxes of people in a picture.
        case detector(RTMDetConfiguration)
    }

    /// Which network, and its shape.
    public let kind: Kind
    /// What names the model: the folder's name, or the file's without its ending.
    public let name: String
    /// The path that was opened.
    public let path: String
    /// Whether a `config.json` of such a network was beside the weights.
    let hasConfiguration: Bool
    let weights: RTMWeights

    /// Opens a weight file, or a folder that holds exactly one.
    ///
    /// A detector's picture size and its exponential, which no tensor tells, may be set by `config.json` in the file's
    /// folder: `{"model_type": "rtmdet", "image_size": 320, "exponential": false}`.
    ///
    /// - Throws: `PoseError.inputOutput` where there is nothing, `.unusableModel` where it is no such network.
    public init(contentsOf url: URL) throws(PoseError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .inputOutput(path: url.path, reason: "there is no such file or folder")
        }
        path = url.path
        let isConfiguration = url.lastPathComponent == "config.json"
        let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let file: WeightFile
        var hasExponential: Bool?
        do throws(TensorError) {
            let opened = try WeightFile(contentsOf: isConfiguration ? folder : url)
            // A graph tells what a checkpoint does not.
            if opened.format == .onnx { hasExponential = opened.nodes.contains { $0.operation == "Exp" } }
            file = try opened.format == .onnx ? RTMGraph.named(opened) : Self.plain(opened)
        } catch { throw .unusableModel(file: url.path, reason: "\(error)") }
        weights = RTMWeights(file)
        let settings = try Settings(folder.appending(path: "config.json"))
        hasConfiguration = settings != nil
        let stem = url.deletingPathExtension().lastPathComponent
        name =
            isFolder.boolValue || isConfiguration || ["model", "pytorch_model", "end2end"].contains(stem)
            ? folder.standardizedFileURL.lastPathComponent : stem
        if file.names.contains(where: { $0.hasPrefix("bbox_head.") }) {
            kind = .detector(
                try RTMDetConfiguration(
                    weights, file: url.path, size: settings?.image_size,
                    isExponential: settings?.exponential ?? hasExponential))
        } else {
            kind = .pose(try RTMPoseConfiguration(weights, file: url.path))
        }
    }

    /// Whether a file's or folder's tensors look like an OpenMMLab network's or an ONNX export's, so that errors about
    /// them help; false where it cannot be opened.
    package static func claims(_ url: URL) -> Bool {
        guard let file = try? WeightFile(contentsOf: url) else { return false }
        if file.format == .onnx { return !file.names.contains { $0.contains("patch_embed") } }
        return file.names.contains { $0.hasSuffix("backbone.stem.0.conv.weight") }
            || file.names.contains { $0.hasPrefix("bbox_head.") || $0.contains("head.gau.") }
    }

    /// Reads every tensor that the network needs once, and keeps none.
    ///
    /// - Throws: `PoseError.unusableModel` with the names that are missing, unexpected, of another shape, or not finite.
    public func check() throws(PoseError) {
        do throws(TensorError) {
            switch kind {
            case .pose(let configuration): _ = try RTMPoseNetwork(configuration, weights, batch: 1, threads: 1)
            case .detector(let configuration): _ = try RTMDetNetwork(configuration, weights, threads: 1)
            }
        } catch { throw .unusableModel(file: path, reason: "\(error)") }
    }

    /// One line for a list.
    public var summary: String {
        switch kind {
        case .pose(let c):
            "RTMPose \(c.channels) wide, \(c.keypoints) points, \(c.imageHeight)x\(c.imageWidth), added by hand"
        case .detector(let c):
            "RTMDet \(c.backbone.stem[2].outputs) wide, finds people, \(c.imageHeight)x\(c.imageWidth), added by hand"
        }
    }

    /// What `config.json` may say.
    private struct Settings: Decodable {
        var model_type: String?
        var image_size: Int?
        var exponential: Bool?

        /// nil where there is no such file, or it is another network's.
        init?(_ url: URL) throws(PoseError) {
            guard let data = FileManager.default.contents(atPath: url.path), data.count < 1 << 20 else { return nil }
            do { self = try JSONDecoder().decode(Settings.self, from: data) } catch {
                throw .unusableModel(file: url.path, reason: "this is no configuration of an RTM network")
            }
            guard let type = model_type, type.hasPrefix("rtm") else { return nil }
        }
    }

    /// Beginnings that wrappers put before every name.
    private static let prefixes = ["module.", "model.", "student.", "state_dict."]

    /// The tensors without what a wrapper put before their names.
    private static func plain(_ file: WeightFile) throws(TensorError) -> WeightFile {
        guard file["backbone.stem.0.conv.weight"] == nil,
            let prefix = prefixes.first(where: { file[$0 + "backbone.stem.0.conv.weight"] != nil })
        else { return file }
        return try WeightFile(
            file,
            named: file.names.compactMap { name in
                file[name].map { (name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name, $0) }
            })
    }
}
