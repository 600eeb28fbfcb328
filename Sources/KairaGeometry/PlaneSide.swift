/// A side of a plane.
public enum PlaneSide: String, Sendable, CaseIterable {
    /// Where the normal points to; points in the plane belong here.
    case above
    /// The other.
    case below
}
