import CEGL
import KairaGeometry
import KairaScene

/// How the cut through a part looks. Linear colours.
struct CapStyle: Sendable {
    var fill: SIMD3<Float>
    var ink: SIMD3<Float>
    /// Of the hatch lines in the plane, radians.
    var angle: Float

    /// The style of a part by its material's mean colour and its place among the parts.
    init(color: SIMD3<Float>, place: Int) {
        // Neighbours differ by their hatch, as in engineering drawings, and by a shade.
        let turns: [Float] = [45, 135, 75, 105, 15, 165]
        angle = turns[place % turns.count] * .pi / 180
        let paper: Float = [0.42, 0.30, 0.54][(place / 2) % 3]
        fill = color * (1 - paper) + SIMD3(repeating: paper)
        ink = color * 0.22
    }
}

/// Fills the cuts through solids: the section plane where the stencil says inside.
final class CapPass {
    private let program: GLuint
    private let array: GLuint
    private let center, u, v, fill, ink, hatch: GLint

    private static let vertex = """
        uniform vec4 center;     // xyz; w: half the side of the square
        uniform vec3 u, v;
        out vec2 vPlane;
        void main() {
            vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
            vec3 world = center.xyz + (u * corner.x + v * corner.y) * center.w;
            vPlane = vec2(dot(u, world), dot(v, world));
            gl_Position = clipFromWorld * vec4(world, 1);
        }
        """

    private static let fragment = """
        in vec2 vPlane;
        uniform vec3 fill, ink;
        uniform vec4 hatch;      // direction across the lines, distance of lines in metres, width in pixels
        layout(location = 0) out vec4 color;
        void main() {
            float h = dot(vPlane, hatch.xy) / hatch.z;
            float pixel = fwidth(h);
            float d = abs(fract(h) - 0.5) / max(pixel, 1e-9);
            // Lines nearer to each other than three pixels become a shade.
            float line = clamp(hatch.w * 0.5 + 0.5 - d, 0.0, 1.0) * clamp((1.0 / max(pixel, 1e-9) - 2.0) * 0.5, 0.0, 1.0);
            color = vec4(mix(fill, ink, line * 0.85), 1);
        }
        """

    init() throws(RenderError) {
        let head = "#version 450 core\n" + ShaderSource.common + "\n"
        program = try GLProgram.link(
            "section caps",
            [(GLenum(GL_VERTEX_SHADER), head + Self.vertex), (GLenum(GL_FRAGMENT_SHADER), head + Self.fragment)])
        var array: GLuint = 0
        unsafe glCreateVertexArrays(1, &array)
        self.array = array
        let program = program
        func location(_ name: String) -> GLint { unsafe glGetUniformLocation(program, name) }
        (center, u, v) = (location("center"), location("u"), location("v"))
        (fill, ink, hatch) = (location("fill"), location("ink"), location("hatch"))
    }

    /// Makes ready to count: back faces up, front faces down, nothing else is written.
    static func beginCounting() {
        let no = GLboolean(GL_FALSE)
        glColorMask(no, no, no, no)
        glDepthMask(no)
        glDisable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_CULL_FACE))
        // What lies before the near plane or behind the far one counts as well.
        glEnable(GLenum(GL_DEPTH_CLAMP))
        glEnable(GLenum(GL_STENCIL_TEST))
        glStencilMask(0xFF)
        glStencilFunc(GLenum(GL_ALWAYS), 0, 0xFF)
        let keep = GLenum(GL_KEEP)
        glStencilOpSeparate(GLenum(GL_FRONT), keep, keep, GLenum(GL_DECR_WRAP))
        glStencilOpSeparate(GLenum(GL_BACK), keep, keep, GLenum(GL_INCR_WRAP))
    }

    /// Fills the plane where the count is not 0, and sets it to 0. The square on the plane reaches across the box; hatch lines
    /// are `spacing` metres apart and some pixels wide; without colour only depth is drawn.
    func fill(
        _ plane: SectionPlane, box: BoundingBox, style: CapStyle, spacing: Float, lineWidth: Float, drawsColor: Bool
    ) {
        let write = GLboolean(drawsColor ? GL_TRUE : GL_FALSE)
        glColorMask(write, write, write, write)
        glDepthMask(GLboolean(GL_TRUE))
        glEnable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_DEPTH_CLAMP))
        glStencilFunc(GLenum(GL_NOTEQUAL), 0, 0xFF)
        let zero = GLenum(GL_ZERO)
        glStencilOp(zero, zero, zero)
        glUseProgram(program)
        let middle = box.center - plane.normal * plane.distance(to: box.center)
        let (x, y) = plane.axes
        glUniform4f(center, middle.x, middle.y, middle.z, length(box.size) * 0.51 + 1e-4)
        glUniform3f(u, x.x, x.y, x.z)
        glUniform3f(v, y.x, y.y, y.z)
        glUniform3f(fill, style.fill.x, style.fill.y, style.fill.z)
        glUniform3f(ink, style.ink.x, style.ink.y, style.ink.z)
        // Lines run along the angle; the direction across is a quarter turn on.
        let turn = Quaternion(angle: style.angle + .pi / 2, axis: [0, 0, 1]).act([1, 0, 0])
        glUniform4f(hatch, turn.x, turn.y, spacing, lineWidth)
        glBindVertexArray(array)
        glDrawArrays(GLenum(GL_TRIANGLE_STRIP), 0, 4)
    }

    /// Back to drawing without stencil.
    static func end() {
        let yes = GLboolean(GL_TRUE)
        glColorMask(yes, yes, yes, yes)
        glDepthMask(yes)
        glEnable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_STENCIL_TEST))
        glDisable(GLenum(GL_DEPTH_CLAMP))
    }

    /// A distance of hatch lines that looks like some pixels in a view.
    static func spacing(_ plane: SectionPlane, view: RenderView, pixels: Float, box: BoundingBox) -> Float {
        // Where the middle of the picture meets the plane; it does not move with what is cut, so that the hatch stands still.
        let eye = FeatureEdges.eye(of: view)
        let ahead = -direction(view.viewFromWorld.affineInverse.z.xyz, else: [0, 0, 1])
        var depth: Float = 1
        if eye.w > 0 {
            let slope = dot(ahead, plane.normal)
            let way = -plane.distance(to: eye.xyz) / slope
            let middle = dot(box.center - eye.xyz, ahead)
            depth = abs(slope) > 0.15 && way > 0 ? way : max(middle, 1e-3)
        }
        // Pixels a metre: clip space's height is 2.
        let clip = view.clipFromView
        let scale = Float(view.height) / 2 * abs(clip.y.y) / (eye.w > 0 ? depth : 1)
        return pixels / max(scale, 1e-9)
    }

    deinit {
        glDeleteProgram(program)
        unsafe withUnsafePointer(to: array) { unsafe glDeleteVertexArrays(1, $0) }
    }
}
