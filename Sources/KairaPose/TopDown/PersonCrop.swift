/// The upright rectangle of a picture that a top-down network is shown of one person.
///
/// Unbiased data processing (Huang et al., *The Devil is in the Details*, CVPR 2020): the first and the last sample of a
/// row lie on the rectangle's edges, so sample `u` of `n` reads `center.x + (u / (n - 1) - 1/2) size.x`, in pixel indices
/// (the centre of the top left pixel is (0, 0)). Heatmap cells map back by the same rule, whatever their number.
public struct PersonCrop: Sendable, Hashable {
    /// Where the middle is, pixels.
    public var center: SIMD2<Double>
    /// Width and height, pixels.
    public var size: SIMD2<Double>

    /// A crop from its parts.
    public init(center: SIMD2<Double>, size: SIMD2<Double>) {
        self.center = center
        self.size = size
    }

    /// The crop around a box: the box grown to the network's shape, then by the padding; nil where the box is not finite
    /// or a side is not positive.
    ///
    /// - Parameters:
    ///   - box: x, y, width, height in pixels.
    ///   - width: columns of the network's input.
    ///   - height: rows of the network's input.
    ///   - padding: factor on both sides; ViTPose was trained with 1.25.
    public init?(box: SIMD4<Float>, width: Int, height: Int, padding: Double = 1.25) {
        let box = SIMD4<Double>(box)
        guard width > 0, height > 0, padding > 0, box.x.isFinite, box.y.isFinite, box.z.isFinite, box.w.isFinite,
            box.z > 0, box.w > 0
        else { return nil }
        let aspect = Double(width) / Double(height)
        var size = SIMD2(box.z, box.w)
        if size.x > aspect * size.y { size.y = size.x / aspect } else { size.x = size.y * aspect }
        self.init(center: SIMD2(box.x + box.z / 2, box.y + box.w / 2), size: size * padding)
        guard self.size.x.isFinite, self.size.y.isFinite else { return nil }
    }

    /// The picture point of a place in an input of `columns` by `rows` pixels that was sampled plainly: `CropSampling.plain`.
    public func plainPoint(_ place: SIMD2<Double>, columns: Int, rows: Int) -> SIMD2<Double> {
        place * size / SIMD2(Double(max(columns, 1)), Double(max(rows, 1))) + center - size / 2
    }

    /// The picture point of a place in a grid of samples that spans the crop: a heatmap's cell or the input's pixel.
    ///
    /// - Parameters:
    ///   - cell: column and row, fractions allowed.
    ///   - columns: of the grid, at least 2.
    ///   - rows: of the grid, at least 2.
    /// - Returns: pixels of the picture.
    public func point(_ cell: SIMD2<Double>, columns: Int, rows: Int) -> SIMD2<Double> {
        cell * size / SIMD2(Double(max(columns - 1, 1)), Double(max(rows - 1, 1))) + center - size / 2
    }
}
