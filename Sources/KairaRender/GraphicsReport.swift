/// Every device that was tried, for `kaira doctor`.
public struct GraphicsReport: Sendable {
    /// One device.
    public struct Attempt: Sendable, Hashable {
        /// Its place in the list of EGL, or -1 for the surfaceless platform.
        public var index: Int
        /// Its node or kind.
        public var device: String
        /// `GL_RENDERER` where a context was made.
        public var renderer: String?
        /// Why not, where none was.
        public var failure: String?
    }

    /// In the order tried.
    public var attempts: [Attempt]

    /// Tries every device of this machine.
    public static func make() -> GraphicsReport { GraphicsReport(attempts: EGLDevices.tryAll()) }
}
