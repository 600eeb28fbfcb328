/// How an input is decoded.
public struct SourceOptions: Sendable {
    /// Frames larger than this on their longer side are scaled down while decoding; nil delivers them as shown.
    public var maximumSide: Int?
    /// Scales every frame to this size; wins over `maximumSide`. Not kept in shape.
    public var outputSize: SIMD2<Int>?
    /// Frames a second of a folder of pictures.
    public var folderFrameRate: Rational
    /// Threads of the decoder; two keep ahead of every other stage.
    public var threads: Int
    /// Decoded frames that may wait; fewer where frames are large.
    public var queuedFrames: Int
    /// The programs to run.
    public var tools: MediaTools

    /// Options; the defaults deliver frames as shown.
    public init(
        maximumSide: Int? = nil, outputSize: SIMD2<Int>? = nil, folderFrameRate: Rational = Rational(30),
        threads: Int = 2, queuedFrames: Int = 4, tools: MediaTools = MediaTools()
    ) {
        self.maximumSide = maximumSide
        self.outputSize = outputSize
        self.folderFrameRate = folderFrameRate
        self.threads = threads
        self.queuedFrames = queuedFrames
        self.tools = tools
    }

    /// The size of delivered frames for pictures shown at `size`.
    func frameSize(for size: SIMD2<Int>) -> SIMD2<Int> {
        if let outputSize { return outputSize }
        guard let maximumSide, max(size.x, size.y) > maximumSide, maximumSide > 0 else { return size }
        let scale = Double(maximumSide) / Double(max(size.x, size.y))
        return [
            max(1, Int((Double(size.x) * scale).rounded())), max(1, Int((Double(size.y) * scale).rounded())),
        ]
    }
}
