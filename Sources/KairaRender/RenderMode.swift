/// How shapes are drawn.
public enum RenderMode: String, Sendable, CaseIterable {
    /// Shaded surfaces, hidden ones removed.
    case surface
    /// All edges of all triangles; nothing hides anything.
    case wire
    /// The visible ones of the edges that make the shape: outlines, creases, borders.
    case hiddenLine = "hidden-line"
}
