import Glibc

/// The sRGB transfer function (IEC 61966-2-1).
public enum SRGB {
    /// Linear light 0...1 of an encoded value 0...1.
    public static func linear(_ encoded: Float) -> Float {
        encoded <= 0.04045 ? encoded / 12.92 : powf((encoded + 0.055) / 1.055, 2.4)
    }

    /// The encoded value 0...1 of linear light 0...1.
    public static func encoded(_ linear: Float) -> Float {
        linear <= 0.0031308 ? linear * 12.92 : 1.055 * powf(linear, 1 / 2.4) - 0.055
    }

    /// Linear light of each encoded byte.
    public static let linearTable: [Float] = (0...255).map { linear(Float($0) / 255) }

    /// The byte that encodes linear light best; values outside 0...1 are clamped, NaN gives 0.
    public static func byte(_ linear: Float) -> UInt8 {
        guard linear > 0 else { return 0 }
        return UInt8(encoded(min(linear, 1)) * 255 + 0.5)
    }
}
