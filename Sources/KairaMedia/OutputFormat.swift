/// What an output is written as.
public enum OutputFormat: String, Sendable, CaseIterable {
    /// H.264 and AAC in MP4; no alpha.
    case mp4
    /// VP9 and Opus in WebM, alpha kept.
    case webm
    /// An animated GIF: 256 colours a frame, alpha on or off.
    case gif
    /// A PNG file a frame, alpha kept; the path holds a pattern: `frames/{frame:05d}.png`.
    case pngSequence = "png-sequence"
    /// One PNG file.
    case png
    /// One JPEG file; no alpha.
    case jpeg
    /// YUV4MPEG2, 4:2:0; no alpha.
    case y4m
    /// RGBA bytes without any header, straight alpha.
    case rgba

    /// The format that a path's ending or pattern tells, or nil; `-` is Y4M.
    public init?(path: String) {
        if path == "-" {
            self = .y4m
            return
        }
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.contains("{frame"), name.hasSuffix(".png") {
            self = .pngSequence
            return
        }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[dot...].dropFirst() {
        case "mp4", "m4v", "mov": self = .mp4
        case "webm": self = .webm
        case "gif": self = .gif
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "y4m": self = .y4m
        case "rgba": self = .rgba
        default: return nil
        }
    }

    /// Whether the format keeps transparency.
    public var hasAlpha: Bool {
        switch self {
        case .webm, .gif, .pngSequence, .png, .rgba: true
        case .mp4, .jpeg, .y4m: false
        }
    }
}
