/// How the colour channels of a picture stand to its alpha.
public enum AlphaForm: Sendable, Hashable {
    /// Colour times alpha: what everything in Kaira that draws or blends expects.
    case premultiplied
    /// Colour as it is in the file: for textures, whose channels need not be colours.
    case straight
}
