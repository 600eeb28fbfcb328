import KairaTensor

/// The shape of an RTMDet detector, read off its weights.
public struct RTMDetConfiguration: Sendable, Hashable {
    /// Columns of the picture that it is shown.
    public let imageWidth: Int
    /// Rows of the picture that it is shown.
    public let imageHeight: Int
    /// Kinds of things that it finds; the first one is people.
    public let classes: Int
    /// Input pixels to one of each of its maps, along an axis.
    public let strides: [Int]
    /// Whether distances are the exponential of the network's answer.
    public let isExponential: Bool

    let backbone: CSPNeXt.Backbone
    let neck: Neck
    let head: [Level]

    /// `CSPNeXtPAFPN`: features of three sizes are mixed downwards, then upwards.
    struct Neck: Hashable {
        var reductions: [CSPNeXt.Convolution]
        var downward: [CSPNeXt.Layer]
        var halvings: [CSPNeXt.Convolution]
        var upward: [CSPNeXt.Layer]
        var outputs: [CSPNeXt.Convolution]

        init?(_ weights: RTMWeights) {
            func all<T>(_ list: String, _ make: (String) -> T?, count: Int) -> [T]? {
                let made = (0..<count).compactMap { make("neck.\(list).\($0)") }
                return made.count == count ? made : nil
            }
            let steps = weights.count("neck.reduce_layers", ["conv.weight"])
            guard (1...4).contains(steps),
                let reductions = all("reduce_layers", { CSPNeXt.Convolution($0, weights) }, count: steps),
                let downward = all(
                    "top_down_blocks", { CSPNeXt.Layer($0, weights, addsIdentity: false) }, count: steps),
                let halvings = all("downsamples", { CSPNeXt.Convolution($0, weights) }, count: steps),
                let upward = all("bottom_up_blocks", { CSPNeXt.Layer($0, weights, addsIdentity: false) }, count: steps),
                let outputs = all("out_convs", { CSPNeXt.Convolution($0, weights) }, count: steps + 1)
            else { return nil }
            (self.reductions, self.downward, self.halvings, self.upward, self.outputs) =
                (reductions, downward, halvings, upward, outputs)
        }
    }

    /// `RTMDetSepBNHead` at one size of features.
    struct Level: Hashable {
        var scores: [CSPNeXt.Convolution]
        var distances: [CSPNeXt.Convolution]
        var classes: Int
        var side: Int

        init?(_ index: Int, _ weights: RTMWeights) {
            func stack(_ list: String) -> [CSPNeXt.Convolution]? {
                let name = "bbox_head.\(list).\(index)"
                let count = weights.count(name, ["conv.weight", "pointwise_conv.conv.weight"])
                let made = (0..<count).compactMap { CSPNeXt.Convolution("\(name).\($0)", weights) }
                return made.count == count && count > 0 ? made : nil
            }
            guard let scores = stack("cls_convs"), let distances = stack("reg_convs"),
                let shape = weights.shape("bbox_head.rtm_cls.\(index).weight"), shape.count == 4,
                (1...4096).contains(shape[0]), [1, 3].contains(shape[2])
            else { return nil }
            (self.scores, self.distances, classes, side) = (scores, distances, shape[0], shape[2])
        }
    }

    /// Reads it off the tensors' shapes.
    ///
    /// Two things are in no tensor: the picture's size, 320 for the smallest published backbone (nano) and 640 for all
    /// others, and the exponential, which tiny and nano leave out.
    ///
    /// - Throws: `PoseError.unusableModel` where the tensors are no RTMDet network's.
    init(_ weights: RTMWeights, file path: String, size: Int? = nil, isExponential: Bool? = nil) throws(PoseError) {
        func refused(_ why: String) -> PoseError { .unusableModel(file: path, reason: why) }
        guard let backbone = CSPNeXt.Backbone(weights), backbone.stages.count >= 3 else {
            throw refused("these are not the weights of an RTMDet network: its backbone is missing or damaged")
        }
        guard let neck = Neck(weights), neck.outputs.count <= backbone.stages.count else {
            throw refused("the weights of the feature pyramid (neck) are missing or damaged")
        }
        if weights.shape("bbox_head.rtm_obj.0.weight") != nil {
            throw refused("RTMDet with an objectness branch is not supported")
        }
        var head: [Level] = []
        for index in neck.outputs.indices {
            guard let level = Level(index, weights) else {
                throw refused("the weights of the detector's head (bbox_head) are missing or damaged at level \(index)")
            }
            head.append(level)
        }
        guard Set(head.map(\.classes)).count == 1 else { throw refused("the head's levels find different things") }
        let width = backbone.stem[2].outputs
        let side = size ?? (width <= 16 ? 320 : 640)
        guard side % backbone.stride == 0, (backbone.stride...4096).contains(side) else {
            throw refused("a picture of \(side) pixels is no multiple of \(backbone.stride)")
        }
        (imageWidth, imageHeight) = (side, side)
        classes = head[0].classes
        strides = neck.outputs.indices.map { backbone.stride >> (neck.outputs.count - 1 - $0) }
        self.isExponential = isExponential ?? (width > 24)
        (self.backbone, self.neck, self.head) = (backbone, neck, head)
    }
}
