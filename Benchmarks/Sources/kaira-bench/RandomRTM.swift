import Foundation

/// RTMPose and RTMDet models with random weights under the names of OpenMMLab's checkpoints, written once to the cache
/// folder: the published sizes of RTMPose-m (17 joints, 256 x 192) and of the RTMDet-nano that finds people.
enum RandomRTM: String, CaseIterable {
    case rtmpose = "rtmpose-m"
    case rtmdet = "rtmdet-nano"

    /// The folder of a model; made where it is missing.
    func folder() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache").path
        let folder = URL(filePath: "\(cache)/kaira/benchmarks/\(rawValue)-random")
        let weights = folder.appending(path: "model.safetensors")
        if FileManager.default.fileExists(atPath: weights.path) { return folder }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var list = Tensors()
        switch self {
        case .rtmpose:
            list.backbone(widen: 0.75, blocks: [2, 4, 4, 2], separable: false)
            list.pose(channels: 768)
        case .rtmdet:
            list.backbone(widen: 0.25, blocks: [1, 2, 2, 1], separable: true)
            list.detector(widths: [64, 128, 256])
        }
        // Under another name first: a run that is cut off leaves no half file behind.
        let partial = folder.appending(path: "model.partial")
        try SafetensorsWriter.bytes(of: list.tensors).write(to: partial)
        try FileManager.default.moveItem(at: partial, to: weights)
        return folder
    }

    private struct Tensors {
        var tensors: [SafetensorsWriter.Tensor] = []

        mutating func plain(_ name: String, _ shape: [Int], bias: Bool = true) {
            let inputs = shape.dropFirst().reduce(1, *)
            tensors.append(.init(name: name + ".weight", shape: shape, spread: 2.4 / Float(inputs).squareRoot()))
            if bias { tensors.append(.init(name: name + ".bias", shape: [shape[0]], spread: 0.1)) }
        }

        mutating func module(_ name: String, _ outputs: Int, _ inputs: Int, _ side: Int) {
            plain(name + ".conv", [outputs, inputs, side, side], bias: false)
            tensors.append(.init(name: name + ".bn.weight", shape: [outputs], centre: 1, spread: 0.3))
            tensors.append(.init(name: name + ".bn.bias", shape: [outputs], spread: 0.2))
            tensors.append(.init(name: name + ".bn.running_mean", shape: [outputs], spread: 0.2))
            tensors.append(.init(name: name + ".bn.running_var", shape: [outputs], centre: 1, spread: 0.3))
        }

        mutating func convolution(_ name: String, _ outputs: Int, _ inputs: Int, _ side: Int, separable: Bool) {
            guard separable else { return module(name, outputs, inputs, side) }
            module(name + ".depthwise_conv", inputs, 1, side)
            module(name + ".pointwise_conv", outputs, inputs, 1)
        }

        mutating func layer(
            _ name: String, _ outputs: Int, _ inputs: Int, blocks: Int, separable: Bool, attention: Bool
        ) {
            let middle = outputs / 2
            module(name + ".main_conv", middle, inputs, 1)
            module(name + ".short_conv", middle, inputs, 1)
            module(name + ".final_conv", outputs, 2 * middle, 1)
            for block in 0..<blocks {
                convolution("\(name).blocks.\(block).conv1", middle, middle, 3, separable: separable)
                convolution("\(name).blocks.\(block).conv2", middle, middle, 5, separable: true)
            }
            if attention { plain(name + ".attention.fc", [2 * middle, 2 * middle, 1, 1]) }
        }

        mutating func backbone(widen: Double, blocks: [Int], separable: Bool) {
            let widths = [64, 128, 256, 512, 1024].map { Int(Double($0) * widen) }, half = widths[0] / 2
            module("backbone.stem.0", half, 3, 3)
            module("backbone.stem.1", half, half, 3)
            module("backbone.stem.2", widths[0], half, 3)
            for (index, count) in blocks.enumerated() {
                let name = "backbone.stage\(index + 1)", outputs = widths[index + 1], last = index == blocks.count - 1
                convolution(name + ".0", outputs, widths[index], 3, separable: separable)
                if last {
                    module(name + ".1.conv1", outputs / 2, outputs, 1)
                    module(name + ".1.conv2", outputs, 2 * outputs, 1)
                }
                layer(
                    name + (last ? ".2" : ".1"), outputs, outputs, blocks: count, separable: separable,
                    attention: true)
            }
        }

        mutating func pose(channels: Int) {
            plain("head.final_layer", [17, channels, 7, 7])
            for name in ["head.mlp.0.g", "head.gau.ln.g"] {
                tensors.append(.init(name: name, shape: [1], centre: 1, spread: 0.1))
            }
            plain("head.mlp.1", [256, 48], bias: false)
            plain("head.gau.uv", [1152, 256], bias: false)
            plain("head.gau.o", [256, 512], bias: false)
            tensors.append(.init(name: "head.gau.gamma", shape: [2, 128], centre: 1, spread: 0.2))
            tensors.append(.init(name: "head.gau.beta", shape: [2, 128], spread: 0.2))
            tensors.append(.init(name: "head.gau.res_scale.scale", shape: [256], centre: 1, spread: 0.2))
            plain("head.cls_x", [384, 256], bias: false)
            plain("head.cls_y", [512, 256], bias: false)
        }

        mutating func detector(widths: [Int]) {
            for step in 0..<2 {
                let (low, high) = (widths[1 - step], widths[2 - step])
                module("neck.reduce_layers.\(step)", low, high, 1)
                layer("neck.top_down_blocks.\(step)", low, 2 * low, blocks: 1, separable: true, attention: false)
            }
            for step in 0..<2 {
                convolution("neck.downsamples.\(step)", widths[step], widths[step], 3, separable: true)
                layer(
                    "neck.bottom_up_blocks.\(step)", widths[step + 1], 2 * widths[step], blocks: 1, separable: true,
                    attention: false)
            }
            for level in 0..<3 {
                convolution("neck.out_convs.\(level)", 64, widths[level], 3, separable: true)
                for list in ["cls_convs", "reg_convs"] {
                    for index in 0..<2 {
                        convolution("bbox_head.\(list).\(level).\(index)", 64, 64, 3, separable: true)
                    }
                }
                plain("bbox_head.rtm_cls.\(level)", [1, 64, 1, 1])
                plain("bbox_head.rtm_reg.\(level)", [4, 64, 1, 1])
            }
        }
    }
}
