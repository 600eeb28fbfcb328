/// Where a detector sees somebody.
public struct PersonBox: Sendable, Hashable {
    /// x, y, width, height, pixels of the picture.
    public var box: SIMD4<Float>
    /// How sure the detector is, 0...1.
    public var score: Float

    /// A box from its parts.
    public init(box: SIMD4<Float>, score: Float) {
        self.box = box
        self.score = score
    }
}
