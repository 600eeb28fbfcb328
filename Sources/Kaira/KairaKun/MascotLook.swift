/// What the mascot's surfaces are.
public enum MascotLook: String, Sendable, CaseIterable {
    /// MToon: flat light and shade, with outlines.
    case toon
    /// glTF's metallic-roughness.
    case pbr
}
