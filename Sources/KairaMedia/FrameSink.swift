import KairaImage

/// Where frames go: a video file, pictures, standard output.
///
/// Used by one thread at a time. A sink that is neither finished nor cancelled cancels itself when it is freed.
public protocol FrameSink: AnyObject, Sendable {
    /// Takes one frame; blocks while the encoder is busy, so that memory stays bounded. Times must not fall.
    func write(_ frame: Frame) throws(MediaError)
    /// Encodes what is left and puts the output in its place.
    func finish() throws(MediaError)
    /// Stops and removes the partial output.
    func cancel()
}
