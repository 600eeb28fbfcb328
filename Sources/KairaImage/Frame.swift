/// One picture of a video, with its place in time.
public struct Frame: Sendable {
    /// The picture as shown: rotation applied, RGBA.
    public var image: Image
    /// Presentation time, nanoseconds from the first frame, never falling.
    public var timeNanoseconds: Int64
    /// Counts the decoded frames from 0.
    public var index: Int
    /// Width of a pixel over its height; 1 for square ones.
    public var pixelAspect: Double

    /// A frame from its parts.
    public init(image: Image, timeNanoseconds: Int64, index: Int, pixelAspect: Double = 1) {
        self.image = image
        self.timeNanoseconds = timeNanoseconds
        self.index = index
        self.pixelAspect = pixelAspect
    }

    /// Presentation time in seconds.
    public var time: Double { Double(timeNanoseconds) * 1e-9 }
}
