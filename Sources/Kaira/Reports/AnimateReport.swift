import KairaImage
import KairaMotion
import KairaPose

/// What `AnimateJob` did: `kaira.animate/1`.
public struct AnimateReport: Sendable, Encodable {
    /// The schema's name.
    public let schema = "kaira.animate/1"
    /// The input.
    public private(set) var input = ""
    /// The output.
    public private(set) var output = ""
    /// Width and height of the output, pixels.
    public var size: [Int] = []
    /// Output frames.
    public var frames = 0
    /// Seconds from the start of the job to its end.
    public private(set) var wallSeconds = 0.0
    /// Of these, seconds before the first frame: opening files, device, networks and shaders.
    public var startupSeconds = 0.0
    /// Output frames over wall seconds.
    public private(set) var framesPerSecond = 0.0
    /// Median and p95 of each stage, milliseconds a frame.
    public var stages: [String: StageTimes.Summary] = [:]
    /// The largest resident size of this process, bytes.
    public private(set) var peakResidentBytes = 0
    /// `GL_RENDERER`.
    public var renderer: String
    /// The pose model.
    public var model: String
    /// The number type of its arithmetic.
    public var precision: String
    /// Why that number type was taken, where Kaira chose it.
    public var precisionChoice: String?
    /// Source frames in which somebody was seen, and all of them.
    public private(set) var framesWithPerson = 0
    /// Source frames.
    public private(set) var sourceFrames = 0
    /// The most people that were seen at once.
    public private(set) var mostPeople = 0
    /// What the user should know.
    public var warnings: [String] = []
    /// Of these, what makes the result only a part of what was asked for.
    public private(set) var failures: [String] = []

    init(model: PoseEstimatorInformation, renderer: String) {
        self.model = model.model
        precision = model.precision
        precisionChoice = model.precisionChoice
        self.renderer = renderer
    }

    mutating func count(_ frame: Frame, people: [KeypointPose], seen: Int) {
        sourceFrames += 1
        if !people.isEmpty { framesWithPerson += 1 }
        mostPeople = max(mostPeople, seen)
    }

    mutating func addDamage(_ text: String) {
        warnings.append(text)
        failures.append(text)
    }

    mutating func finish(input: String, output: String, seconds: Double) {
        self.input = input
        self.output = output
        wallSeconds = seconds
        framesPerSecond = seconds > 0 ? Double(frames) / seconds : 0
        peakResidentBytes = ProcessUsage.peakResidentBytes
        if framesWithPerson == 0 { addDamage(PersonNote.nobody(input)) }
        if mostPeople > 1 { warnings.append(PersonNote.several(mostPeople)) }
    }

    /// One line for a person.
    public var sentence: String {
        "\(output): \(frames) frames of \(size.map(String.init).joined(separator: "x")) in \(rounded(wallSeconds)) s"
            + " (\(rounded(framesPerSecond)) frames/s), \(model) \(precision), \(renderer)"
            + (precisionChoice.map { "; " + $0 } ?? "")
    }

    enum CodingKeys: String, CodingKey {
        case schema, input, output, size, frames, stages, renderer, model, precision, warnings
        case wallSeconds = "wall_seconds"
        case startupSeconds = "startup_seconds"
        case framesPerSecond = "frames_per_second"
        case precisionChoice = "precision_choice"
        case peakResidentBytes = "peak_resident_bytes"
        case framesWithPerson = "frames_with_person"
        case sourceFrames = "source_frames"
        case mostPeople = "most_people"
    }
}

/// Sentences about who was seen.
enum PersonNote {
    static func nobody(_ input: String) -> String {
        "\(input): no person was found; the whole body, or head to hips, should be in the picture"
    }

    static func several(_ count: Int, followed: Int = 1) -> String {
        "\(count) people were seen; the \(followed == 1 ? "largest is" : "\(followed) largest are") followed"
    }
}

/// Two digits after the point.
func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let digits = String(abs(hundredths) % 100)
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(digits.count < 2 ? "0" + digits : digits)"
}
