import KairaImage

/// A picture and how it is sampled.
public struct Texture: Sendable {
    /// What happens outside 0...1.
    public enum Wrap: Sendable, Hashable {
        /// Repeats.
        case `repeat`
        /// Repeats, every other one mirrored.
        case mirroredRepeat
        /// The edge goes on.
        case clampToEdge
    }

    /// What lies between texels.
    public enum Filter: Sendable, Hashable {
        /// The nearest texel.
        case nearest
        /// Between four texels.
        case linear
    }

    /// The picture.
    public var image: ImageID
    /// Along u.
    public var wrapS: Wrap
    /// Along v.
    public var wrapT: Wrap
    /// Where texels are larger than pixels.
    public var magnification: Filter
    /// Where texels are smaller than pixels, within one mip level.
    public var minification: Filter
    /// Between mip levels, or nil for none.
    public var mipmap: Filter?

    /// A texture from its parts.
    public init(
        image: ImageID, wrapS: Wrap = .repeat, wrapT: Wrap = .repeat, magnification: Filter = .linear,
        minification: Filter = .linear, mipmap: Filter? = .linear
    ) {
        self.image = image
        self.wrapS = wrapS
        self.wrapT = wrapT
        self.magnification = magnification
        self.minification = minification
        self.mipmap = mipmap
    }
}

/// A decoded texture picture. Unlike pictures elsewhere in Kaira its alpha is straight, as glTF has it.
public struct TextureImage: Sendable {
    /// What it is called, possibly empty.
    public var name: String
    /// The pixels, straight alpha.
    public var image: Image
    /// The file's own bytes (PNG or JPEG), kept so that a writer need not encode again; empty for a generated picture.
    public var encoded: [UInt8]

    /// A texture picture from its parts.
    public init(name: String = "", image: Image, encoded: [UInt8] = []) {
        self.name = name
        self.image = image
        self.encoded = encoded
    }
}
