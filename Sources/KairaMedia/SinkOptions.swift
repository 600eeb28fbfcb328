/// How an output is written.
public struct SinkOptions: Sendable {
    /// Whether an existing output is replaced.
    public var force: Bool
    /// The sound to carry over; only MP4 and WebM hold any.
    public var audio: AudioTrack?
    /// H.264's constant rate factor, 0 (lossless) to 51; 20 is hard to tell from the source. VP9's is 10 higher.
    public var rateFactor: Int
    /// x264's speed: `ultrafast` to `veryslow`.
    public var preset: String
    /// Threads of the encoder.
    public var threads: Int
    /// JPEG's quality, 1...100.
    public var quality: Int
    /// The colour under transparent pixels in formats without alpha.
    public var background: SIMD3<UInt8>
    /// Frames that may wait for the encoder.
    public var queuedFrames: Int
    /// The programs to run.
    public var tools: MediaTools

    /// Options.
    public init(
        force: Bool = false, audio: AudioTrack? = nil, rateFactor: Int = 20, preset: String = "veryfast",
        threads: Int = 2, quality: Int = 92, background: SIMD3<UInt8> = .zero, queuedFrames: Int = 3,
        tools: MediaTools = MediaTools()
    ) {
        self.force = force
        self.audio = audio
        self.rateFactor = rateFactor
        self.preset = preset
        self.threads = threads
        self.quality = quality
        self.background = background
        self.queuedFrames = queuedFrames
        self.tools = tools
    }
}
