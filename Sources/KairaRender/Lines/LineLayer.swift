import CEGL
import KairaGeometry

/// Where lines are drawn before they are laid over the picture: how much of each pixel visible and hidden lines cover.
///
/// Coverage is analytic and the larger of two counts, so that the many short lines of a chain look like one line. Whether a
/// line is visible is decided along its middle, for its whole width (Cole and Finkelstein, "Two Fast Methods for High-Quality
/// Line Visibility", 2010): its depth is compared with that of the surfaces at the pixel it lies in and at the two beside it.
/// One that passes is enough, for on an outline only the side beyond it does.
final class LineLayer {
    let width: Int
    let height: Int
    private let depthTexture: GLuint
    private let coverTexture: GLuint
    private let depthFrame: GLuint
    private let coverFrame: GLuint

    init(width: Int, height: Int) throws(RenderError) {
        (self.width, self.height) = (width, height)
        var textures = [GLuint](repeating: 0, count: 2)
        unsafe glCreateTextures(GLenum(GL_TEXTURE_2D), 2, &textures)
        var frames = [GLuint](repeating: 0, count: 2)
        unsafe glCreateFramebuffers(2, &frames)
        (depthTexture, coverTexture) = (textures[0], textures[1])
        (depthFrame, coverFrame) = (frames[0], frames[1])
        glTextureStorage2D(depthTexture, 1, GLenum(GL_DEPTH32F_STENCIL8), GLsizei(width), GLsizei(height))
        glTextureStorage2D(coverTexture, 1, GLenum(GL_RG8), GLsizei(width), GLsizei(height))
        for texture in textures {
            glTextureParameteri(texture, GLenum(GL_TEXTURE_MIN_FILTER), GL_NEAREST)
            glTextureParameteri(texture, GLenum(GL_TEXTURE_MAG_FILTER), GL_NEAREST)
        }
        glNamedFramebufferTexture(depthFrame, GLenum(GL_DEPTH_STENCIL_ATTACHMENT), depthTexture, 0)
        glNamedFramebufferDrawBuffer(depthFrame, GLenum(GL_NONE))
        glNamedFramebufferReadBuffer(depthFrame, GLenum(GL_NONE))
        glNamedFramebufferTexture(coverFrame, GLenum(GL_COLOR_ATTACHMENT0), coverTexture, 0)
        for frame in frames {
            guard glCheckNamedFramebufferStatus(frame, GLenum(GL_FRAMEBUFFER)) == GLenum(GL_FRAMEBUFFER_COMPLETE) else {
                throw .failed("a layer for lines of \(width)x\(height) is not complete")
            }
        }
    }

    /// Makes the depth of the surfaces the target of what is drawn, and clears it.
    func beginDepth(x: Int, y: Int, view: RenderView) {
        glBindFramebuffer(GLenum(GL_FRAMEBUFFER), depthFrame)
        glViewport(GLint(-x), GLint(-y), GLsizei(view.width), GLsizei(view.height))
        glDepthMask(GLboolean(GL_TRUE))
        glClear(GLbitfield(GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT))
    }

    /// Draws the coverage of lines, by the depth that was drawn before.
    func draw(_ segments: LineSegments, programs: LinePrograms, x: Int, y: Int, view: RenderView) {
        glBindFramebuffer(GLenum(GL_FRAMEBUFFER), coverFrame)
        glViewport(GLint(-x), GLint(-y), GLsizei(view.width), GLsizei(view.height))
        glClearColor(0, 0, 0, 0)
        glClear(GLbitfield(GL_COLOR_BUFFER_BIT))
        guard !segments.segments.isEmpty else { return }
        glDisable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_CULL_FACE))
        glEnable(GLenum(GL_BLEND))
        glBlendEquation(GLenum(GL_MAX))
        programs.buffer.store(segments.segments, usage: GL_DYNAMIC_DRAW)
        glBindBufferBase(GLenum(GL_SHADER_STORAGE_BUFFER), 1, programs.buffer.name)
        glUseProgram(programs.line)
        glUniform2f(programs.lineOrigin, Float(x), Float(y))
        glUniform2f(programs.lineSize, Float(view.width), Float(view.height))
        glUniform2f(programs.lineDash, view.lines.dash, view.lines.gap)
        glBindTextureUnit(0, depthTexture)
        glBindVertexArray(programs.array)
        glDrawArrays(GLenum(GL_TRIANGLES), 0, GLsizei(segments.segments.count * 6))
        glBlendEquation(GLenum(GL_FUNC_ADD))
        glDisable(GLenum(GL_BLEND))
    }

    /// Lays the lines over what is being drawn.
    func composite(programs: LinePrograms, style: LineStyle) {
        glDisable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_CULL_FACE))
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        glUseProgram(programs.composite)
        let c = style.color
        glUniform4f(
            programs.compositeColor, FrameUniforms.linear(c.x), FrameUniforms.linear(c.y), FrameUniforms.linear(c.z),
            Float(c.w) / 255)
        glUniform1f(programs.compositeHidden, style.hiddenOpacity)
        glBindTextureUnit(0, coverTexture)
        glBindVertexArray(programs.array)
        glDrawArrays(GLenum(GL_TRIANGLES), 0, 3)
        glDisable(GLenum(GL_BLEND))
        glEnable(GLenum(GL_DEPTH_TEST))
    }

    deinit {
        unsafe glDeleteFramebuffers(2, [depthFrame, coverFrame])
        unsafe glDeleteTextures(2, [depthTexture, coverTexture])
    }
}

