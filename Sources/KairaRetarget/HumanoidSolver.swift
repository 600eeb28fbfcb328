import KairaGeometry
import KairaMotion

/// Turns a person's keypoints into the pose of an avatar.
///
/// A job: what it reads are its fields, what it remembers between frames is a `State` that the caller owns. Everything goes by
/// directions, angles and the ratio of leg lengths, so person and avatar may have quite different proportions.
///
/// The order of one frame:
/// 1. Points: `world` where the estimator gives it, else `PlanarLift`. Each joint's confidence passes a hysteresis.
/// 2. Trunk: pelvis and chest from hips and shoulders, the bend between them shared over the spine; then the head from the
///    face, shared with the neck.
/// 3. Limbs: swing from the segments' directions, twist from the plane of the bend, which is kept while a limb is nearly
///    straight. Hands from the palm's triangle, the forearm takes half of their twist. Feet from heel, tip and ankle.
/// 4. Every rotation is held inside `limits`; a bone whose joints are lost eases to `authored` in `fadeSeconds`.
/// 5. Root: the path from the picture (`RootMotion`), the height so that the lower foot stands on the ground.
/// 6. Feet: `FootLock` pins a foot that stands, two-bone IK bends the leg to it and the pelvis drops where it must.
///
/// Blinks, mouth and gaze are not its business. Frames go in by rising time; a step back in time starts anew.
public struct HumanoidSolver: Sendable {
    /// How the hips move through the room.
    public enum RootMotion: Sendable, Hashable {
        /// Along the ground as the person in front of the camera does, and up and down.
        case full
        /// Up and down only.
        case inPlace
    }

    /// When a foot counts as standing, and how it lets go. Lengths are for a leg of 0.85 m and scale with the avatar's.
    public struct FootLock: Sendable, Hashable {
        /// A foot locks below this speed, metres a second, and lets go above `releaseSpeed`.
        public var lockSpeed: Float = 0.18
        /// See `lockSpeed`.
        public var releaseSpeed: Float = 0.45
        /// A foot locks below this height of its lowest point above the ground, metres, and lets go above `releaseHeight`.
        public var lockHeight: Float = 0.04
        /// See `lockHeight`.
        public var releaseHeight: Float = 0.09
        /// A lock lets go when the measured foot is this far from it, metres.
        public var releaseDistance: Float = 0.16
        /// How long a foot takes from its lock back to where it is measured, seconds.
        public var releaseSeconds: Float = 0.125
        /// The most that a leg is stretched, of its full length: below 1 the knee stays soft and never snaps straight.
        public var reach: Float = 0.995

        /// The constants above.
        public init() {}
    }

    /// The avatar.
    public let skeleton: HumanoidSkeleton
    /// How the keypoints' layout maps to bones.
    public let mapping: KeypointMapping
    /// How far each bone may turn.
    public let limits: JointLimits
    /// What bones do that nobody measures.
    public var authored: AuthoredPose = .standing
    /// A joint counts from this confidence on, until it falls below `confidenceOff`.
    public var confidenceOn: Float = 0.5
    /// See `confidenceOn`.
    public var confidenceOff: Float = 0.35
    /// How long a bone takes between measured and authored, seconds.
    public var fadeSeconds: Float = 0.25
    /// The fastest that the plane of a limb's bend turns about its upper bone, radians a second: a straight limb does not tell
    /// its twist, and without a bound it would flip when it bends again.
    public var twistSpeed: Float = 12
    /// The fastest that any bone turns in its parent, radians a second.
    public var boneSpeed: Float = 25
    /// How the hips move through the room.
    public var rootMotion: RootMotion = .full
    /// How feet are planted, or nil to leave them where the rotations put them.
    public var footLock: FootLock? = FootLock()
    /// The camera's focal length in pixels of the source frame; nil takes 0.9 of the frame's longer side, about 58 degrees.
    public var focalLength: Float?
    /// The filter of the distance to the camera, metres.
    public var depthFilter = OneEuroFilter(minimumCutoff: 0.4, beta: 0.6)
    /// The filter of the path across the picture, metres.
    public var acrossFilter = OneEuroFilter(minimumCutoff: 1.5, beta: 3)
    /// How much of the trunk's lean the spine bends, the rest is the pelvis's.
    public var spineShare: Float = 0.3
    /// How points without depth are lifted.
    public var lift = PlanarLift()

    let rest: SolverRest

    /// A solver for an avatar and a layout.
    ///
    /// - Throws: `RetargetError` where the avatar lacks a required bone or has one of no length.
    public init(
        skeleton: HumanoidSkeleton, mapping: KeypointMapping, limits: JointLimits = JointLimits()
    ) throws(RetargetError) {
        rest = try SolverRest(skeleton, limits: limits)
        (self.skeleton, self.mapping, self.limits) = (skeleton, mapping, limits)
    }

    /// A solver for an avatar and a layout.
    ///
    /// - Throws: `RetargetError`, also where no mapping is known for the layout.
    public init(skeleton: HumanoidSkeleton, layout: KeypointLayout) throws(RetargetError) {
        guard let mapping = KeypointMapping.named(layout.name) else { throw .unknownLayout(layout.name) }
        try self.init(skeleton: skeleton, mapping: mapping)
    }

