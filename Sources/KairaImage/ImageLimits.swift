/// How large a decoded picture may be; checked before anything is allocated.
public struct ImageLimits: Sendable, Hashable {
    /// Pixels a side.
    public var maximumSide: Int
    /// Bytes of the decoded RGBA picture.
    public var maximumBytes: Int

    /// Limits; the defaults are 16384 pixels a side and 256 MB, which is 8192x8192.
    public init(maximumSide: Int = 16384, maximumBytes: Int = 268_435_456) {
        self.maximumSide = maximumSide
        self.maximumBytes = maximumBytes
    }

    /// Throws `ImageError.tooLarge` for a picture over the limits.
    func check(width: Int, height: Int) throws(ImageError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width <= maximumSide, height <= maximumSide, !overflow, pixels <= maximumBytes / 4 else {
            throw .tooLarge(width: width, height: height, limits: self)
        }
    }
}
