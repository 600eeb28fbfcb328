/// Why an edge is drawn. Where several reasons hold, the first of them counts.
public enum EdgeClass: UInt8, Sendable, Hashable, CaseIterable {
    /// Between a triangle that faces the camera and one that does not.
    case silhouette
    /// Where a surface ends: an edge of one triangle.
    case border
    /// Where triangles meet at an angle above the limit, and where more than two of them meet.
    case crease
    /// Where surfaces pass through each other.
    case intersection
    /// Where two materials meet.
    case seam
    /// The cut of a section plane through a surface.
    case section
    /// A hatch line on such a cut.
    case hatch
    /// Any other edge: drawn in wire mode only.
    case mesh

    /// Its name in drawings' groups, such as `silhouette`.
    public var name: String { String(describing: self) }
}
