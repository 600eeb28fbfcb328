import Glibc
import KairaGeometry
import KairaMotion

/// Turns a gaze into eye bones' rotations or look expressions' weights.
///
/// Source: VRM specification, VRMC_vrm-1.0, `lookAt.md`.
public struct LookAtSolver: Sendable, Hashable {
    /// Weights of the four look expressions.
    public struct Weights: Sendable, Hashable {
        /// Weights 0...1.
        public var up, down, left, right: Float
    }

    /// The avatar's settings.
    public var lookAt: LookAt

    /// A solver for an avatar's settings.
    public init(_ lookAt: LookAt) { self.lookAt = lookAt }

    /// The normalised rotations of both eyes.
    ///
    /// - Parameters:
    ///   - gaze: yaw (positive to the avatar's left) and pitch (positive down), radians.
    ///   - factor: multiplies the angles, 0...1: what expressions leave of the gaze.
    /// - Returns: each eye's rotation, to be written through `Humanoid.localRotation(_:normalized:)`.
    public func eyeRotations(gaze: SIMD2<Float>, factor: Float = 1) -> (left: Quaternion, right: Quaternion) {
        let (yaw, pitch) = (gaze.x.finiteOrZero, gaze.y.finiteOrZero)
        let vertical = factor * (pitch > 0 ? lookAt.verticalDown(pitch) : -lookAt.verticalUp(pitch))
        let inner = factor * lookAt.horizontalInner(yaw)
        let outer = factor * lookAt.horizontalOuter(yaw)
        let (left, right) = yaw > 0 ? (outer, inner) : (-inner, -outer)
        return (Self.rotation(yaw: left, pitch: vertical), Self.rotation(yaw: right, pitch: vertical))
    }

    /// The weights of the look expressions; both sides use the outer map.
    public func weights(gaze: SIMD2<Float>) -> Weights {
        let (yaw, pitch) = (gaze.x.finiteOrZero, gaze.y.finiteOrZero)
        let side = lookAt.horizontalOuter.map(degrees: abs(yaw) * degreesPerRadian)
        return Weights(
            up: pitch < 0 ? lookAt.verticalUp.map(degrees: -pitch * degreesPerRadian) : 0,
            down: pitch > 0 ? lookAt.verticalDown.map(degrees: pitch * degreesPerRadian) : 0,
            left: yaw > 0 ? side : 0, right: yaw < 0 ? side : 0)
    }

    /// The gaze towards a point given in the look-at space: the eyes at its origin, looking along +Z, +Y up.
    public static func gaze(towards p: SIMD3<Float>) -> SIMD2<Float> {
        SIMD2(atan2f(p.x, p.z), atan2f(-p.y, (p.x * p.x + p.z * p.z).squareRoot()))
    }

    /// Yaw about +Y after pitch about +X, degrees.
    private static func rotation(yaw: Float, pitch: Float) -> Quaternion {
        Quaternion(angle: yaw / degreesPerRadian, axis: [0, 1, 0])
            * Quaternion(angle: pitch / degreesPerRadian, axis: [1, 0, 0])
    }
}

private let degreesPerRadian: Float = 180 / .pi

extension LookAt.RangeMap {
    /// `min(|v|, inputMaxValue) / inputMaxValue * outputScale`, the input's range held above 0.001 degrees.
    func map(degrees: Float) -> Float {
        let range = max(inputMaxValue, 0.001)
        return min(abs(degrees), range) / range * outputScale
    }

    /// The same for radians in.
    func callAsFunction(_ radians: Float) -> Float { map(degrees: radians * degreesPerRadian) }
}

extension Float {
    /// 0 for NaN and infinity: a pose comes from outside.
    var finiteOrZero: Float { isFinite ? self : 0 }
}
