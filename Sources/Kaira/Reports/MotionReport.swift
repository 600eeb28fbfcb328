import KairaFormats
import KairaMotion

/// What is in a file of keypoints or a motion: `kaira.inspect/1`.
public struct MotionReport: Sendable, Encodable {
    /// The schema's name.
    public let schema = "kaira.inspect/1"
    /// The file.
    public var file: String
    /// The schema of the file: `kaira.keypoints/1` or `kaira.motion/1`.
    public var kind: String
    /// Frames or poses.
    public var count: Int
    /// Seconds from the first to the last.
    public var duration: Double
    /// Keypoints: the layout; nil for a motion.
    public var layout: String?
    /// Keypoints: frames in which somebody is; nil for a motion.
    public var framesWithPerson: Int?

    /// Reads a file.
    ///
    /// - Throws: `KairaError`, or `FormatsError` where it is neither.
    init(_ path: String) throws {
        file = path
        let bytes = try OutputPath.read(path)
        if let clip = try? MotionJSON.read(bytes, file: path) {
            kind = MotionJSON.schema
            count = clip.poses.count
            duration = clip.duration
        } else {
            let sequence = try KeypointJSON.read(bytes, file: path)
            kind = KeypointJSON.schema
            count = sequence.frames.count
            duration = (sequence.frames.last?.time ?? 0) - (sequence.frames.first?.time ?? 0)
            layout = sequence.layout.name
            framesWithPerson = sequence.frames.count { !$0.people.isEmpty }
        }
    }

    /// Lines for a person.
    public var text: String {
        "\(file): \(kind), \(count) \(layout == nil ? "poses" : "frames"), \(rounded(duration)) s"
            + (layout.map { "\n  layout \($0), somebody in \(framesWithPerson ?? 0) frames" } ?? "")
    }
}
