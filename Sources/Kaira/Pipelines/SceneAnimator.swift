import KairaGeometry
import KairaMotion
import KairaRetarget
import KairaScene

/// Plays a motion or an animation on a scene, with what obeys physics in it.
struct SceneAnimator {
    let scene: Scene
    private(set) var avatar: Avatar?
    /// Seconds.
    private(set) var duration: Double
    /// Turns about the vertical over the duration.
    var turns: Double = 0
    private let motion: MotionClip?
    private let sampler: ClipSampler?
    private var cache = ClipSampler.Cache()
    private var state: SceneState
    private let expressions: [String: Float]
    private let idle: IdleMotion?
    /// Of a scene that no pose moves; an avatar has its own.
    private var physics: ScenePhysics?
    private var last: Double?

    /// Pictures of a moment have this much of the motion before them behind them, seconds.
    private static let runUp = 2.0

    init(
        scene path: String, motion: String?, clip: String?, expressions: [String: Float],
        life: LifeChoice = LifeChoice(), duration: Double? = nil
    ) throws {
        scene = try AvatarFile.scene(path)
        self.expressions = expressions
        avatar = scene.avatar == nil ? nil : try? Avatar(scene: scene)
        if motion != nil || !expressions.isEmpty || life.idle, avatar == nil { avatar = try AvatarFile.avatar(path) }
        for name in expressions.keys.sorted()
        where scene.avatar?.expressions.contains(where: { $0.name == name }) != true {
            let known = (scene.avatar?.expressions ?? []).map(\.name).joined(separator: ", ")
            throw KairaError.usage("--expressions: \(path) has no expression \(name); it has \(known)")
        }
        if let motion {
            let clip = try MotionInput.read(motion)
            guard !clip.poses.isEmpty else { throw KairaError.badData(path: motion, reason: "it holds no poses") }
            self.motion = clip
            sampler = nil
            self.duration = duration ?? clip.duration
        } else if let clip {
            let animation: AnimationClip
            do { animation = try scene.clip(clip) } catch { throw KairaError.usage("\(path): \(error)") }
            self.motion = nil
            sampler = ClipSampler(animation)
            self.duration = duration ?? Double(animation.duration)
        } else {
            self.motion = nil
            sampler = nil
            self.duration = duration ?? 0
        }
        idle = life.idle ? IdleMotion(seed: life.seed) : nil
        if life.physics {
            physics = ScenePhysics(scene)
            avatar?.secondaryMotion = physics
        }
        state = avatar?.state ?? SceneState(scene)
    }

    /// The scene at a time of its motion or animation; at rest without one.
    ///
    /// Physics lives through the time since the last call; the first picture, and one after a step back or a long way
    /// ahead, through the two seconds before it.
    mutating func state(at time: Double) -> SceneState {
        let before = last
        last = time
        guard physics != nil else { return moved(to: time, by: 0) }
        if let before, time >= before, time - before < 0.5 { return moved(to: time, by: time - before) }
        // The beginning has nothing before it: rest shapes.
        if before == nil, time <= 0 { return moved(to: time, by: 0) }
        avatar?.resetSecondaryMotion()
        physics?.reset(to: &state)
        let start = max(0, time - Self.runUp)
        let steps = max(Int(((time - start) * 60).rounded(.up)), 1)
        for k in 0..<steps {
            let t = start + (time - start) * Double(k) / Double(steps)
            _ = moved(to: t, by: k == 0 ? 0 : (time - start) / Double(steps))
        }
        return moved(to: time, by: (time - start) / Double(steps))
    }

    private mutating func moved(to time: Double, by seconds: Double) -> SceneState {
        let turn = Transform(
            rotation: Quaternion(angle: Float(turns * time / max(duration, 1e-9) * 2 * .pi), axis: [0, 1, 0]))
        if var figure = avatar, motion != nil || !expressions.isEmpty || idle != nil {
            var pose =
                motion?.pose(at: (motion?.poses.first?.time ?? 0) + time)
                ?? HumanoidPose(time: time, restHipsHeight: figure.skeleton.hipsHeight)
            if motion == nil {
                if let hips = figure.skeleton[.hips] { pose.hipsTranslation = hips }
                if idle != nil { pose.rotations = AuthoredPose.standing.rotations }
            }
            pose.time = time
            pose.expressions.merge(expressions) { $1 }
            idle?.apply(to: &pose)
            if turns != 0 { figure.worldFromModel = turn.matrix }
            figure.evaluate(pose, deltaTime: seconds)
            avatar = figure
            return figure.state
        }
        sampler?.sample(at: time, into: &state, cache: &cache)
        state.time = time
        if turns != 0 { state.worldFromRoot = turn.matrix }
        state.updateWorld()
        if physics != nil {
            physics?.update(&state, deltaTime: seconds)
            state.updateWorld()
        }
        return state
    }
}
