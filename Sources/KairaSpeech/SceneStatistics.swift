/// What a sound has been like lately: whether one voice stands out of what else is heard.
///
/// A speaker among others is louder than they are, pauses now and then, and is voiced where the sound is loudest; a crowd is
/// about as loud and about as voiced all the time.
public struct SceneStatistics: Sendable, Hashable {
    /// The shares of frames that `levels` are given for.
    public static let shares: [Float] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

    /// Frames remembered, at most 400, which are four seconds: how much the rest is worth.
    public var count: Float = 0
    /// The levels that these shares of the remembered frames do not exceed, decibels, not below -90.
    public var levels = [Float](repeating: -90, count: shares.count)
    /// Mean voicing of the loudest three tenths of the remembered frames.
    public var loudVoicing: Float = 0
    /// Mean voicing of the quietest three tenths.
    public var quietVoicing: Float = 0
    /// Means over the last quarter of a second: of voicing, and of the change of level from frame to frame, decibels (at most
    /// 20).
    public var recent: SIMD2<Float> = .zero
    /// The same over the last one and a half seconds.
    public var lasting: SIMD2<Float> = .zero

    /// Nothing heard.
    public init() {}
}
