/// A rectangle of a picture, turned about its centre: what a network is shown of a frame.
///
/// Coordinates are pixel indices: the centre of the top left pixel is (0, 0). `x` to the right, `y` down.
public struct ImageRegion: Sendable, Hashable {
    /// Where the middle is.
    public var center: SIMD2<Float>
    /// Width and height along the rectangle's own axes, pixels of the picture.
    public var size: SIMD2<Float>
    /// Radians from the picture's x axis to the rectangle's, towards +y: clockwise as seen.
    public var rotation: Float

    /// A region from its parts.
    public init(center: SIMD2<Float>, size: SIMD2<Float>, rotation: Float = 0) {
        self.center = center
        self.size = size
        self.rotation = rotation
    }

    /// The smallest upright square around a whole picture: what a letterboxed network reads.
    public init(squareAround width: Int, _ height: Int) {
        let side = Float(max(width, height))
        self.init(center: SIMD2(Float(width) / 2, Float(height) / 2), size: SIMD2(side, side))
    }

    /// Whether every number is finite and both sides are positive.
    public var isUsable: Bool {
        center.x.isFinite && center.y.isFinite && size.x.isFinite && size.y.isFinite && rotation.isFinite
            && size.x > 0 && size.y > 0
    }
}
