/// What an input is, as shown: rotation applied, pixels square.
public struct MediaInformation: Sendable, Hashable {
    /// Where the frames come from.
    public enum Kind: String, Sendable {
        /// A video file or stream.
        case video
        /// One picture.
        case image
        /// A folder of pictures.
        case imageFolder = "image-folder"
    }

    /// Where the frames come from.
    public var kind: Kind
    /// Pixels a row of the decoded frames.
    public var width: Int
    /// Rows of the decoded frames.
    public var height: Int
    /// Pixels a row of the picture as shown, before any reduction.
    public var sourceWidth: Int
    /// Rows of the picture as shown, before any reduction.
    public var sourceHeight: Int
    /// Average frames a second.
    public var frameRate: FrameRate
    /// Whether frames come at uneven times.
    public var hasVariableFrameRate: Bool
    /// Seconds, where the container says it.
    public var duration: Double?
    /// Frames, where it is known or can be told from rate and duration.
    public var frameCount: Int?
    /// Whether there is a sound track.
    public var hasAudio: Bool
    /// Clockwise turn in degrees that was applied.
    public var rotation: Int
    /// The codec's name.
    public var codec: String
}

/// Frames a second as a fraction.
public struct FrameRate: Sendable, Hashable, CustomStringConvertible {
    /// Frames.
    public var numerator: Int
    /// Seconds.
    public var denominator: Int

    /// A rate from its parts, both positive.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        precondition(numerator > 0 && denominator > 0, "a frame rate is positive")
        self.numerator = numerator
        self.denominator = denominator
    }

    /// A rate near a number, exact to 1/1000; NTSC rates (29.97) become their fractions.
    public init(_ value: Double) {
        let clamped = value.isFinite ? min(max(value, 0.001), 1000) : 30
        let ntsc = (clamped * 1001 / 1000).rounded()
        if abs(clamped - clamped.rounded()) > 1e-3, abs(ntsc * 1000 / 1001 - clamped) < 2e-3 {
            self.init(Int(ntsc) * 1000, 1001)
        } else {
            self.init(max(Int((clamped * 1000).rounded()), 1), 1000)
        }
    }

    /// A rate from ffprobe's `30000/1001`, or nil where it is none.
    init?(text: String) {
        let parts = text.split(separator: "/").map { Int($0) }
        guard let numerator = parts.first ?? nil, numerator > 0 else { return nil }
        let denominator = parts.count > 1 ? (parts[1] ?? 0) : 1
        guard denominator > 0 else { return nil }
        self.init(numerator, denominator)
    }

    /// Frames a second.
    public var value: Double { Double(numerator) / Double(denominator) }
    /// `numerator/denominator`.
    public var description: String { "\(numerator)/\(denominator)" }

    /// The time of a frame of this rate, nanoseconds, rounded to nearest.
    public func nanoseconds(of index: Int) -> Int64 {
        Int64((Double(index) * 1e9 * Double(denominator) / Double(numerator)).rounded())
    }
}
