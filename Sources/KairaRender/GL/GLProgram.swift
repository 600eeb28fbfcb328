import CEGL

/// A linked program: one owner, freed once, on the GL thread.
final class GLProgram {
    let name: GLuint
    let worldFromMesh: GLint

    /// Compiles and links.
    init(_ key: ProgramKey) throws(RenderError) {
        let head = key.preamble + ShaderSource.common + "\n"
        var stages: [(GLenum, String)] = [(GLenum(GL_VERTEX_SHADER), head + ShaderSource.vertex)]
        if key.kind == .wire { stages.append((GLenum(GL_GEOMETRY_SHADER), head + ShaderSource.wireGeometry)) }
        stages.append(
            (
                GLenum(GL_FRAGMENT_SHADER),
                head + (key.kind == .wire ? ShaderSource.wireFragment : ShaderSource.fragment)
            ))
        let program = try Self.link(key.name, stages)
        name = program
        worldFromMesh = unsafe glGetUniformLocation(program, "worldFromMesh")
    }

    /// Compiles the stages and links them.
    static func link(_ name: String, _ stages: [(GLenum, String)]) throws(RenderError) -> GLuint {
        let program = glCreateProgram()
        var shaders: [GLuint] = []
        defer { for shader in shaders { glDeleteShader(shader) } }
        for (stage, source) in stages {
            let shader = glCreateShader(stage)
            shaders.append(shader)
            unsafe source.withCString { text in
                var pointer: UnsafePointer<GLchar>? = unsafe text
                unsafe glShaderSource(shader, 1, &pointer, nil)
            }
            glCompileShader(shader)
            var ok: GLint = 0
            unsafe glGetShaderiv(shader, GLenum(GL_COMPILE_STATUS), &ok)
            guard ok != 0 else {
                var log = [GLchar](repeating: 0, count: 2048)
                unsafe glGetShaderInfoLog(shader, 2048, nil, &log)
                glDeleteProgram(program)
                throw .program(name: name, log: Self.text(log))
            }
            glAttachShader(program, shader)
        }
        glLinkProgram(program)
        var ok: GLint = 0
        unsafe glGetProgramiv(program, GLenum(GL_LINK_STATUS), &ok)
        guard ok != 0 else {
            var log = [GLchar](repeating: 0, count: 2048)
            unsafe glGetProgramInfoLog(program, 2048, nil, &log)
            glDeleteProgram(program)
            throw .program(name: name, log: Self.text(log))
        }
        return program
    }

    private static func text(_ log: [GLchar]) -> String {
        String(decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { glDeleteProgram(name) }
}
