import KairaImage
import KairaMedia
import KairaPose

extension OutputFormat {
    /// What `-` writes.
    init(_ format: StreamFormat) {
        switch format {
        case .y4m: self = .y4m
        case .rgba: self = .rgba
        case .png: self = .png
        }
    }

    /// Whether an output holds many pictures.
    var isMoving: Bool { self != .png && self != .jpeg }
}

extension Rational {
    /// A rate near a number: NTSC's fractions where it is one of theirs, else exact to 1/1000.
    init(approximating value: Double) {
        let ntsc = (value * 1001 / 1000).rounded()
        if abs(value - value.rounded()) > 1e-3, abs(ntsc * 1000 / 1001 - value) < 2e-3 {
            self.init(Int(ntsc) * 1000, 1001)
        } else {
            self.init(max(Int((value * 1000).rounded()), 1), 1000)
        }
    }

    /// The time of a frame, nanoseconds, rounded to nearest.
    func nanoseconds(of index: Int) -> Int64 {
        Int64((Double(index) * 1e9 * Double(denominator) / Double(numerator)).rounded())
    }
}

extension EstimatorChoice {
    /// Makes the estimator from the standard store's files.
    func make() throws(PoseError) -> any PoseEstimator {
        var options = PoseEstimatorOptions(
            smoothing: smoothing == .none ? .none : .published,
            threads: threads == 0 ? PoseEstimatorOptions.defaultThreads : threads)
        options.precision = precision
        options.flipTest = flipTest
        options.people = people
        options.expert = expert
        options.detector = detector
        return try PoseEstimatorCatalogue.make(model, store: ModelStore(), options: options)
    }
}

extension Image {
    /// The picture scaled to cover a size, the rest cut off evenly.
    func filling(width newWidth: Int, height newHeight: Int) -> Image {
        let scale = max(Double(newWidth) / Double(width), Double(newHeight) / Double(height))
        let scaled = resized(
            width: max(newWidth, Int((Double(width) * scale).rounded())),
            height: max(newHeight, Int((Double(height) * scale).rounded())))
        return scaled.cropped(
            x: (scaled.width - newWidth) / 2, y: (scaled.height - newHeight) / 2, width: newWidth, height: newHeight)
    }
}
