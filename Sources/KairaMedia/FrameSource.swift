import KairaImage

/// Where frames come from: a video file, a picture, a folder of pictures, standard input.
///
/// Used by one thread at a time.
public protocol FrameSource: AnyObject, Sendable {
    /// What is known of the input.
    var information: MediaInformation { get }
    /// After the end: what could not be decoded (kind `partial`), or nil if all went well.
    var damage: MediaError? { get }
    /// The next frame, premultiplied RGBA, its time counted from the first frame; nil at the end. Blocks.
    func next() throws(MediaError) -> Frame?
    /// Stops decoding and frees everything; `next` returns nil from then on.
    func close()
}
