import KairaGeometry
import KairaMotion

/// Gives flat keypoints a depth, for layouts and estimators without world points.
///
/// A segment of known length that looks shorter than it is leans towards the camera or away from it by
/// `sqrt(length^2 - seen^2)` (Taylor, "Reconstruction of Articulated Objects from Point Correspondences in a Single
/// Uncalibrated Image", CVIU 2000, with a scaled orthographic camera). The scale comes from the segment that looks longest
/// relative to its length. The sign is not in the picture; it is chosen as people mostly move: forearms, upper arms and
/// thighs towards the side that the chest faces, shins away from it, the trunk forwards, the shoulder nearer to the nose's
/// side back. So an arm that reaches behind the back is wrong here, and a true lifter will do better.
public struct PlanarLift: Sendable {
    /// The person's lengths.
    public var proportions: BodyProportions
    /// A segment that looks longer than this share of its length counts as parallel to the picture: just below the full
    /// length a pixel of noise would be many degrees.
    public var flatAbove: Float = 0.94

    /// What is remembered between frames.
    public struct State: Sendable, Hashable {
        /// Pixels a metre at the person's depth.
        var scale: Float?

        /// Nothing yet.
        public init() {}
    }

    /// A lift for a person of some proportions.
    public init(proportions: BodyProportions = BodyProportions()) { self.proportions = proportions }

    /// Gives the points a depth.
    ///
    /// - Parameters:
    ///   - points: pixels, y down.
    ///   - seen: which joints count.
    ///   - mapping: the layout's table.
    ///   - dt: seconds since the last frame.
    ///   - state: what the caller keeps for it.
    /// - Returns: world points as `KeypointPose.world` has them; nil while too little is seen to tell the scale.
    public func lift(
        _ points: [SIMD2<Float>], seen: [Bool], mapping: KeypointMapping, dt: Float, state: inout State
    ) -> [SIMD3<Float>]? {
        let (hipL, hipR) = (mapping.legs[0].start, mapping.legs[1].start)
        let (shoulderL, shoulderR) = (mapping.arms[0].start, mapping.arms[1].start)
        guard seen[shoulderL], seen[shoulderR] else { return nil }
        let middleShoulder = (points[shoulderL] + points[shoulderR]) / 2
        let hipsSeen = seen[hipL] && seen[hipR]
        let p = proportions

        var ratio = distance(points[shoulderL], points[shoulderR]) / p.shoulders
        func consider(_ a: Int, _ b: Int, _ length: Float) {
            if seen[a], seen[b] { ratio = max(ratio, distance(points[a], points[b]) / length) }
        }
        let middleHip = hipsSeen ? (points[hipL] + points[hipR]) / 2 : middleShoulder
        if hipsSeen { ratio = max(ratio, distance(middleHip, middleShoulder) / p.trunk) }
        for limb in mapping.arms {
            consider(limb.start, limb.middle, p.upperArm)
            consider(limb.middle, limb.end, p.forearm)
        }
        for limb in mapping.legs {
            consider(limb.start, limb.middle, p.thigh)
            consider(limb.middle, limb.end, p.shin)
        }
        guard ratio > 1e-3, ratio.isFinite else { return nil }
        // Up at once, down slowly: a person who turns every segment out of the picture's plane has not gone away.
        let scale: Float
        if let last = state.scale, dt > 0 {
            let rate: Float = ratio > last ? 0.15 : 2.5
            scale = last + (ratio - last) * (1 - Float.exp(-dt / rate))
        } else {
            scale = state.scale ?? ratio
        }
        state.scale = scale

        // Metres in the picture's plane.
        let flat = points.map { ($0 - middleHip) * SIMD2(1, -1) / scale }
        var depth = [Float](repeating: 0, count: points.count)
        func lean(_ d: SIMD2<Float>, _ length: Float) -> Float {
            let share = KairaGeometry.length(d) / (self.flatAbove * length)
            return length * max(0, 1 - share * share).squareRoot()
        }
        // Facing the camera, the left side is at +X.
        let facing: Float = flat[shoulderL].x >= flat[shoulderR].x ? 1 : -1
        if hipsSeen {
            let trunk = facing * lean(flat[shoulderL] / 2 + flat[shoulderR] / 2, p.trunk)
            for joint in [shoulderL, shoulderR] { depth[joint] = trunk }
        }
        let faceSide: Float
        if let nose = mapping.face.first, seen[nose.joint] {
            faceSide = flat[nose.joint].x - (flat[shoulderL].x + flat[shoulderR].x) / 2
        } else {
            faceSide = 0
        }
        let turn = lean(flat[shoulderL] - flat[shoulderR], p.shoulders) / 2 * (faceSide >= 0 ? -1 : 1)
        depth[shoulderL] += turn
        depth[shoulderR] -= turn
        if hipsSeen {
            // The pelvis turns with the shoulders where its own line looks short as well.
            let own = lean(flat[hipL] - flat[hipR], p.hips) / 2 * (turn < 0 ? -1 : 1)
            depth[hipL] = own
            depth[hipR] = -own
        }
        for limb in mapping.arms {
            depth[limb.middle] = depth[limb.start] + facing * lean(flat[limb.middle] - flat[limb.start], p.upperArm)
            depth[limb.end] = depth[limb.middle] + facing * lean(flat[limb.end] - flat[limb.middle], p.forearm)
        }
        for limb in mapping.legs {
            depth[limb.middle] = depth[limb.start] + facing * lean(flat[limb.middle] - flat[limb.start], p.thigh)
            depth[limb.end] = depth[limb.middle] - facing * lean(flat[limb.end] - flat[limb.middle], p.shin)
        }
        liftFace(mapping, flat, seen, facing, around: depth[shoulderL] / 2 + depth[shoulderR] / 2, &depth)
        return points.indices.map { SIMD3(flat[$0], depth[$0]) }
    }

    // The nose is a known distance before the ears' middle and the ears a known distance apart.
    private func liftFace(
        _ mapping: KeypointMapping, _ flat: [SIMD2<Float>], _ seen: [Bool], _ facing: Float, around: Float,
        _ depth: inout [Float]
    ) {
        let left = mapping.face.filter { $0.place.x > 0.05 && seen[$0.joint] }.first
        let right = mapping.face.filter { $0.place.x < -0.05 && seen[$0.joint] }.first
        guard let left, let right, let nose = mapping.face.first, seen[nose.joint] else { return }
        let middle = (flat[left.joint] + flat[right.joint]) / 2
        let out = flat[nose.joint] - middle
        let reach = length(nose.place)
        let noseDepth = facing * max(reach * reach - dot(out, out), 1e-4).squareRoot()
        let wide = distance(left.place, right.place)
        let across = flat[left.joint] - flat[right.joint]
        let turn = max(wide * wide - dot(across, across), 0).squareRoot() / 2 * (out.x >= 0 ? -1 : 1)
        depth[left.joint] = around + turn
        depth[right.joint] = around - turn
        for point in mapping.face {
            if point == left || point == right { continue }
            // Between the ears' middle and the nose by how far forward it sits, shifted by its own side.
            let forward = point.place.z / max(nose.place.z, 1e-3)
            let side = point.place.x / max(left.place.x, 1e-3)
            depth[point.joint] = around + noseDepth * forward + turn * side
        }
    }
}
