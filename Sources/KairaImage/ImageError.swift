/// What can go wrong with picture files.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are no PNG or JPEG.
    case unknownFormat
    /// The bytes are damaged; `reason` is the decoder's.
    case damaged(format: String, reason: String)
    /// The picture is larger than the caller allows.
    case tooLarge(width: Int, height: Int, maximumPixels: Int)
    /// The encoder failed.
    case cannotEncode(format: String, reason: String)

    /// One sentence that says what and why.
    public var description: String {
        switch self {
        case .unknownFormat: "it is neither a PNG nor a JPEG picture"
        case .damaged(let format, let reason): "the \(format) picture is damaged: \(reason)"
        case .tooLarge(let width, let height, let maximum):
            "the picture has \(width)x\(height) pixels, more than the \(maximum) allowed: scale it down first"
        case .cannotEncode(let format, let reason): "the \(format) picture could not be encoded: \(reason)"
        }
    }
}
