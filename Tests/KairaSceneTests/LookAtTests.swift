import KairaGeometry
import KairaMotion
import KairaScene
import Testing

/// Oracle: VRM specification, VRMC_vrm-1.0, `lookAt.md`: the range maps' formula and which side uses which map.
@Suite struct LookAtTests {
    static let degrees: Float = .pi / 180
    static let settings = LookAt(
        horizontalInner: .init(inputMaxValue: 45, outputScale: 5),
        horizontalOuter: .init(inputMaxValue: 60, outputScale: 12),
        verticalDown: .init(inputMaxValue: 30, outputScale: 6), verticalUp: .init(inputMaxValue: 20, outputScale: 8))

    struct Row: Sendable {
        /// Degrees: to the left, down.
        var yaw, pitch: Float
        /// Degrees.
        var left, right, down: Float
    }

    @Test(
        "bones: outer and inner, down and up",
        arguments: [
            Row(yaw: 30, pitch: 0, left: 6, right: 10 / 3, down: 0),
            Row(yaw: -30, pitch: 0, left: -10 / 3, right: -6, down: 0),
            Row(yaw: 90, pitch: 90, left: 12, right: 5, down: 6), Row(yaw: 0, pitch: 15, left: 0, right: 0, down: 3),
            Row(yaw: 0, pitch: -10, left: 0, right: 0, down: -4), Row(yaw: 0, pitch: -80, left: 0, right: 0, down: -8),
            Row(yaw: -15, pitch: 6, left: -5 / 3, right: -3, down: 1.2),
        ])
    func bones(row: Row) {
        let eyes = LookAtSolver(Self.settings).eyeRotations(gaze: [row.yaw, row.pitch] * Self.degrees)
        for (eye, yaw) in [(eyes.left, row.left), (eyes.right, row.right)] {
            // The eye's forward direction says where it looks: +X is the avatar's left, -Y down.
            let forward = eye.act([0, 0, 1])
            let gaze = LookAtSolver.gaze(towards: forward)
            #expect(abs(gaze.x - yaw * Self.degrees) < 1e-5)
            #expect(abs(gaze.y - row.down * Self.degrees) < 1e-5)
        }
    }

    @Test("expressions: both sides by the outer map, weights 0...1")
    func expressions() {
        var settings = Self.settings
        settings.horizontalOuter = .init(inputMaxValue: 60, outputScale: 1)
        settings.verticalDown = .init(inputMaxValue: 30, outputScale: 0.5)
        let solver = LookAtSolver(settings)
        let left = solver.weights(gaze: [30, 15] * Self.degrees)
        #expect(abs(left.left - 0.5) < 1e-6 && left.right == 0 && abs(left.down - 0.25) < 1e-6 && left.up == 0)
        let right = solver.weights(gaze: [-90, 0] * Self.degrees)
        #expect(right.right == 1 && right.left == 0 && right.up == 0 && right.down == 0)
        #expect(solver.weights(gaze: [.nan, .infinity]) == solver.weights(gaze: .zero))
    }

    @Test("a range of nothing does not divide by zero")
    func noRange() {
        var settings = Self.settings
        settings.horizontalOuter.inputMaxValue = 0
        let eyes = LookAtSolver(settings).eyeRotations(gaze: [0.5, 0])
        #expect(abs(eyes.left.angle - 12 * Self.degrees) < 1e-5)
    }

    @Test(
        "the avatar's eyes turn, by what expressions leave of the gaze",
        arguments: [AvatarDescription.Version.vrm0, .vrm1])
    func avatar(version: AvatarDescription.Version) throws {
        var scene = body(version: version, turned: true)
        scene.avatar?.lookAt = Self.settings
        scene.avatar?.expressions = [Expression(name: "happy", overrideLookAt: .blend)]
        var avatar = try Avatar(scene: scene)
        var pose = HumanoidPose(restHipsHeight: 0.95)
        pose.gaze = [30 * Self.degrees, 15 * Self.degrees]
        for (happy, share) in [(0, 1), (0.5, 0.5), (1, 0)] as [(Float, Float)] {
            pose.expressions = ["happy": happy]
            avatar.evaluate(pose)
            let now = avatar.humanoid.pose(of: avatar.state)
            let left = LookAtSolver.gaze(towards: now[.leftEye].act([0, 0, 1]))
            #expect(distance(left, [6, 3] * (share * Self.degrees)) < 1e-5)
            let right = LookAtSolver.gaze(towards: now[.rightEye].act([0, 0, 1]))
            #expect(distance(right, [10 / 3, 3] * (share * Self.degrees)) < 1e-5)
        }
    }

    @Test("in expression mode the look expressions are set and overridden")
    func expressionMode() throws {
        var scene = body()
        var settings = LookAt(
            kind: .expression, horizontalOuter: .init(inputMaxValue: 60, outputScale: 1),
            verticalDown: .init(inputMaxValue: 30, outputScale: 1))
        settings.verticalUp = settings.verticalDown
        scene.avatar?.lookAt = settings
        scene.avatar?.expressions =
            ["lookUp", "lookDown", "lookLeft", "lookRight"].map { Expression(name: $0) }
            + [Expression(name: "happy", overrideLookAt: .blend)]
        var avatar = try Avatar(scene: scene)
        var pose = HumanoidPose(restHipsHeight: 0.95)
        pose.gaze = [30 * Self.degrees, -15 * Self.degrees]
        avatar.evaluate(pose)
        #expect(zip(avatar.expressionWeights, [0.5, 0, 0.5, 0, 0] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
        pose.expressions = ["happy": 0.5]
        avatar.evaluate(pose)
        #expect(zip(avatar.expressionWeights, [0.25, 0, 0.25, 0, 0.5] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// Oracle: geometry; a point straight to the avatar's left at eye height is at yaw 90 degrees.
    @Test("the gaze towards a point, head turned or not", arguments: [AvatarDescription.Version.vrm0, .vrm1])
    func towards(version: AvatarDescription.Version) throws {
        var scene = body(version: version)
        let offset: SIMD3<Float> = [0, 0.06, 0]
        scene.avatar?.lookAt = LookAt(offsetFromHeadBone: offset)
        var avatar = try Avatar(scene: scene)
        var pose = HumanoidPose(restHipsHeight: 0.95)
        pose.hipsTranslation = [0, 0.95, 0.01]
        avatar.evaluate(pose)
        let eyes = (bodyPositions[.head] ?? .zero) + offset
        #expect(distance(try #require(avatar.gaze(towards: eyes + [0, 0, 2])), .zero) < 1e-5)
        #expect(distance(try #require(avatar.gaze(towards: eyes + [2, 0, 0])), [.pi / 2, 0]) < 1e-5)
        #expect(distance(try #require(avatar.gaze(towards: eyes + [0, -2, 2])), [0, .pi / 4]) < 1e-5)
        pose[.head] = Quaternion(angle: .pi / 2, axis: [0, 1, 0])
        avatar.evaluate(pose)
        #expect(
            distance(try #require(avatar.gaze(towards: (bodyPositions[.head] ?? .zero) + [2, 0.06, 0])), .zero) < 1e-5)
    }
}
