/// Where the samples of a crop lie.
public enum CropSampling: Sendable, Hashable, CaseIterable {
    /// The first and the last sample of `n` lie on the crop's edges, `size / (n - 1)` apart: unbiased data processing, which
    /// ViTPose was trained with.
    case unbiased
    /// `size / n` apart from the crop's top left corner on: mmpose's plain affine crop, which RTMPose was trained with.
    case plain
}
