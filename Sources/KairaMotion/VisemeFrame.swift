/// A mouth at one time.
public struct VisemeFrame: Sendable, Hashable {
    /// Seconds from the start of the sound.
    public var time: Double
    /// The five vowel shapes of VRM.
    public var mouth: MouthShape
    /// Whether the lips are pressed together, as for p, b and m.
    public var isClosed: Bool
    /// Weights 0...1 of the fifteen visemes in the order of `Viseme.allCases`; they sum to about 1.
    public var visemes: [Float]

    /// A frame from its parts.
    public init(time: Double, mouth: MouthShape, isClosed: Bool, visemes: [Float]) {
        self.time = time
        self.mouth = mouth
        self.isClosed = isClosed
        self.visemes = visemes
    }

    /// A frame that shows one viseme.
    public init(time: Double, _ viseme: Viseme, weight: Float = 1) {
        self.time = time
        mouth = viseme.mouth * weight
        isClosed = viseme == .pp && weight > 0.5
        visemes = [Float](repeating: 0, count: Viseme.count)
        visemes[Viseme.sil.index] = 1 - weight
        visemes[viseme.index] += weight
    }

    /// Between two frames; `a` at 0 and `b` at 1.
    static func interpolate(_ a: VisemeFrame, _ b: VisemeFrame, _ t: Float) -> VisemeFrame {
        var frame = t < 0.5 ? a : b
        frame.mouth = a.mouth * (1 - t) + b.mouth * t
        if a.visemes.count == b.visemes.count {
            frame.visemes = zip(a.visemes, b.visemes).map { $0 * (1 - t) + $1 * t }
        }
        frame.time = a.time + (b.time - a.time) * Double(t)
        return frame
    }
}
