/// Why something could not be drawn.
public enum PlotError: Error, Sendable, Equatable, CustomStringConvertible {
    /// cairo gave up; payload: its words.
    case drawingFailed(String)
    /// There is nothing to draw.
    case empty(String)
    /// The picture would be larger than can be drawn.
    case tooLarge(width: Int, height: Int)

    /// What, and what to do.
    public var description: String {
        switch self {
        case .drawingFailed(let why): "drawing failed: \(why)"
        case .empty(let what): "nothing to draw: \(what)"
        case .tooLarge(let width, let height):
            "a drawing of \(width)x\(height) pixels is more than 32767 a side; use fewer or smaller pictures"
        }
    }
}