    /// The avatar's pose for a person's keypoints.
    ///
    /// - Parameters:
    ///   - pose: of the solver's layout; one of another layout counts as nobody seen.
    ///   - state: what the solver remembers, a new one for each person.
    /// - Returns: finite rotations and translation whatever the keypoints are; confidence 1 where a bone is measured, 0 where
    ///   it is authored, between while it fades.
    public func solve(_ pose: KeypointPose, state: inout State) -> HumanoidPose {
        var dt = Float(0)
        if let last = state.time {
            let step = pose.time - last
            if step < 0 || !step.isFinite { state = State() } else { dt = Float(min(step, 1)) }
        }
        let body = observe(pose, dt: dt, state: &state)
        var result = HumanoidPose(time: pose.time, restHipsHeight: skeleton.hipsHeight)
        let authored = rest.adapted(authored)
        result.rotations = authored.rotations
        if state.bones.isEmpty {
            state.bones = authored.rotations.map { State.Bone(rotation: $0) }
        }
        let first = !state.started

        var step = Step(body: body, dt: dt, authored: authored, pose: result)
        solveTrunk(&step, &state)
        solveHead(&step, &state)
        for side in 0...1 { solveArm(side, &step, &state) }
        for side in 0...1 { solveLeg(side, &step, &state) }
        solveRoot(pose, &step, &state)
        result = step.pose

        for i in 0..<HumanBone.count {
            let q = result.rotations[i].isFinite ? result.rotations[i].normalized : .identity
            result.rotations[i] = (first ? q : limited(q, last: state.bones[i].output, dt: dt)).near(
                state.bones[i].output)
            state.bones[i].output = result.rotations[i]
            result.confidence[i] = state.bones[i].weight
        }
        if !pose.time.isFinite { result.time = state.time ?? 0 } else { state.time = pose.time }
        return result
    }

    // No bone turns faster than `boneSpeed`: what is left after limits have met a parent that fades the other way.
    private func limited(_ q: Quaternion, last: Quaternion, dt: Float) -> Quaternion {
        let turn = last.angle(to: q)
        guard dt > 0, turn > boneSpeed * dt else { return q }
        return .slerp(last, q, boneSpeed * dt / turn)
    }

    /// What one frame shows, in metres.
    struct Body {
        var points: [SIMD3<Float>]
        var seen: [Bool]
        /// Whether the depths are measured and not guessed.
        var measured: Bool

        func seen(_ joints: Int...) -> Bool { joints.allSatisfy { seen[$0] } }
    }

    /// What is built up in the course of one frame.
    struct Step {
        var body: Body
        var dt: Float
        var authored: AuthoredPose
        var pose: HumanoidPose
        /// World rotations of the pelvis, the chest (top of the spine) and both sides' upper parents and extremities.
        var pelvis = Quaternion.identity
        var chest = Quaternion.identity
        var thighs: [Quaternion] = [.identity, .identity]
        var shins: [Quaternion] = [.identity, .identity]
        var feet: [Quaternion] = [.identity, .identity]
    }

    private func observe(_ pose: KeypointPose, dt: Float, state: inout State) -> Body {
        let count = mapping.layout.joints.count
        let ours =
            pose.layout.joints.count == count && pose.points.count == count && pose.confidence.count == count
            && (pose.world == nil || pose.world?.count == count)
        if state.seen.count != count { state.seen = Array(repeating: false, count: count) }
        var points = [SIMD3<Float>](repeating: .zero, count: count)
        guard ours, pose.time.isFinite else {
            state.seen = Array(repeating: false, count: count)
            return Body(points: points, seen: state.seen, measured: false)
        }
        // Farther than this from the hips is no person's joint; it also keeps squares finite.
        let farthest: Float = 20
        for i in 0..<count {
            let c = pose.confidence[i]
            state.seen[i] = c.isFinite && (state.seen[i] ? c >= confidenceOff : c > confidenceOn)
            let image = pose.points[i]
            if let p = pose.world?[i] {
                if p.isFinite, abs(p).max() < farthest { points[i] = p } else { state.seen[i] = false }
            } else if !image.x.isFinite || !image.y.isFinite || abs(image).max() > 1e6 {
                state.seen[i] = false
            }
        }
        if pose.world == nil {
            let clean = pose.points.indices.map { state.seen[$0] ? pose.points[$0] : .zero }
            if let lifted = lift.lift(clean, seen: state.seen, mapping: mapping, dt: dt, state: &state.lift) {
                points = lifted
            } else {
                return Body(points: points, seen: Array(repeating: false, count: count), measured: false)
            }
        }
        return Body(points: points, seen: state.seen, measured: pose.world != nil)
    }
}

extension SIMD2 where Scalar == Float {
    func max() -> Float { Swift.max(x, y) }
}

func abs(_ v: SIMD2<Float>) -> SIMD2<Float> { SIMD2(Swift.abs(v.x), Swift.abs(v.y)) }
func abs(_ v: SIMD3<Float>) -> SIMD3<Float> { SIMD3(Swift.abs(v.x), Swift.abs(v.y), Swift.abs(v.z)) }
