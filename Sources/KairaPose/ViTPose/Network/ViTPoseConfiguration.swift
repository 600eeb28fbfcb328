import Foundation

/// The shape of a ViTPose network: what `config.json` says beside its weights.
///
/// Xu et al., ViTPose: Simple Vision Transformer Baselines for Human Pose Estimation, 2022; field names and defaults are
/// those of the `vitpose` and `vitpose_backbone` configurations of the transformers library.
public struct ViTPoseConfiguration: Sendable, Hashable {
    /// The layers after the backbone.
    public enum Head: String, Sendable, Hashable {
        /// ReLU, bilinear enlargement, one 3x3 convolution.
        case simple
        /// Two 4x4 transposed convolutions with batch norm and ReLU, one 1x1 convolution.
        case classic
    }

    /// Rows of the input picture.
    public var imageHeight = 256
    /// Columns of the input picture.
    public var imageWidth = 192
    /// Rows and columns of a patch.
    public var patchHeight = 16, patchWidth = 16
    /// Channels of the input picture.
    public var channels = 3
    /// Values of a token.
    public var width = 768
    /// Transformer blocks.
    public var layers = 12
    /// Attention heads of a block.
    public var heads = 12
    /// The hidden layer of a block's network is this many times as wide as a token.
    public var expansion = 4
    /// Networks of which one gives part of a block's result; 1: none but the shared one.
    public var experts = 1
    /// Values of a token that come from the expert; without meaning for one expert.
    public var expertFeatures = 256
    /// Added to the variance in a layer norm.
    public var layerNormEpsilon: Float = 1e-12
    /// Whether queries, keys and values have a bias.
    public var queryBias = true
    /// The layers after the backbone.
    public var head = Head.classic
    /// How much larger the heatmaps are than the grid of tokens; only the simple head knows others than 4.
    public var scale = 4
    /// Heatmaps.
    public var keypoints = 17

    /// ViTPose-B for a picture of 256 rows by 192 columns with the classic head.
    public init() {}

    /// Rows of tokens: patches are cut from the picture with a border of two zeros.
    public var tokenRows: Int { (imageHeight + 4 - patchHeight) / patchHeight + 1 }
    /// Tokens of a row.
    public var tokenColumns: Int { (imageWidth + 4 - patchWidth) / patchWidth + 1 }
    /// Rows of a heatmap.
    public var heatmapHeight: Int { tokenRows * (head == .simple ? scale : 4) }
    /// Columns of a heatmap.
    public var heatmapWidth: Int { tokenColumns * (head == .simple ? scale : 4) }

    /// Billions of multiplications with additions for one picture, attention and head included.
    public var gigaMultiplyAdds: Double {
        let tokens = Double(tokenRows * tokenColumns), d = Double(width)
        let block = tokens * d * d * Double(4 + 2 * expansion) + 2 * tokens * tokens * d
        let patches = tokens * d * Double(channels * patchHeight * patchWidth)
        let k = Double(keypoints)
        let head =
            head == .simple
            ? tokens * Double(scale * scale) * 9 * d * k
            : tokens * 16 * 256 * d + tokens * 4 * 16 * 256 * 256 + tokens * 16 * 256 * k
        return (block * Double(layers) + patches + head) / 1e9
    }

