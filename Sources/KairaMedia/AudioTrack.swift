/// The sound of an input, to be carried over to an output.
public struct AudioTrack: Sendable, Equatable {
    /// The file that holds it.
    public var path: String
    /// ffmpeg's name of the codec: `aac`, `opus`.
    public var codec: String
    /// Where the first picture lies in the file, seconds from the file's start: sound before it is cut off.
    public var start: Double
    /// How much to take, seconds; nil for all.
    public var duration: Double?

    /// A track from its parts.
    public init(path: String, codec: String, start: Double = 0, duration: Double? = nil) {
        self.path = path
        self.codec = codec
        self.start = start
        self.duration = duration
    }
}
