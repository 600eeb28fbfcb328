import CEGL
import KairaImage

/// Framebuffers for pictures of one size: sRGB-encoded colour, depth and stencil, with or without samples.
final class RenderTarget {
    let width: Int
    let height: Int
    /// Samples that the driver granted; 0 for none.
    let samples: Int
    private let drawing: GLuint
    private let resolved: GLuint
    private let buffers: [GLuint]

    init(width: Int, height: Int, samples: Int) throws(RenderError) {
        (self.width, self.height) = (width, height)
        let (w, h) = (GLsizei(width), GLsizei(height))
        var frames = [GLuint](repeating: 0, count: 2)
        var buffers = [GLuint](repeating: 0, count: 3)
        unsafe glCreateFramebuffers(2, &frames)
        unsafe glCreateRenderbuffers(3, &buffers)
        let count = GLsizei(samples)
        glNamedRenderbufferStorageMultisample(buffers[0], count, GLenum(GL_SRGB8_ALPHA8), w, h)
        glNamedRenderbufferStorageMultisample(buffers[1], count, GLenum(GL_DEPTH24_STENCIL8), w, h)
        glNamedFramebufferRenderbuffer(frames[0], GLenum(GL_COLOR_ATTACHMENT0), GLenum(GL_RENDERBUFFER), buffers[0])
        glNamedFramebufferRenderbuffer(
            frames[0], GLenum(GL_DEPTH_STENCIL_ATTACHMENT), GLenum(GL_RENDERBUFFER), buffers[1])
        if samples > 0 {
            glNamedRenderbufferStorage(buffers[2], GLenum(GL_SRGB8_ALPHA8), w, h)
            glNamedFramebufferRenderbuffer(frames[1], GLenum(GL_COLOR_ATTACHMENT0), GLenum(GL_RENDERBUFFER), buffers[2])
        }
        var granted: GLint = 0
        unsafe glGetNamedRenderbufferParameteriv(buffers[0], GLenum(GL_RENDERBUFFER_SAMPLES), &granted)
        self.samples = Int(granted)
        drawing = frames[0]
        resolved = frames[1]
        self.buffers = buffers
        guard glCheckNamedFramebufferStatus(drawing, GLenum(GL_FRAMEBUFFER)) == GLenum(GL_FRAMEBUFFER_COMPLETE) else {
            throw .failed("a framebuffer of \(width)x\(height) with \(samples) samples is not complete")
        }
    }

    /// Makes it the target of what is drawn, and clears it to nothing.
    func begin() {
        glBindFramebuffer(GLenum(GL_FRAMEBUFFER), drawing)
        glViewport(0, 0, GLsizei(width), GLsizei(height))
        glClearColor(0, 0, 0, 0)
        glClear(GLbitfield(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT))
    }

    /// Reads a rectangle of the picture; everything was drawn upside down, so that the first row read is the top one.
    func read(x: Int, y: Int, width w: Int, height h: Int, into image: inout Image) {
        guard w > 0, h > 0 else { return }
        var source = drawing
        if samples > 0 {
            let (x0, y0, x1, y1) = (GLint(x), GLint(y), GLint(x + w), GLint(y + h))
            glBlitNamedFramebuffer(
                drawing, resolved, x0, y0, x1, y1, x0, y0, x1, y1, GLbitfield(GL_COLOR_BUFFER_BIT), GLenum(GL_NEAREST))
            source = resolved
        }
        glBindFramebuffer(GLenum(GL_READ_FRAMEBUFFER), source)
        glPixelStorei(GLenum(GL_PACK_ALIGNMENT), 4)
        glPixelStorei(GLenum(GL_PACK_ROW_LENGTH), GLint(image.width))
        unsafe image.bytes.withUnsafeMutableBytes { bytes in
            let start = (y * image.width + x) * 4
            unsafe glReadPixels(
                GLint(x), GLint(y), GLsizei(w), GLsizei(h), GLenum(GL_RGBA), GLenum(GL_UNSIGNED_BYTE),
                bytes.baseAddress.map { unsafe $0 + start })
        }
        glPixelStorei(GLenum(GL_PACK_ROW_LENGTH), 0)
    }

    deinit {
        unsafe glDeleteFramebuffers(2, [drawing, resolved])
        unsafe glDeleteRenderbuffers(3, buffers)
    }
}
