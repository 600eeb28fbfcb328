import Glibc

/// The Gaussian that DARK decoding blurs a heatmap with before it takes the logarithm: two conventions are in use, and
/// keypoints differ by up to some tenths of a cell between them.
public enum HeatmapBlur: Sendable, Hashable, CaseIterable {
    /// As `transformers`: sigma 0.8, 11 taps, the border mirrored with its pixel repeated (`cba|abc`).
    case transformers
    /// As the original ViTPose and mmpose: OpenCV's 11x11 kernel of sigma 2, the border mirrored without repeating
    /// (`cb|abc`).
    case openCV

    /// Taps on each side of the middle.
    static let radius = 5

    /// The weights of the 11 taps, which sum to 1.
    var weights: [Float] {
        let sigma: Double
        switch self {
        case .transformers: sigma = 0.8
        case .openCV: sigma = 2
        }
        let raw = (-Self.radius...Self.radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }

    /// The index inside of `count` that an index outside of it stands for.
    func mirrored(_ index: Int, _ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period: Int
        switch self {
        case .transformers: period = 2 * count
        case .openCV: period = 2 * count - 2
        }
        let wrapped = ((index % period) + period) % period
        if wrapped < count { return wrapped }
        switch self {
        case .transformers: return period - 1 - wrapped
        case .openCV: return period - wrapped
        }
    }
}
