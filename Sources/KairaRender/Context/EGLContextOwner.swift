import CEGL

/// A current OpenGL 4.5 core context without a surface; belongs to the thread that made it.
@safe final class EGLContextOwner {
    let information: RendererInformation
    private let display: EGLDisplay
    private let context: EGLContext

    private init(display: EGLDisplay, context: EGLContext, device: String) {
        unsafe self.display = display
        unsafe self.context = context
        func text(_ name: Int32) -> String {
            guard let text = unsafe glGetString(GLenum(name)) else { return "unknown" }
            return unsafe String(cString: text)
        }
        func number(_ name: Int32) -> Int {
            var value: GLint = 0
            unsafe glGetIntegerv(GLenum(name), &value)
            return Int(value)
        }
        let renderer = text(GL_RENDERER)
        information = RendererInformation(
            renderer: renderer, vendor: text(GL_VENDOR), version: text(GL_VERSION), device: device,
            maximumSamples: number(GL_MAX_SAMPLES),
            maximumSize: min(number(GL_MAX_RENDERBUFFER_SIZE), number(GL_MAX_TEXTURE_SIZE)),
            isSoftware: renderer.contains("llvmpipe") || renderer.contains("softpipe") || renderer.contains("SWR"))
    }

    /// Makes a context on a device and makes it current.
    static func open(_ candidate: EGLDevices.Candidate) -> Result<EGLContextOwner, EGLFailure> {
        let display: EGLDisplay
        switch unsafe EGLDevices.display(candidate) {
        case .success(let value): unsafe display = value
        case .failure(let failure): return .failure(failure)
        }
        // The choice of API is per thread.
        guard eglBindAPI(EGLenum(EGL_OPENGL_API)) == EGLBoolean(EGL_TRUE) else {
            return .failure(EGLFailure("OpenGL is not offered: \(EGLFailure.last)"))
        }
        let attributes: [EGLint] = [
            EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 5, EGL_CONTEXT_OPENGL_PROFILE_MASK,
            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE,
        ]
        // No config and no surface: some drivers report none that fit, and a framebuffer object needs none.
        guard let context = unsafe eglCreateContext(display, nil, nil, attributes) else {
            let reason = EGLFailure.last
            unsafe eglTerminate(display)
            return .failure(EGLFailure("no OpenGL 4.5 context: \(reason)"))
        }
        guard unsafe eglMakeCurrent(display, nil, nil, context) == EGLBoolean(EGL_TRUE) else {
            let reason = EGLFailure.last
            unsafe eglDestroyContext(display, context)
            unsafe eglTerminate(display)
            return .failure(EGLFailure("the context cannot be used without a surface: \(reason)"))
        }
        return unsafe .success(EGLContextOwner(display: display, context: context, device: candidate.name))
    }

    /// The best context of the machine, or the one asked for.
    static func open(_ choice: DeviceChoice) throws(RenderError) -> EGLContextOwner {
        var candidates = EGLDevices.candidates()
        switch choice {
        // Hardware first; a stable order otherwise.
        case .automatic: candidates = candidates.filter { !$0.isSoftware } + candidates.filter(\.isSoftware)
        case .software: candidates = candidates.filter(\.isSoftware)
        case .index(let index): candidates = candidates.filter { $0.index == index }
        case .node(let path): candidates = candidates.filter { $0.node == path }
        }
        var tried: [String] = []
        for candidate in candidates {
            switch open(candidate) {
            case .success(let context): return context
            case .failure(let failure): tried.append("\(candidate.name): \(failure.text)")
            }
        }
        switch choice {
        case .automatic: throw .noDevice(tried: tried)
        case .software: throw .noDevice(tried: tried)
        case .index(let index): throw .deviceUnusable(asked: "\(index)", tried: tried)
        case .node(let path): throw .deviceUnusable(asked: path, tried: tried)
        }
    }

    /// Ends the context; nothing of it may be used any more. The display stays: other contexts of the process share it.
    func close() {
        unsafe eglMakeCurrent(display, nil, nil, nil)
        unsafe eglDestroyContext(display, context)
    }
}
