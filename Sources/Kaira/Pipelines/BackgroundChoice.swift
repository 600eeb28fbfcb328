import KairaImage

/// What is behind the avatar.
public enum BackgroundChoice: Sendable, Equatable {
    /// Nothing: alpha is 0 there.
    case none
    /// One colour, sRGB.
    case color(SIMD3<UInt8>)
    /// A picture file, scaled to fill.
    case image(path: String)

    /// A background from `none`, `#rrggbb`, `#rgb` or a path; nil for a `#` that is no colour.
    public init?(_ text: String) {
        if text == "none" {
            self = .none
        } else if text.hasPrefix("#") {
            var digits = String(text.dropFirst())
            if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
            guard digits.count == 6, let value = UInt32(digits, radix: 16) else { return nil }
            self = .color(
                SIMD3(UInt8(value >> 16), UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)))
        } else {
            self = .image(path: text)
        }
    }
}
