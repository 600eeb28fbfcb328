/// How the crop of a person is sampled, at the picture's border above all: two implementations of ViTPose differ.
public enum CropBorder: Sendable, Hashable, CaseIterable {
    /// As `transformers` by `scipy.ndimage.affine_transform`: exact bilinear weights, black as soon as the position lies
    /// outside of the outermost pixel centres.
    case transformers
    /// As the original by OpenCV's `warpAffine` (4.10): positions in steps of 1/32 pixel, fading into black over one pixel.
    case openCV
}
