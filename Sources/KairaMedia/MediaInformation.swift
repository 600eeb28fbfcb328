/// What is known of an input before its first frame is decoded.
public struct MediaInformation: Sendable, Equatable {
    /// What sort of input it is.
    public enum Kind: String, Sendable {
        /// A video file or stream.
        case video
        /// One picture.
        case image
        /// A folder of pictures.
        case imageFolder
    }

    /// What sort of input it is.
    public var kind: Kind
    /// Width and height in pixels as shown: turned upright, pixels made square.
    public var size: SIMD2<Int>
    /// Width and height of the delivered frames: `size` unless the options scale.
    public var frameSize: SIMD2<Int>
    /// The average rate, frames a second.
    public var frameRate: Rational
    /// Whether frames are not evenly spaced in time.
    public var hasVariableFrameRate: Bool
    /// Seconds, where the file says.
    public var duration: Double?
    /// Frames, where the file says.
    public var frameCount: Int?
    /// Whether there is sound.
    public var hasAudio: Bool
    /// The sound to carry over to an output; nil without sound and for standard input, which can't be read twice.
    public var audio: AudioTrack?
    /// Degrees counter-clockwise by which the stored pictures are turned to be shown, as the file says.
    public var rotation: Double
    /// Width of a stored pixel over its height; frames have square pixels whatever it is.
    public var pixelAspect: Double
    /// Whether the pictures may be transparent.
    public var hasAlpha: Bool
    /// ffmpeg's name of the codec: `h264`, `png`.
    public var codec: String
    /// The rate at which an output with even spacing shows every frame: `frameRate`, or for a variable rate the rate
    /// of the smallest distances, at most 60.
    public var outputFrameRate: Rational
}
