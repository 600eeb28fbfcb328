import CEGL

/// A full-screen triangle textured through mipmaps, both filters linear: about the least that a textured picture costs.
final class TrilinearPass {
    private let program: GLuint
    private let texture: GLuint
    private let array: GLuint
    private var target: RenderTarget?

    private static let vertex = """
        #version 450 core
        out vec2 uv;
        uniform vec2 texels;
        void main() {
            vec2 corner = vec2(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1);
            // 1.4 texels a pixel: between two levels.
            uv = (corner * 0.5 + 0.5) * texels * 1.4 / 1024.0;
            gl_Position = vec4(corner, 0, 1);
        }
        """
    private static let fragment = """
        #version 450 core
        in vec2 uv;
        layout(binding = 0) uniform sampler2D picture;
        layout(location = 0) out vec4 color;
        void main() { color = texture(picture, uv); }
        """

    init() throws(RenderError) {
        program = try GLProgram.link(
            "trilinear pass",
            [(GLenum(GL_VERTEX_SHADER), Self.vertex), (GLenum(GL_FRAGMENT_SHADER), Self.fragment)])
        var texture: GLuint = 0
        unsafe glCreateTextures(GLenum(GL_TEXTURE_2D), 1, &texture)
        self.texture = texture
        var array: GLuint = 0
        unsafe glCreateVertexArrays(1, &array)
        self.array = array
        let side = 1024
        glTextureStorage2D(texture, 11, GLenum(GL_SRGB8_ALPHA8), GLsizei(side), GLsizei(side))
        let texels = (0..<side * side).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) | 0xFF00_0000 }
        unsafe texels.withUnsafeBytes { bytes in
            unsafe glTextureSubImage2D(
                texture, 0, 0, 0, GLsizei(side), GLsizei(side), GLenum(GL_RGBA), GLenum(GL_UNSIGNED_BYTE),
                bytes.baseAddress)
        }
        glGenerateTextureMipmap(texture)
        glTextureParameteri(texture, GLenum(GL_TEXTURE_MIN_FILTER), GL_LINEAR_MIPMAP_LINEAR)
    }

    /// Draws, and returns when it is drawn.
    func draw(width: Int, height: Int) throws(RenderError) {
        if target?.width != width || target?.height != height {
            target = try RenderTarget(width: width, height: height, samples: 0)
        }
        target?.begin(width: width, height: height)
        glDisable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_CULL_FACE))
        glDisable(GLenum(GL_BLEND))
        glEnable(GLenum(GL_FRAMEBUFFER_SRGB))
        glUseProgram(program)
        unsafe glUniform2f(glGetUniformLocation(program, "texels"), Float(width), Float(height))
        glBindTextureUnit(0, texture)
        glBindVertexArray(array)
        glDrawArrays(GLenum(GL_TRIANGLES), 0, 3)
        glFinish()
    }

    deinit {
        glDeleteProgram(program)
        unsafe withUnsafePointer(to: texture) { unsafe glDeleteTextures(1, $0) }
        unsafe withUnsafePointer(to: array) { unsafe glDeleteVertexArrays(1, $0) }
    }
}
