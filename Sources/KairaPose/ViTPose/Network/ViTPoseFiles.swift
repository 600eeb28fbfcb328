import Foundation
import KairaTensor

/// A ViTPose model on a disk: its configuration and its weights, opened but not yet read.
public struct ViTPoseFiles: Sendable {
    /// The network's shape: `config.json`'s, or what the tensors' shapes say where there is none.
    public let configuration: ViTPoseConfiguration
    /// The weights.
    public let weights: WeightFile
    /// What names the model: the folder's name, or the file's without its ending.
    public let name: String
    /// Whether `config.json` was there.
    public let hasConfiguration: Bool

    /// Opens a folder that holds weights and `config.json`, or a weight file that may have `config.json` beside it.
    ///
    /// Checkpoints of the authors come without a configuration: sizes, head and experts are then read off the tensors,
    /// and the number of heads is that of the published size of the same width.
    ///
    /// - Throws: `PoseError.inputOutput` where there is nothing, `.unusableModel` where it is no such network.
    public init(contentsOf url: URL) throws(PoseError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .inputOutput(path: url.path, reason: "there is no such file or folder")
        }
        let isConfiguration = url.lastPathComponent == "config.json"
        let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let source = isConfiguration ? folder : url
        let path = folder.appending(path: "config.json")
        do throws(TensorError) { weights = try WeightFile(contentsOf: source) } catch {
            throw .unusableModel(file: source.path, reason: "\(error)")
        }
        hasConfiguration = FileManager.default.fileExists(atPath: path.path)
        if hasConfiguration {
            let json: Data
            do { json = try Data(contentsOf: path) } catch {
                throw .inputOutput(path: path.path, reason: "cannot be read")
            }
            configuration = try ViTPoseConfiguration(json: [UInt8](json), file: path.path)
        } else {
            configuration = try ViTPoseConfiguration(weights, file: source.path)
        }
        // The library's own file names say nothing of the model.
        let stem = url.deletingPathExtension().lastPathComponent
        name =
            isFolder.boolValue || isConfiguration || ["model", "pytorch_model"].contains(stem)
            ? folder.standardizedFileURL.lastPathComponent : stem
    }

    /// Reads every tensor that the network needs once, and keeps none.
    ///
    /// - Throws: `PoseError.unusableModel` that names a tensor that is missing, of another shape, or not finite.
    public func check(file: String) throws(PoseError) {
        do throws(TensorError) {
            let tensors = try ViTPoseWeights(weights, configuration)
            _ = try tensors.patches(layout: .planar)
            _ = try tensors.positions()
            for index in 0..<configuration.layers {
                for expert in 0..<configuration.experts { _ = try tensors.block(index, expert: expert) }
            }
            _ = try tensors.lastNorm()
            switch configuration.head {
            case .simple: _ = try tensors.lastConvolution(channels: configuration.width, side: 3)
            case .classic:
                for index in 0..<2 { _ = try tensors.doubling(index) }
                _ = try tensors.lastConvolution(channels: 256, side: 1)
            }
        } catch { throw .unusableModel(file: file, reason: "\(error)") }
    }
}
