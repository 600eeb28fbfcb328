import KairaGeometry

/// The ranges of motion of every measured bone, relative to the T-pose.
///
/// The figures are the ranges of healthy adults, widened by 10-25 degrees because a keypoint is not a joint centre, a shoulder's
/// range contains its blade's, and the pitch of pelvis and chest is estimated from the trunk's lean: American Academy of Orthopaedic Surgeons, "Joint Motion: Method of Measuring and
/// Recording" (1965); Boone and Azen, J. Bone Joint Surg. 61-A (1979); Roaas and Andersson, Acta Orthop. Scand. 53 (1982).
/// The left side is stated; the right one is its mirror.
public struct JointLimits: Sendable, Hashable {
    /// Lumbar and thoracic spine together: flexion 75, extension 35, to the sides 45, rotation 60.
    public var trunk = SwingTwistLimit(
        axis: [0, 1, 0], side: [1, 0, 0], aboutSide: [35, 75] * Float(1).degrees,
        aboutFront: [45, 45] * Float(1).degrees,
        twist: Float(-60).degrees...Float(60).degrees)
    /// Neck and head together: flexion 60, extension 70, to the sides 50, rotation 85.
    public var head = SwingTwistLimit(
        axis: [0, 1, 0], side: [1, 0, 0], aboutSide: [70, 60] * Float(1).degrees,
        aboutFront: [50, 50] * Float(1).degrees,
        twist: Float(-85).degrees...Float(85).degrees)
    /// The left shoulder from the arm held out sideways: forward and across the chest 150, back 75, up 125, down 125, twist
    /// 120 both ways.
    public var upperArm = SwingTwistLimit(
        axis: [1, 0, 0], side: [0, 1, 0], aboutSide: [150, 75] * Float(1).degrees,
        aboutFront: [125, 125] * Float(1).degrees, twist: Float(-120).degrees...Float(120).degrees)
    /// The elbow: 10 degrees of over-extension to a bend of 155.
    public var elbow = HingeLimit(bend: Float(-10).degrees...Float(155).degrees, play: Float(12).degrees)
    /// Pronation and supination from the palm that faces down in the T-pose, which is their middle: 95 both ways.
    public var forearmTwist: ClosedRange<Float> = Float(-95).degrees...Float(95).degrees
    /// The left wrist: towards the palm 90 and back 85, towards thumb 35 and little finger 45, no twist of its own beyond
    /// what the forearm leaves to it.
    public var hand = SwingTwistLimit(
        axis: [1, 0, 0], side: [0, 1, 0], aboutSide: [35, 45] * Float(1).degrees,
        aboutFront: [90, 85] * Float(1).degrees,
        twist: Float(-100).degrees...Float(100).degrees)
    /// The left hip from the standing leg: flexion 165, extension 75, abduction 100, adduction 70, rotation 80 both ways.
    public var upperLeg = SwingTwistLimit(
        axis: [0, -1, 0], side: [1, 0, 0], aboutSide: [165, 75] * Float(1).degrees,
        aboutFront: [70, 100] * Float(1).degrees, twist: Float(-80).degrees...Float(80).degrees)
    /// The knee: 10 degrees of over-extension to a bend of 160.
    public var knee = HingeLimit(bend: Float(-10).degrees...Float(160).degrees, play: Float(10).degrees)
    /// The left ankle: towards the shin 45, pointed 60, rolled in and out 40, turned 45.
    public var foot = SwingTwistLimit(
        axis: [0, -1, 0], side: [1, 0, 0], aboutSide: [45, 60] * Float(1).degrees,
        aboutFront: [40, 40] * Float(1).degrees,
        twist: Float(-45).degrees...Float(45).degrees)

    /// The limits above.
    public init() {}
}
