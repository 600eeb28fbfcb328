import KairaGeometry
import RealModule

/// How far a knee or an elbow may bend: a hinge with a little sideways play. Radians.
public struct HingeLimit: Sendable, Hashable {
    /// The range of the bend; negative is over-extension.
    public var bend: ClosedRange<Float>
    /// The largest angle out of the hinge's plane (varus, valgus), to both sides.
    public var play: Float

    /// A limit from its parts.
    public init(bend: ClosedRange<Float>, play: Float) { (self.bend, self.play) = (bend, play) }

    /// The nearest allowed direction of the lower bone.
    ///
    /// - Parameters:
    ///   - e: the lower bone's direction in the upper bone's frame, unit length.
    ///   - rest: its direction at rest in that frame, unit length.
    ///   - hinge: the axis about which a positive angle bends, at right angles to `rest`, unit length.
    /// - Returns: a unit direction.
    public func clamp(_ e: SIMD3<Float>, rest: SIMD3<Float>, hinge: SIMD3<Float>) -> SIMD3<Float> {
        let out = Float.asin(min(max(dot(e, hinge), -1), 1))
        let flat = reject(e, from: hinge)
        let angle = Float.atan2(y: dot(cross(rest, flat), hinge), x: dot(rest, flat))
        // Past half a turn the nearer end is the one on the same way round.
        let wrapped =
            angle < bend.lowerBound - (2 * .pi - bend.upperBound + bend.lowerBound) / 2 ? angle + 2 * .pi : angle
        let bent = min(max(wrapped, bend.lowerBound), bend.upperBound)
        let aside = min(max(out, -play), play)
        guard bent != wrapped || aside != out else { return e }
        let inPlane = rest * Float.cos(bent) + cross(hinge, rest) * Float.sin(bent)
        return inPlane * Float.cos(aside) + hinge * Float.sin(aside)
    }
}
