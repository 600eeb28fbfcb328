import KairaGeometry
import KairaMotion

/// A humanoid avatar that takes up poses.
///
/// The order of a frame is VRM's: pose, look-at, expressions, node constraints, secondary motion, skinning data.
public struct Avatar: Sendable {
    /// What it is made of.
    public let scene: Scene
    /// Its bones.
    public let humanoid: Humanoid
    /// Its expressions.
    public let expressions: ExpressionSolver
    /// Its node constraints.
    public let constraints: ConstraintSolver
    /// Hair, cloth and the like; nil for none.
    public var secondaryMotion: (any SecondaryMotion)?
    /// Where the avatar stands: from model space (facing +Z, soles at y = 0) to the world.
    public var worldFromModel: Matrix4 = .identity

    /// The last frame: what moves, world matrices up to date.
    public private(set) var state: SceneState
    /// The last frame: what is drawn.
    public private(set) var drawList: DrawList
    /// The last frame: weights of `expressions.expressions` after `isBinary` and overrides.
    public private(set) var expressionWeights: [Float]

    private let lookAt: LookAtSolver?
    private let lookIndices: (up: Int?, down: Int?, left: Int?, right: Int?)
    private let headNode: Int?

    /// An avatar at rest.
    ///
    /// - Throws: `SceneError` for a scene that is no avatar, lacks required bones or has circular constraints.
    public init(scene: Scene) throws(SceneError) {
        self.scene = scene
        humanoid = try Humanoid(scene)
        expressions = ExpressionSolver(scene)
        constraints = try ConstraintSolver(scene)
        lookAt = scene.avatar?.lookAt.map(LookAtSolver.init)
        lookIndices = (
            expressions.index(of: "lookUp"), expressions.index(of: "lookDown"), expressions.index(of: "lookLeft"),
            expressions.index(of: "lookRight")
        )
        headNode = humanoid.nodes[HumanBone.head.index]?.value
        expressionWeights = Array(repeating: 0, count: expressions.expressions.count)
        state = SceneState(scene)
        state.worldFromRoot = Transform(rotation: humanoid.modelFromFile).matrix
        state.updateWorld()
        drawList = DrawList(scene, state: state)
    }

    /// Where its bones rest, model space.
    public var skeleton: HumanoidSkeleton { humanoid.skeleton }

    /// Takes up a pose; `state` and `drawList` then hold the frame.
    ///
    /// - Parameters:
    ///   - pose: of any skeleton; see `Humanoid.apply(_:to:)`.
    ///   - deltaTime: seconds since the last frame, for secondary motion; 0 for a still picture.
    /// - Complexity: O(nodes + expressions); no allocation once warm, except where expressions change materials.
    public mutating func evaluate(_ pose: HumanoidPose, deltaTime: Double = 0) {
        state.time = pose.time
        state.worldFromRoot = worldFromModel * Transform(rotation: humanoid.modelFromFile).matrix
        humanoid.apply(pose, to: &state)

        // The gaze is what expressions leave of it, so that their weights come first.
        expressions.gather(pose.expressions, into: &expressionWeights)
        if let gaze = pose.gaze, let lookAt, lookAt.lookAt.kind == .expression {
            let weights = lookAt.weights(gaze: gaze)
            setWeight(lookIndices.up, weights.up)
            setWeight(lookIndices.down, weights.down)
            setWeight(lookIndices.left, weights.left)
            setWeight(lookIndices.right, weights.right)
        }
        let gazeLeft = expressions.resolve(&expressionWeights)
        if let gaze = pose.gaze, let lookAt, lookAt.lookAt.kind == .bone {
            let eyes = lookAt.eyeRotations(gaze: gaze, factor: gazeLeft)
            turn(.leftEye, eyes.left)
            turn(.rightEye, eyes.right)
        }
        expressions.apply(expressionWeights, to: &state)
        if state.expressionWeights.count != expressionWeights.count {
            state.expressionWeights = expressionWeights
        } else {
            for i in expressionWeights.indices { state.expressionWeights[i] = expressionWeights[i] }
        }

        constraints.solve(&state)
        state.updateWorld()
        if secondaryMotion != nil {
            secondaryMotion?.update(&state, deltaTime: deltaTime)
            state.updateWorld()
        }
        drawList.update(state)
    }

    /// Starts secondary motion anew, after a jump in time or place.
    public mutating func resetSecondaryMotion() {
        secondaryMotion?.reset(to: &state)
        state.updateWorld()
        drawList.update(state)
    }

    /// The gaze (yaw positive to the avatar's left, pitch positive down, radians) that looks at a point of the world from
    /// where the head now is; nil without look-at settings.
    public func gaze(towards target: SIMD3<Float>) -> SIMD2<Float>? {
        guard let lookAt, let head = headNode else { return nil }
        let world = state.worlds[head]
        let eyes = world.transform(point: lookAt.lookAt.offsetFromHeadBone)
        // The look-at space is the head's, turned back by its rest rotation: its axes are the model's in the T-pose.
        let rotation =
            Transform(world).rotation * humanoid.modelRest[HumanBone.head.index].conjugate
        return LookAtSolver.gaze(towards: rotation.conjugate.act(target - eyes))
    }

    private mutating func setWeight(_ index: Int?, _ weight: Float) {
        if let index { expressionWeights[index] = min(max(weight, 0), 1) }
    }

    private mutating func turn(_ eye: HumanBone, _ rotation: Quaternion) {
        guard let node = humanoid.nodes[eye.index] else { return }
        state.locals[node.value].rotation = humanoid.localRotation(eye, normalized: rotation)
    }
}
