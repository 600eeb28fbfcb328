import Foundation
import KairaFormats
import KairaMedia

/// What is in a file.
public enum Inspection {
    /// A report that prints as text or JSON.
    public enum Report: Sendable, Encodable {
        /// Of a scene or avatar.
        case scene(SceneReport)
        /// Of a video or picture.
        case media(MediaReport)
        /// Of keypoints or a motion.
        case motion(MotionReport)

        /// Lines for a person.
        public var text: String {
            switch self {
            case .scene(let report): report.text
            case .media(let report): report.text
            case .motion(let report): report.text
            }
        }

        /// Encodes the report itself.
        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .scene(let report): try report.encode(to: encoder)
            case .media(let report): try report.encode(to: encoder)
            case .motion(let report): try report.encode(to: encoder)
            }
        }
    }

    /// Looks into a file: a scene by its first bytes or name, keypoints or a motion by name, else a video or picture.
    public static func of(_ path: String) throws -> Report {
        try OutputPath.requireFile(path)
        let head = (try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 4)) ?? Data()
        if ["glb", "gltf", "vrm", "obj", "stl", "ply"].contains(OutputPath.kind(path)) || head == Data("glTF".utf8) {
            return .scene(try SceneFile.report(path))
        }
        if OutputPath.kind(path) == "json" { return .motion(try MotionReport(path)) }
        let source = try MediaSource.open(path)
        defer { source.close() }
        return .media(MediaReport(path: path, source.information))
    }
}

/// What is in a video or picture.
public struct MediaReport: Sendable, Encodable {
    /// The schema's name.
    public let schema = "kaira.inspect/1"
    /// The file.
    public var file: String
    /// `video`, `image`.
    public var kind: String
    /// Width and height as shown.
    public var size: [Int]
    /// Frames a second.
    public var frameRate: Double
    /// Whether frames are unevenly spaced.
    public var hasVariableFrameRate: Bool
    /// Seconds.
    public var duration: Double?
    /// Frames.
    public var frames: Int?
    /// Whether there is sound.
    public var hasAudio: Bool
    /// Degrees by which stored pictures are turned.
    public var rotation: Double
    /// The codec.
    public var codec: String

    init(path: String, _ information: MediaInformation) {
        file = path
        kind = information.kind.rawValue
        size = [information.size.x, information.size.y]
        frameRate = information.frameRate.value
        hasVariableFrameRate = information.hasVariableFrameRate
        duration = information.duration
        frames = information.frameCount
        hasAudio = information.hasAudio
        rotation = information.rotation
        codec = information.codec
    }

    /// Lines for a person.
    public var text: String {
        var lines = ["\(file): \(kind), \(codec), \(size[0])x\(size[1]) pixels"]
        if kind == "video" {
            lines.append(
                "  \(rounded(frameRate)) frames/s\(hasVariableFrameRate ? " (uneven)" : "")"
                    + (duration.map { ", \(rounded($0)) s" } ?? "") + (frames.map { ", \($0) frames" } ?? ""))
            lines.append(
                "  \(hasAudio ? "with" : "without") sound"
                    + (rotation != 0 ? ", turned by \(rounded(rotation)) degrees" : ""))
        }
        return lines.joined(separator: "\n")
    }
}
