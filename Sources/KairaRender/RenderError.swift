/// What can go wrong when drawing.
public enum RenderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No device gave an OpenGL 4.5 context; what each said.
    case noDevice(tried: [String])
    /// The device that was asked for is not there or does not work.
    case deviceUnusable(asked: String, tried: [String])
    /// A shader did not compile or link: a bug in Kaira or in the driver.
    case program(name: String, log: String)
    /// A picture of this size cannot be drawn.
    case size(width: Int, height: Int, maximum: Int)
    /// OpenGL ran out of memory or reported another error.
    case failed(String)

    /// One sentence that says what, where, and what to do.
    public var description: String {
        switch self {
        case .noDevice(let tried):
            "no device can draw with OpenGL 4.5: install the software driver (apt-get install libgl1-mesa-dri"
                + " libegl-mesa0)" + Self.list(tried)
        case .deviceUnusable(let asked, let tried):
            "the device \(asked) cannot draw: name another, or leave --device out" + Self.list(tried)
        case .program(let name, let log): "the shader \(name) does not build on this driver: \(log)"
        case .size(let width, let height, let maximum):
            "a picture of \(width)x\(height) pixels cannot be drawn: the largest side is \(maximum)"
        case .failed(let what): "drawing failed: \(what)"
        }
    }

    private static func list(_ tried: [String]) -> String {
        tried.isEmpty ? "" : "; tried: " + tried.joined(separator: "; ")
    }
}
