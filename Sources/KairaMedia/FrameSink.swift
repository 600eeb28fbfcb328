import KairaImage

/// Takes frames by rising time and writes them somewhere.
public protocol FrameSink: AnyObject {
    /// Takes one frame, premultiplied; blocks while the queue to the encoder is full.
    func write(_ frame: Frame) throws(MediaError)

    /// Writes what is left and makes the output appear under its name.
    func finish() throws(MediaError)

    /// Stops, and removes what was written.
    func cancel()
}
