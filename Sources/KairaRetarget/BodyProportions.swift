/// The lengths of a person's segments, metres: what flat keypoints are lifted with.
///
/// They are a person's and not the avatar's: the camera sees a human, whatever the avatar's limbs are like.
public struct BodyProportions: Sendable, Hashable {
    /// Shoulder to elbow, and elbow to wrist.
    public var upperArm, forearm: Float
    /// Hip to knee, and knee to ankle.
    public var thigh, shin: Float
    /// Middle of the hips to middle of the shoulders.
    public var trunk: Float
    /// Between the shoulder joints, and between the hip joints.
    public var shoulders, hips: Float

    /// Lengths as fractions of a stature in metres.
    ///
    /// Source: Drillis and Contini (1966) as in Winter, "Biomechanics and Motor Control of Human Movement", figure 4.1;
    /// the widths are between joint centres as annotators mark them.
    public init(stature: Float = 1.7) {
        upperArm = 0.186 * stature
        forearm = 0.146 * stature
        thigh = 0.245 * stature
        shin = 0.246 * stature
        trunk = 0.288 * stature
        shoulders = 0.215 * stature
        hips = 0.125 * stature
    }
}
