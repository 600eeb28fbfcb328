import CEGL

/// A buffer object: one owner, freed once, on the GL thread.
final class GLBuffer {
    let name: GLuint
    private(set) var size = 0

    init() {
        var name: GLuint = 0
        unsafe glCreateBuffers(1, &name)
        self.name = name
    }

    /// Stores an array; a store that is large enough is used again.
    func store<Element: BitwiseCopyable>(_ elements: [Element], usage: Int32 = GL_STATIC_DRAW) {
        let bytes = elements.count * MemoryLayout<Element>.stride
        unsafe elements.withUnsafeBytes { buffer in
            if bytes > size {
                unsafe glNamedBufferData(name, bytes, buffer.baseAddress, GLenum(usage))
                size = bytes
            } else if bytes > 0 {
                unsafe glNamedBufferSubData(name, 0, bytes, buffer.baseAddress)
            }
        }
    }

    deinit { unsafe withUnsafePointer(to: name) { unsafe glDeleteBuffers(1, $0) } }
}
