import Glibc
import KairaImage

extension ImageRegion {
    /// The upright square around a body, from the middle of its hips and a point on the circle around it, pixels.
    ///
    /// MediaPipe `AlignmentPointsRectsCalculator` (target angle 90 degrees) and `RectTransformationCalculator`.
    ///
    /// - Parameters:
    ///   - hips: the centre.
    ///   - rim: a point straight above the hips along the body, on the circle.
    ///   - scale: enlarges the square.
    package init(body hips: SIMD2<Float>, rim: SIMD2<Float>, scale: Float) {
        let d = rim - hips
        let side = 2 * (d.x * d.x + d.y * d.y).squareRoot() * scale
        var angle = Float.pi / 2 - atan2(-d.y, d.x)
        angle -= 2 * .pi * ((angle + .pi) / (2 * .pi)).rounded(.down)
        self.init(center: hips, size: SIMD2(side, side), rotation: angle)
    }
}
