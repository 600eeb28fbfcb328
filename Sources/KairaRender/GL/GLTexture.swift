import CEGL
import KairaScene

/// A 2D texture with its sampling state: one owner, freed once, on the GL thread.
final class GLTexture {
    let name: GLuint

    /// Uploads a picture; `isColor` for sRGB-encoded values.
    init(_ texture: Texture, _ picture: TextureImage, isColor: Bool) {
        var name: GLuint = 0
        unsafe glCreateTextures(GLenum(GL_TEXTURE_2D), 1, &name)
        self.name = name
        let image = picture.image
        let (width, height) = (GLsizei(image.width), GLsizei(image.height))
        let levels: GLsizei =
            texture.mipmap == nil ? 1 : GLsizei(Int.bitWidth - max(image.width, image.height).leadingZeroBitCount)
        glTextureStorage2D(name, levels, GLenum(isColor ? GL_SRGB8_ALPHA8 : GL_RGBA8), width, height)
        unsafe image.bytes.withUnsafeBytes { bytes in
            unsafe glTextureSubImage2D(
                name, 0, 0, 0, width, height, GLenum(GL_RGBA), GLenum(GL_UNSIGNED_BYTE), bytes.baseAddress)
        }
        if levels > 1 { glGenerateTextureMipmap(name) }
        set(GL_TEXTURE_WRAP_S, Self.wrap(texture.wrapS))
        set(GL_TEXTURE_WRAP_T, Self.wrap(texture.wrapT))
        set(GL_TEXTURE_MAG_FILTER, texture.magnification == .nearest ? GL_NEAREST : GL_LINEAR)
        set(GL_TEXTURE_MIN_FILTER, Self.minification(texture))
    }

    private func set(_ parameter: Int32, _ value: Int32) { glTextureParameteri(name, GLenum(parameter), value) }

    private static func wrap(_ wrap: Texture.Wrap) -> Int32 {
        switch wrap {
        case .repeat: GL_REPEAT
        case .mirroredRepeat: GL_MIRRORED_REPEAT
        case .clampToEdge: GL_CLAMP_TO_EDGE
        }
    }

    private static func minification(_ texture: Texture) -> Int32 {
        switch (texture.minification, texture.mipmap) {
        case (.nearest, nil): GL_NEAREST
        case (.linear, nil): GL_LINEAR
        case (.nearest, .nearest): GL_NEAREST_MIPMAP_NEAREST
        case (.linear, .nearest): GL_LINEAR_MIPMAP_NEAREST
        case (.nearest, .linear): GL_NEAREST_MIPMAP_LINEAR
        case (.linear, .linear): GL_LINEAR_MIPMAP_LINEAR
        }
    }

    deinit { unsafe withUnsafePointer(to: name) { unsafe glDeleteTextures(1, $0) } }
}
