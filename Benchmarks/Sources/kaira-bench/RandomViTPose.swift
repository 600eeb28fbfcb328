import Foundation
import KairaPose

/// ViTPose models with random weights in the layout of the transformers library, written once to the cache folder.
enum RandomViTPose {
    enum Size: String, CaseIterable {
        case b, s, l

        var width: Int {
            switch self {
            case .s: 384
            case .b: 768
            case .l: 1024
            }
        }

        var layers: Int { self == .l ? 24 : 12 }
        var heads: Int { self == .l ? 16 : 12 }
    }

    /// The folder of a model; made where it is missing.
    static func folder(_ size: Size, _ head: ViTPoseConfiguration.Head) throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache").path
        let folder = URL(filePath: "\(cache)/kaira/benchmarks/vitpose-random-\(size.rawValue)-\(head.rawValue)")
        let weights = folder.appending(path: "model.safetensors")
        if FileManager.default.fileExists(atPath: weights.path) { return folder }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let labels = (0..<17).map { "\"\($0)\": \"LABEL_\($0)\"" }.joined(separator: ", ")
        let configuration = """
            {"architectures": ["VitPoseForPoseEstimation"], "model_type": "vitpose", "use_simple_decoder": \(head == .simple),
             "scale_factor": 4, "id2label": {\(labels)},
             "backbone_config": {"model_type": "vitpose_backbone", "image_size": [256, 192], "patch_size": [16, 16],
             "num_channels": 3, "hidden_size": \(size.width), "num_hidden_layers": \(size.layers), "num_attention_heads": \(size.heads),
             "mlp_ratio": 4, "num_experts": 1, "layer_norm_eps": 1e-12, "out_indices": [\(size.layers)]}}
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "config.json"))
        // Under another name first: a run that is cut off leaves no half file behind.
        let partial = folder.appending(path: "model.partial")
        try SafetensorsWriter.bytes(of: tensors(width: size.width, layers: size.layers, head)).write(to: partial)
        try FileManager.default.moveItem(at: partial, to: weights)
        return folder
    }

    private static func tensors(width d: Int, layers: Int, _ head: ViTPoseConfiguration.Head) -> [SafetensorsWriter
        .Tensor]
    {
        var list: [SafetensorsWriter.Tensor] = []
        func linear(_ name: String, _ shape: [Int]) {
            let inputs = shape.dropFirst().reduce(1, *)
            list.append(
                SafetensorsWriter.Tensor(name: name + ".weight", shape: shape, spread: 1.7 / Float(inputs).squareRoot())
            )
            list.append(SafetensorsWriter.Tensor(name: name + ".bias", shape: [shape[0]], spread: 0.1))
        }
        func norm(_ name: String) {
            list.append(SafetensorsWriter.Tensor(name: name + ".weight", shape: [d], centre: 1, spread: 0.2))
            list.append(SafetensorsWriter.Tensor(name: name + ".bias", shape: [d], spread: 0.2))
        }
        list.append(
            SafetensorsWriter.Tensor(name: "backbone.embeddings.position_embeddings", shape: [1, 193, d], spread: 0.5))
        linear("backbone.embeddings.patch_embeddings.projection", [d, 3, 16, 16])
        for layer in 0..<layers {
            let base = "backbone.encoder.layer.\(layer)."
            norm(base + "layernorm_before")
            norm(base + "layernorm_after")
            for part in [
                "attention.attention.query", "attention.attention.key", "attention.attention.value",
                "attention.output.dense",
            ] {
                linear(base + part, [d, d])
            }
            linear(base + "mlp.fc1", [4 * d, d])
            linear(base + "mlp.fc2", [d, 4 * d])
        }
        norm("backbone.layernorm")
        switch head {
        case .simple: linear("head.conv", [17, d, 3, 3])
        case .classic:
            for (index, inputs) in [d, 256].enumerated() {
                list.append(
                    SafetensorsWriter.Tensor(
                        name: "head.deconv\(index + 1).weight", shape: [inputs, 256, 4, 4],
                        spread: 1.7 / Float(4 * inputs).squareRoot()))
                let base = "head.batchnorm\(index + 1)."
                list.append(SafetensorsWriter.Tensor(name: base + "weight", shape: [256], centre: 1, spread: 0.2))
                list.append(SafetensorsWriter.Tensor(name: base + "bias", shape: [256], spread: 0.2))
                list.append(SafetensorsWriter.Tensor(name: base + "running_mean", shape: [256], spread: 0.2))
                list.append(SafetensorsWriter.Tensor(name: base + "running_var", shape: [256], centre: 1, spread: 0.2))
            }
            linear("head.conv", [17, 256, 1, 1])
        }
        return list
    }
}
