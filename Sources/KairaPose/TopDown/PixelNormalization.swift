/// What is done to the bytes of a crop before a network reads them: `(byte / 255 - mean) / deviation`, by channel.
public struct PixelNormalization: Sendable, Hashable {
    /// Red, green, blue, of values 0...1.
    public var mean: SIMD3<Float>
    /// Red, green, blue, of values 0...1, not 0.
    public var deviation: SIMD3<Float>

    /// A normalisation from its parts.
    public init(mean: SIMD3<Float>, deviation: SIMD3<Float>) {
        self.mean = mean
        self.deviation = deviation
    }

    /// The statistics of ImageNet, which ViTPose, RTMPose and most others were trained with.
    public static let imageNet = PixelNormalization(
        mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
}
