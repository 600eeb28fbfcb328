/// What draws: stated in every report, since most complaints about slow pictures are about software by accident.
public struct RendererInformation: Sendable, Hashable {
    /// `GL_RENDERER`.
    public var renderer: String
    /// `GL_VENDOR`.
    public var vendor: String
    /// `GL_VERSION`.
    public var version: String
    /// The EGL device, by node or kind.
    public var device: String
    /// Samples a pixel at most.
    public var maximumSamples: Int
    /// Pixels a side at most.
    public var maximumSize: Int
    /// Whether the CPU draws.
    public var isSoftware: Bool
}
