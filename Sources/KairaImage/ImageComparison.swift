/// Compares pictures as a viewer would: over black, white and a checker board, so that a difference in alpha counts.
public struct ImageComparison: Sendable {
    /// A channel may differ by this much before its pixel counts as different.
    public var channelTolerance: Int
    /// The share of pixels that may be different, 0...1.
    public var pixelShare: Double
    /// Whether a pixel may match any of its eight neighbours instead: forgives a shift of one pixel at edges.
    public var allowsShift: Bool

    /// Tolerances; the defaults are those of Kaira's own image tests.
    public init(channelTolerance: Int = 5, pixelShare: Double = 0.001, allowsShift: Bool = true) {
        self.channelTolerance = channelTolerance
        self.pixelShare = pixelShare
        self.allowsShift = allowsShift
    }

    /// What a comparison found.
    public struct Result: Sendable {
        /// Whether the pictures are the same within the tolerances.
        public var isSame: Bool
        /// How many pixels are different.
        public var differentPixels: Int
        /// The share of pixels that are different, 0...1.
        public var share: Double
        /// The largest difference of a channel.
        public var largestDifference: Int
        /// White where pixels are different, a dark copy of the picture elsewhere; nil where the sizes are not the same.
        public var picture: Image?
    }

    /// Compares a picture with a reference.
    public func compare(_ image: Image, with reference: Image) -> Result {
        guard image.width == reference.width, image.height == reference.height else {
            return Result(isSame: false, differentPixels: 0, share: 1, largestDifference: 255, picture: nil)
        }
        var different = 0
        var largest = 0
        var picture = image
        for y in 0..<image.height {
            for x in 0..<image.width {
                let pixel = image[x, y]
                var difference = distance(pixel, reference[x, y], x, y)
                largest = max(largest, difference)
                if difference > channelTolerance, allowsShift {
                    for dy in -1...1 {
                        for dx in -1...1 {
                            let (nx, ny) = (x + dx, y + dy)
                            guard nx >= 0, ny >= 0, nx < image.width, ny < image.height else { continue }
                            difference = min(difference, distance(pixel, reference[nx, ny], x, y))
                        }
                    }
                }
                let isDifferent = difference > channelTolerance
                if isDifferent { different += 1 }
                picture[x, y] =
                    isDifferent ? SIMD4(repeating: 255) : SIMD4(pixel.x / 4, pixel.y / 4, pixel.z / 4, 255)
            }
        }
        let share = Double(different) / Double(image.width * image.height)
        return Result(
            isSame: share <= pixelShare, differentPixels: different, share: share, largestDifference: largest,
            picture: picture)
    }

    /// The largest difference of a channel over black, white and the checker's colour at this place.
    private func distance(_ a: SIMD4<UInt8>, _ b: SIMD4<UInt8>, _ x: Int, _ y: Int) -> Int {
        let checker: Int = (x / 8 + y / 8) % 2 == 0 ? 192 : 64
        var largest = 0
        for below in [0, 255, checker] {
            for c in 0..<3 {
                let p = Int(a[c]) + below * (255 - Int(a.w)) / 255
                let q = Int(b[c]) + below * (255 - Int(b.w)) / 255
                largest = max(largest, abs(p - q))
            }
        }
        return largest
    }
}