/// The programs of `LineLayer`.
final class LinePrograms {
    let line: GLuint
    let composite: GLuint
    let array: GLuint
    let buffer = GLBuffer()
    let lineOrigin, lineSize, lineDash, compositeColor, compositeHidden: GLint

    private static let lineVertex = """
        #version 450 core
        struct Segment { vec4 a, b, style; };
        layout(std430, binding = 1) readonly buffer Segments { Segment segments[]; };
        uniform vec2 size;
        flat out vec4 fA, fB, fStyle;
        void main() {
            Segment s = segments[gl_VertexID / 6];
            int corner = gl_VertexID % 6;
            bool atEnd = corner == 2 || corner == 4 || corner == 5;
            float side = corner == 1 || corner == 2 || corner == 4 ? 1.0 : -1.0;
            vec2 along = s.b.xy - s.a.xy;
            float far = length(along);
            vec2 unit = far > 1e-6 ? along / far : vec2(1, 0);
            float reach = max(s.style.x, s.style.y) + 1.0;
            vec2 p = atEnd ? s.b.xy + unit * reach : s.a.xy - unit * reach;
            p += vec2(-unit.y, unit.x) * side * reach;
            // Drawn upside down: the first row of the frame is the picture's top one.
            gl_Position = vec4(p / size * 2.0 - 1.0, 0, 1);
            fA = s.a; fB = s.b; fStyle = s.style;
        }
        """

    private static let lineFragment = """
        #version 450 core
        flat in vec4 fA, fB, fStyle;
        uniform vec2 origin;
        uniform vec2 dash;
        layout(binding = 0) uniform sampler2D surfaces;
        layout(location = 0) out vec2 cover;
        bool seen(vec2 p, float depth) {
            ivec2 at = clamp(ivec2(floor(p - origin)), ivec2(0), textureSize(surfaces, 0) - 1);
            return depth <= texelFetch(surfaces, at, 0).r;
        }
        void main() {
            vec2 p = gl_FragCoord.xy + origin;
            vec2 along = fB.xy - fA.xy;
            float square = dot(along, along);
            float t = square > 1e-12 ? clamp(dot(p - fA.xy, along) / square, 0.0, 1.0) : 0.0;
            vec4 q = mix(fA, fB, t);
            float d = distance(p, q.xy);
            vec2 across = square > 1e-12 ? vec2(-along.y, along.x) * inversesqrt(square) : vec2(0, 1);
            bool visible = fStyle.z < 0.5
                && (seen(q.xy, q.z) || seen(q.xy + across, q.z) || seen(q.xy - across, q.z));
            if (visible) {
                cover = vec2(clamp(fStyle.x + 0.5 - d, 0.0, 1.0), 0);
            } else {
                if (fStyle.y <= 0.0) discard;
                float period = dash.x + dash.y;
                float ends = abs(mod(q.w, period) - period * 0.5) - dash.x * 0.5;
                // Thin lines are fainter, not thinner than a pixel.
                float strength = min(fStyle.y * 2.0, 1.0);
                cover = vec2(
                    0, strength * clamp(max(fStyle.y, 0.5) + 0.5 - d, 0.0, 1.0) * clamp(0.5 - ends, 0.0, 1.0));
            }
        }
        """

    private static let compositeVertex = """
        #version 450 core
        void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1); }
        """

    private static let compositeFragment = """
        #version 450 core
        layout(binding = 0) uniform sampler2D covers;
        uniform vec4 ink;
        uniform float hiddenOpacity;
        layout(location = 0) out vec4 color;
        void main() {
            ivec2 at = ivec2(gl_FragCoord.xy);
            if (any(greaterThanEqual(at, textureSize(covers, 0)))) discard;
            vec2 cover = texelFetch(covers, at, 0).rg;
            float a = max(cover.r, cover.g * hiddenOpacity) * ink.a;
            if (a <= 0.002) discard;
            color = vec4(ink.rgb * a, a);
        }
        """

    init() throws(RenderError) {
        line = try GLProgram.link(
            "lines", [(GLenum(GL_VERTEX_SHADER), Self.lineVertex), (GLenum(GL_FRAGMENT_SHADER), Self.lineFragment)])
        composite = try GLProgram.link(
            "lines over the picture",
            [(GLenum(GL_VERTEX_SHADER), Self.compositeVertex), (GLenum(GL_FRAGMENT_SHADER), Self.compositeFragment)])
        var array: GLuint = 0
        unsafe glCreateVertexArrays(1, &array)
        self.array = array
        lineOrigin = unsafe glGetUniformLocation(line, "origin")
        lineSize = unsafe glGetUniformLocation(line, "size")
        lineDash = unsafe glGetUniformLocation(line, "dash")
        compositeColor = unsafe glGetUniformLocation(composite, "ink")
        compositeHidden = unsafe glGetUniformLocation(composite, "hiddenOpacity")
    }

    deinit {
        glDeleteProgram(line)
        glDeleteProgram(composite)
        unsafe withUnsafePointer(to: array) { unsafe glDeleteVertexArrays(1, $0) }
    }
}
