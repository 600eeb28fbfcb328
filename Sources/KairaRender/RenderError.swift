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
    /// The renderer holds no such scene.
    case unknownScene
    /// No node, mesh or material has the name of a rule for single parts; the nearest name there is, and all names.
    case unknownPart(String, suggestion: String?, known: [String])
    /// What cannot be drawn as lines only.
    case lineDrawing(String)
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
        case .unknownScene: "the scene to draw was never loaded into this renderer, or was unloaded: load it again"
        case .unknownPart(let name, let suggestion, let known):
            "no node, mesh or material is called '\(name)'"
                + (suggestion.map { "; did you mean '\($0)'?" }
                    ?? (known.isEmpty ? ": nothing has a name" : "; there are " + Self.some(of: known)))
        case .lineDrawing(let reason): "lines alone cannot show this: \(reason)"
        case .failed(let what): "drawing failed: \(what)"
        }
    }

    /// The first of many names.
    private static func some(of names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    private static func list(_ tried: [String]) -> String {
        tried.isEmpty ? "" : "; tried: " + tried.joined(separator: "; ")
    }
}
