import Foundation

/// Reads joints from rows of places along x and y (Li et al., *SimCC*, ECCV 2022), as mmpose 1.3's `SimCCLabel`.
public struct SimCCDecoder: Sendable, Hashable {
    /// Places to a pixel of the crop.
    public var splitRatio: Double
    /// The spread of the training's labels along x and y, places; where it is set, the place of the maximum is refined by
    /// a Newton step on the logarithm of the blurred row (mmpose's `use_dark`; RTMPose's configurations leave it out).
    public var sigma: SIMD2<Double>?

    /// A decoder; RTMPose has two places to a pixel and no refinement.
    public init(splitRatio: Double = 2, sigma: SIMD2<Double>? = nil) {
        self.splitRatio = splitRatio
        self.sigma = sigma
    }

    /// Reads the joints of one person.
    ///
    /// - Parameters:
    ///   - x: `[joints, columns]`.
    ///   - y: `[joints, rows]`.
    ///   - joints: how many.
    /// - Returns: one peak a joint, its cell in pixels of the crop; the score is the smaller one of the two maxima, and
    ///   where that is not above 0 the joint is not found.
    /// - Complexity: O(joints * (columns + rows)).
    public func decode(_ x: Span<Float>, _ y: Span<Float>, joints: Int) -> [HeatmapPeak] {
        guard joints > 0 else { return [] }
        let columns = x.count / joints, rows = y.count / joints
        return (0..<joints).map { joint in
            let across = x.extracting(joint * columns..<(joint + 1) * columns)
            let down = y.extracting(joint * rows..<(joint + 1) * rows)
            guard let left = Self.highest(across), let top = Self.highest(down) else { return .none }
            let score = min(left.value, top.value)
            guard score > 0 else { return .none }
            var place = SIMD2(Double(left.index), Double(top.index))
            if let sigma {
                place.x -= Self.step(across, at: left.index, sigma: sigma.x)
                place.y -= Self.step(down, at: top.index, sigma: sigma.y)
            }
            return HeatmapPeak(cell: place / splitRatio, score: score)
        }
    }

    /// The first of the largest finite values; nil where there is none.
    private static func highest(_ values: Span<Float>) -> (index: Int, value: Float)? {
        var best: (index: Int, value: Float)?
        for index in values.indices {
            let value = values[index]
            if value.isFinite, value > best?.value ?? -.infinity { best = (index, value) }
        }
        return best
    }

    /// `refine_simcc_dark`: what is taken off the place of the maximum.
    ///
    /// The blurred row is scaled so that its largest value is the row's own, held to 0.001...50, and its logarithm padded
    /// by its edge values; the stencil is five places wide.
    private static func step(_ values: Span<Float>, at index: Int, sigma: Double) -> Double {
        let side = kernelSide(sigma), radius = side / 2, count = values.count
        guard side >= 3, count > 0 else { return 0 }
        let deviation = 0.3 * (Double(side - 1) * 0.5 - 1) + 0.8
        var weights = (0..<side).map { exp(-pow(Double($0 - radius), 2) / (2 * deviation * deviation)) }
        let sum = weights.reduce(0, +)
        for place in weights.indices { weights[place] /= sum }
        var largest = -Double.infinity, blurredLargest = 0.0
        var blurred = [Double](repeating: 0, count: count)
        for place in 0..<count {
            let value = Double(values[place])
            if value.isFinite { largest = max(largest, value) }
            for k in 0..<side {
                // Zeros around the row.
                let from = place + k - radius
                if from >= 0, from < count, values[from].isFinite {
                    blurred[place] += Double(values[from]) * weights[k]
                }
            }
            blurredLargest = max(blurredLargest, blurred[place])
        }
        guard blurredLargest > 0 else { return 0 }
        let scale = largest / blurredLargest
        func logarithm(_ place: Int) -> Double {
            log(min(max(blurred[min(max(place, 0), count - 1)] * scale, 0.001), 50))
        }
        let middle = logarithm(index)
        let first = 0.5 * (logarithm(index + 1) - logarithm(index - 1))
        let second = 1e-9 + 0.25 * (logarithm(index + 2) - 2 * middle + logarithm(index - 2))
        let step = first / second
        return step.isFinite ? step : 0
    }

    /// Side of the Gaussian window, odd.
    private static func kernelSide(_ sigma: Double) -> Int {
        let side = Int(((sigma * 20 - 7) / 3).rounded(.down))
        return side % 2 == 0 ? side - 1 : side
    }
}