    /// Reads `config.json`; fields that are missing have the library's defaults.
    ///
    /// - Throws: `PoseError.unusableModel` where it is no such file or asks for what does not exist.
    public init(json: [UInt8], file: String = "config.json") throws(PoseError) {
        let fields: Fields
        do { fields = try JSONDecoder().decode(Fields.self, from: Data(json)) } catch {
            throw .unusableModel(file: file, reason: "not a ViTPose configuration: \(error)")
        }
        self.init()
        if let type = fields.model_type, type != "vitpose" {
            throw .unusableModel(file: file, reason: "describes a model of type \"\(type)\"")
        }
        if let backbone = fields.backbone_config {
            if let size = backbone.image_size { (imageHeight, imageWidth) = size.pair }
            if let size = backbone.patch_size { (patchHeight, patchWidth) = size.pair }
            channels = backbone.num_channels ?? channels
            width = backbone.hidden_size ?? width
            layers = backbone.num_hidden_layers ?? layers
            heads = backbone.num_attention_heads ?? heads
            if let ratio = backbone.mlp_ratio {
                guard ratio == ratio.rounded(), (1...64).contains(ratio) else {
                    throw .unusableModel(file: file, reason: "an mlp_ratio of \(ratio)")
                }
                expansion = Int(ratio)
            }
            experts = backbone.num_experts ?? experts
            expertFeatures = backbone.part_features ?? expertFeatures
            layerNormEpsilon = backbone.layer_norm_eps ?? layerNormEpsilon
            queryBias = backbone.qkv_bias ?? queryBias
            if let name = backbone.hidden_act, name != "gelu" {
                throw .unusableModel(file: file, reason: "activation \"\(name)\" instead of gelu")
            }
        }
        head = fields.use_simple_decoder ?? true ? .simple : .classic
        scale = fields.scale_factor ?? scale
        keypoints = fields.id2label?.count ?? fields.num_labels ?? 2
        if let problem { throw .unusableModel(file: file, reason: problem) }
    }

    /// What makes this no network that can be built; nil if nothing does.
    var problem: String? {
        let limits: [(name: String, value: Int, range: ClosedRange<Int>)] = [
            ("image height", imageHeight, 16...4096), ("image width", imageWidth, 16...4096),
            ("patch height", patchHeight, 1...256), ("patch width", patchWidth, 1...256),
            ("num_channels", channels, 1...64), ("hidden_size", width, 1...16384),
            ("num_hidden_layers", layers, 1...1024), ("num_attention_heads", heads, 1...1024),
            ("num_experts", experts, 1...256), ("mlp_ratio", expansion, 1...64), ("scale_factor", scale, 1...16),
            ("number of labels", keypoints, 1...4096),
        ]
        for limit in limits where !limit.range.contains(limit.value) {
            return "\(limit.name) is \(limit.value), not in \(limit.range)"
        }
        if width % heads != 0 { return "hidden_size \(width) is no multiple of \(heads) heads" }
        if experts > 1, !(1..<width).contains(expertFeatures) {
            return "part_features \(expertFeatures) with a hidden_size of \(width)"
        }
        if patchHeight > imageHeight + 4 || patchWidth > imageWidth + 4 { return "a patch larger than the picture" }
        if !(layerNormEpsilon >= 0 && layerNormEpsilon < 1) { return "layer_norm_eps is \(layerNormEpsilon)" }
        if head == .classic, scale != 4 { return "scale_factor \(scale) with the classic head, which enlarges by 4" }
        return nil
    }

    /// The fields of the file that count here.
    private struct Fields: Decodable {
        var model_type: String?
        var backbone_config: Backbone?
        var use_simple_decoder: Bool?
        var scale_factor: Int?
        var id2label: [String: String]?
        var num_labels: Int?

        struct Backbone: Decodable {
            var image_size: Size?
            var patch_size: Size?
            var num_channels: Int?
            var hidden_size: Int?
            var num_hidden_layers: Int?
            var num_attention_heads: Int?
            var mlp_ratio: Double?
            var num_experts: Int?
            var part_features: Int?
            var layer_norm_eps: Float?
            var qkv_bias: Bool?
            var hidden_act: String?
        }
    }

    /// One number for both axes, or rows and columns.
    private struct Size: Decodable {
        var pair: (Int, Int)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let side = try? container.decode(Int.self) {
                pair = (side, side)
                return
            }
            let sides = try container.decode([Int].self)
            guard sides.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a size of \(sides.count) numbers")
            }
            pair = (sides[0], sides[1])
        }
    }
}
