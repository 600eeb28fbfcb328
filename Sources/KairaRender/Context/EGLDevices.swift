import CEGL
import Glibc

/// The EGL devices of the machine; each may be listed and yet not work.
enum EGLDevices {
    /// A way to a display.
    @safe struct Candidate {
        var index: Int
        var device: EGLDeviceEXT?
        var name: String
        var node: String?
        var isSoftware: Bool
    }

    private typealias QueryDevices = @convention(c) (
        EGLint, UnsafeMutablePointer<EGLDeviceEXT?>?, UnsafeMutablePointer<EGLint>?
    ) -> EGLBoolean
    private typealias QueryDeviceString = @convention(c) (EGLDeviceEXT?, EGLint) -> UnsafePointer<CChar>?
    private typealias GetPlatformDisplay = @convention(c) (
        EGLenum, UnsafeMutableRawPointer?, UnsafePointer<EGLint>?
    ) -> EGLDisplay?

    private static func address(_ name: String) -> (@convention(c) () -> Void)? { unsafe eglGetProcAddress(name) }

    /// Devices as EGL lists them, then the surfaceless platform.
    static func candidates() -> [Candidate] {
        var found: [Candidate] = []
        if let query = address("eglQueryDevicesEXT"), let describe = address("eglQueryDeviceStringEXT") {
            let queryDevices = unsafe unsafeBitCast(query, to: QueryDevices.self)
            let queryString = unsafe unsafeBitCast(describe, to: QueryDeviceString.self)
            var devices = unsafe [EGLDeviceEXT?](repeating: nil, count: 64)
            var count: EGLint = 0
            if unsafe queryDevices(64, &devices, &count) == EGLBoolean(EGL_TRUE) {
                for i in 0..<Int(min(max(count, 0), 64)) {
                    let device = unsafe devices[i]
                    func text(_ name: Int32) -> String? {
                        guard let text = unsafe queryString(device, name) else { return nil }
                        return unsafe String(cString: text)
                    }
                    let extensions = text(EGL_EXTENSIONS) ?? ""
                    let isSoftware = extensions.contains("EGL_MESA_device_software")
                    let node =
                        (extensions.contains("EGL_EXT_device_drm_render_node") ? text(EGL_DRM_RENDER_NODE_FILE_EXT) : nil)
                        ?? (extensions.contains("EGL_EXT_device_drm") ? text(EGL_DRM_DEVICE_FILE_EXT) : nil)
                    found.append(
                        unsafe Candidate(
                            index: i, device: device, name: node ?? (isSoftware ? "software" : "device \(i)"),
                            node: node, isSoftware: isSoftware))
                }
            }
        }
        unsafe found.append(Candidate(index: -1, device: nil, name: "surfaceless", node: nil, isSoftware: true))
        return found
    }

    /// The display of a candidate, initialised.
    static func display(_ candidate: Candidate) -> Result<EGLDisplay, EGLFailure> {
        guard let get = address("eglGetPlatformDisplayEXT") else {
            return unsafe .failure(EGLFailure("this EGL has no platform displays"))
        }
        let getDisplay = unsafe unsafeBitCast(get, to: GetPlatformDisplay.self)
        let display: EGLDisplay? =
            if let device = unsafe candidate.device {
                unsafe getDisplay(EGLenum(EGL_PLATFORM_DEVICE_EXT), device, nil)
            } else {
                unsafe getDisplay(EGLenum(EGL_PLATFORM_SURFACELESS_MESA), nil, nil)
            }
        guard let display = unsafe display else { return unsafe .failure(EGLFailure("no display: \(EGLFailure.last)")) }
        guard unsafe eglInitialize(display, nil, nil) == EGLBoolean(EGL_TRUE) else {
            let permission = candidate.node.map { unsafe access($0, R_OK | W_OK) != 0 } ?? false
            return unsafe .failure(
                EGLFailure(
                    "it does not start: \(EGLFailure.last)"
                        + (permission ? " (no permission: add the user to the group 'render')" : "")))
        }
        return unsafe .success(display)
    }

    /// Makes and drops a context on each device, on a thread of its own.
    static func tryAll() -> [GraphicsReport.Attempt] {
        candidates().map { candidate in
            var attempt = GraphicsReport.Attempt(index: candidate.index, device: candidate.name)
            switch EGLContextOwner.open(candidate) {
            case .success(let context):
                attempt.renderer = context.information.renderer
                context.close()
            case .failure(let failure): attempt.failure = failure.text
            }
            return attempt
        }
    }
}

/// Why EGL did not do something.
struct EGLFailure: Error {
    var text: String

    init(_ text: String) { self.text = text }

    /// The last EGL error of this thread, by its name.
    static var last: String {
        let code = eglGetError()
        let names: [Int32: String] = [
            0x3000: "no error", 0x3001: "EGL_NOT_INITIALIZED (is a driver installed?)", 0x3003: "EGL_BAD_ALLOC",
            0x3004: "EGL_BAD_ATTRIBUTE", 0x3005: "EGL_BAD_CONFIG", 0x3006: "EGL_BAD_CONTEXT", 0x3008: "EGL_BAD_DISPLAY",
            0x3009: "EGL_BAD_MATCH (OpenGL 4.5 core is not offered)",
        ]
        return names[code] ?? "error \(code)"
    }
}
