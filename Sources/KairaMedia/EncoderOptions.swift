/// How an output is encoded.
public struct EncoderOptions: Sendable {
    /// Frames a second of the output.
    public var rate: FrameRate
    /// A file whose sound track is carried over, or nil for silence.
    public var soundFrom: String?
    /// x264's preset; `veryfast` keeps encoding beside inference on two cores.
    public var preset = "veryfast"
    /// x264's constant rate factor, 0...51, smaller is better; VP9's is 13 higher.
    public var quality = 20
    /// Encoder threads; 0 lets the encoder choose.
    public var threads = 2
    /// Whether an output that exists is replaced.
    public var replaces = false

    /// Options for a rate; sound from a file if one is named.
    public init(rate: FrameRate, soundFrom: String? = nil, replaces: Bool = false) {
        self.rate = rate
        self.soundFrom = soundFrom
        self.replaces = replaces
    }
}
