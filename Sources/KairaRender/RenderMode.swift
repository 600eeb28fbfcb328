/// How shapes are drawn.
public enum RenderMode: String, Sendable, CaseIterable {
    /// Shaded surfaces, hidden ones removed.
    case surface
    /// All edges of all triangles; nothing of their own hides them.
    case wire
    /// The edges that make the shape (outlines, creases, borders, seams, intersections): visible ones solid, hidden ones dashed.
    case hiddenLine = "hidden-line"
    /// Surfaces that have an inside: `RenderView.section` cuts them, and the cut is filled and hatched.
    case solid
}
