/// Why a picture could not be read or written.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are neither PNG nor JPEG; payload: what they begin with, as hexadecimal digits.
    case unknownFormat(String)
    /// The bytes are damaged, end early or break the format's rules.
    case malformed(ImageFormat, String)
    /// Valid, but a variant that is not read.
    case unsupported(ImageFormat, String)
    /// The picture is larger than the caller allows.
    case tooLarge(width: Int, height: Int, limits: ImageLimits)
    /// The encoder failed.
    case encodingFailed(ImageFormat, String)
    /// Two pictures that must have the same size do not.
    case sizeMismatch(SIMD2<Int>, SIMD2<Int>)

    /// What, and what to do.
    public var description: String {
        switch self {
        case .unknownFormat(let start):
            "not a PNG or JPEG picture (it begins with \(start.isEmpty ? "nothing" : start)); convert it to one of them"
        case .malformed(let format, let why): "the \(format.rawValue.uppercased()) data is damaged: \(why)"
        case .unsupported(let format, let why): "this kind of \(format.rawValue.uppercased()) is not read: \(why)"
        case .tooLarge(let width, let height, let limits):
            "a picture of \(width)x\(height) is over the limit of \(limits.maximumSide) pixels a side or "
                + "\(limits.maximumBytes) bytes; scale it down first"
        case .encodingFailed(let format, let why): "writing \(format.rawValue.uppercased()) failed: \(why)"
        case .sizeMismatch(let a, let b): "the pictures have different sizes: \(a.x)x\(a.y) and \(b.x)x\(b.y)"
        }
    }
}
