import KairaGeometry
import KairaPhysics

/// A frame that its owner moves from call to call, at the fixed steps in between: the same way at any frame rate.
struct FrameDriver: Sendable {
    /// The fixed step.
    private(set) var clock: FixedStep
    /// How far the frame may go in one call before that counts as a jump, metres.
    var teleportDistance: Float = 1
    private var last = Transform.identity
    private var now = Transform.identity
    private var seconds = 0.0
    private var taken = 0
    private var steps = 0
    private(set) var isPlaced = false

    init(step: Double) { clock = FixedStep(step: step, maximumSteps: max(8, Int((0.15 / step).rounded()))) }

    /// Begins a call.
    ///
    /// - Returns: how many steps to take, and the move of a jump, where there was one.
    mutating func begin(_ frame: Transform, seconds: Double) -> (steps: Int, jump: Transform?) {
        guard seconds > 0, seconds.isFinite, frame.translation.isFinite, frame.rotation.isFinite else {
            return (0, nil)
        }
        last = now
        now = frame
        self.seconds = seconds
        taken = 0
        var jump: Transform?
        if distance(now.translation, last.translation) > teleportDistance {
            let turn = (now.rotation * last.rotation.conjugate).normalized
            jump = Transform(
                translation: now.translation - turn.act(last.translation), rotation: turn, scale: .one)
            last = now
            clock.restart()
        }
        steps = clock.advance(by: seconds)
        return (steps, jump)
    }

    /// How much of the way from the last call to this one has passed at the end of the next step, 0...1.
    mutating func nextShare() -> Float {
        taken += 1
        let late = clock.remainder + Double(steps - taken) * clock.step
        return Float(min(max(1 - late / seconds, 0), 1))
    }

    /// The frame at a share of the way.
    func frame(at share: Float) -> Transform {
        if share >= 1 { return now }
        return Transform(
            translation: lerp(last.translation, now.translation, share),
            rotation: Quaternion.slerp(last.rotation, now.rotation, share), scale: .one)
    }

    /// How far the shown state lies between the last two steps.
    var fraction: Double { clock.fraction }

    /// Forgets all that was.
    mutating func place(_ frame: Transform) {
        now = frame
        last = frame
        clock.restart()
        isPlaced = true
    }
}

extension Matrix4 {
    /// Place and turn; the identity's turn where the matrix has none.
    var rigid: Transform {
        let t = Transform(self)
        return Transform(
            translation: translation, rotation: t.rotation.isFinite ? t.rotation : .identity, scale: .one)
    }
}
