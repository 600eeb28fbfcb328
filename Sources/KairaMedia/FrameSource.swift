import KairaImage

/// Frames by rising time, each once.
public protocol FrameSource: AnyObject {
    /// What the frames come from.
    var information: MediaInformation { get }

    /// What was wrong with the input without ending it, one sentence each; complete once `next` has given nil.
    var warnings: [String] { get }

    /// The next frame, or nil after the last; blocks until it is decoded.
    func next() throws(MediaError) -> Frame?

    /// Stops decoding; no frame comes after it. May be called at any time, from any thread.
    func close()
}
