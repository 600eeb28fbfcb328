import KairaTensor

/// The shape of an RTMPose network, read off its weights: nothing of it is in a file of its own.
public struct RTMPoseConfiguration: Sendable, Hashable {
    /// Joints that it reads.
    public let keypoints: Int
    /// Columns of the crop that it is shown.
    public let imageWidth: Int
    /// Rows of the crop that it is shown.
    public let imageHeight: Int
    /// Places along an axis that each pixel of the crop is divided into.
    public let splitRatio: Double
    /// Width of the tokens in the head.
    public let width: Int
    /// Width of queries and keys in the head.
    public let features: Int
    /// Channels of the backbone's last stage.
    public let channels: Int

    /// Places of the answer along x: `imageWidth * splitRatio`.
    public let columns: Int
    /// Places of the answer along y.
    public let rows: Int

    let windowSide: Int
    /// Width of gates and values.
    let expansion: Int
    let hasDistance: Bool
    let backbone: CSPNeXt.Backbone

    /// Reads it off the tensors' shapes.
    ///
    /// The split ratio follows from the areas of the answer and of the feature map: a pixel of the latter is that of
    /// `backbone.stride` input pixels a side.
    ///
    /// - Throws: `PoseError.unusableModel` where the tensors are no RTMPose network's.
    init(_ weights: RTMWeights, file path: String) throws(PoseError) {
        func refused(_ why: String) -> PoseError { .unusableModel(file: path, reason: why) }
        if weights.shape("neck.reduce_layers.0.conv.weight") != nil, weights.shape("bbox_head.rtm_cls.0.weight") == nil
        {
            throw refused(
                "this is an RTMPose with a feature pyramid (RTMW, RTMO), which Kaira does not run; RTMPose t to x are")
        }
        guard let backbone = CSPNeXt.Backbone(weights) else {
            throw refused("these are not the weights of an RTMPose network: its backbone is missing or damaged")
        }
        func matrix(_ name: String) throws(PoseError) -> (outputs: Int, inputs: Int) {
            guard let shape = weights.shape(name), shape.count == 2,
                shape.allSatisfy({ (1...65536).contains($0) })
            else { throw refused("the head's tensor \(name) is missing or is no matrix") }
            return (shape[0], shape[1])
        }
        guard let last = weights.shape("head.final_layer.weight"), last.count == 4, last[2] == last[3],
            last[2] % 2 == 1,
            (1...15).contains(last[2]), (1...1024).contains(last[0]), (1...CSPNeXt.widest).contains(last[1])
        else { throw refused("the head's first convolution, head.final_layer.weight, is missing or damaged") }
        let token = try matrix("head.mlp.1.weight"), x = try matrix("head.cls_x.weight")
        let y = try matrix("head.cls_y.weight"), mixed = try matrix("head.gau.uv.weight")
        guard let gamma = weights.shape("head.gau.gamma"), gamma.count == 2, gamma[0] == 2, gamma[1] > 0,
            mixed.outputs > gamma[1], (mixed.outputs - gamma[1]) % 2 == 0
        else { throw refused("the head's gated attention, head.gau, is missing or damaged") }
        (keypoints, windowSide, channels) = (last[0], last[2], last[1])
        (width, features, expansion) = (token.outputs, gamma[1], (mixed.outputs - gamma[1]) / 2)
        (columns, rows) = (x.outputs, y.outputs)
        hasDistance = weights.shape("head.gau.w") != nil
        let stride = backbone.stride, cells = Double(token.inputs * stride * stride)
        splitRatio = (Double(columns * rows) / cells).squareRoot()
        let size = (width: Double(columns) / splitRatio, height: Double(rows) / splitRatio)
        (imageWidth, imageHeight) = (Int(size.width.rounded()), Int(size.height.rounded()))
        guard abs(size.width - Double(imageWidth)) < 1e-3, abs(size.height - Double(imageHeight)) < 1e-3,
            imageWidth % stride == 0, imageHeight % stride == 0, (stride...8192).contains(imageWidth),
            (stride...8192).contains(imageHeight),
            imageWidth / stride * (imageHeight / stride) == token.inputs
        else {
            throw refused(
                "\(columns) by \(rows) places of an answer from \(token.inputs) features fit no size of a crop")
        }
        self.backbone = backbone
    }
}
