/// Which device draws.
public enum DeviceChoice: Sendable, Hashable {
    /// The best that works: hardware before software.
    case automatic
    /// The CPU.
    case software
    /// A device by its place in `GraphicsReport`.
    case index(Int)
    /// A device by its DRM node, such as `/dev/dri/renderD128`.
    case node(String)

    /// A choice from `auto`, `software`, a number or a path; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "auto", "automatic": self = .automatic
        case "software", "cpu": self = .software
        default:
            if let index = Int(text), index >= 0 {
                self = .index(index)
            } else if text.hasPrefix("/") {
                self = .node(text)
            } else {
                return nil
            }
        }
    }
}
