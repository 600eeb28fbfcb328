/// The keypoints of a whole video.
public struct KeypointSequence: Sendable, Hashable {
    /// One decoded frame.
    public struct Frame: Sendable, Hashable {
        /// Counts the decoded frames from 0.
        public var index: Int
        /// Seconds from the first frame.
        public var time: Double
        /// Who is in it, best first; may be empty.
        public var people: [KeypointPose]

        /// A frame from its parts.
        public init(index: Int, time: Double, people: [KeypointPose]) {
            self.index = index
            self.time = time
            self.people = people
        }
    }

    /// The joints of every person.
    public var layout: KeypointLayout
    /// Width and height of the picture as shown, pixels.
    public var size: SIMD2<Int>
    /// By rising index, times not falling.
    public var frames: [Frame]

    /// A sequence from its parts.
    public init(layout: KeypointLayout, size: SIMD2<Int>, frames: [Frame] = []) {
        self.layout = layout
        self.size = size
        self.frames = frames
    }
}
