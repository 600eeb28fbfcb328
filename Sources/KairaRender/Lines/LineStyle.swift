/// How the lines of drawings look. Lengths in pixels.
public struct LineStyle: Sendable, Hashable {
    /// Width of creases, borders and intersections.
    public var width: Float = 1.4
    /// Width of outlines over that of creases.
    public var silhouetteScale: Float = 1.35
    /// Width of seams over that of creases.
    public var seamScale: Float = 0.75
    /// Width of hidden lines over that of visible ones of the same class.
    public var hiddenScale: Float = 0.7
    /// Length of a dash of hidden lines.
    public var dash: Float = 5
    /// Length of a gap between dashes.
    public var gap: Float = 3.5
    /// How strong hidden lines are, 0...1; 0 leaves them out.
    public var hiddenOpacity: Float = 0.5
    /// sRGB, straight alpha.
    public var color: SIMD4<UInt8> = [0x1F, 0x23, 0x2B, 0xFF]

    /// The style of Kaira's own drawings.
    public init() {}

    /// The width of a visible line of a class.
    public func width(of edge: EdgeClass) -> Float {
        switch edge {
        case .silhouette, .section: width * silhouetteScale
        case .border, .crease, .intersection: width
        case .seam: width * seamScale
        case .mesh: width * 0.6
        case .hatch: width * 0.5
        }
    }
}
