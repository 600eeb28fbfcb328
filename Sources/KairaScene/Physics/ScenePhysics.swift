/// All that obeys physics in a scene: spring bones, strands, rods and lattices.
///
/// Each part steps at a fixed rate of its own, so that motion is the same at 30, 60 or 120 frames a second. One thread; the
/// same input gives the same bits; a warm frame allocates nothing.
public struct ScenePhysics: SecondaryMotion {
    /// The avatar's spring bones, or nil.
    public var springs: SpringBoneMotion?
    /// Hair and antennae.
    public var strands: [StrandMotion] = []
    /// Flagella.
    public var rods: [RodMotion] = []
    /// Cages.
    public var lattices: [LatticeMotion] = []
    /// What could not be used, one sentence each.
    public private(set) var warnings: [String] = []

    /// The physics of a scene, nil where nothing in it obeys any.
    public init?(_ scene: Scene) {
        for (i, one) in scene.physics.strands.enumerated() {
            if let motion = StrandMotion(one, index: i, scene: scene, warnings: &warnings) { strands.append(motion) }
        }
        for (i, one) in scene.physics.rods.enumerated() {
            if let motion = RodMotion(one, index: i, scene: scene, warnings: &warnings) { rods.append(motion) }
        }
        let moved = Set(strands.flatMap(\.nodes) + rods.flatMap(\.nodes))
        springs = SpringBoneMotion(scene, leaving: moved)
        warnings += springs?.warnings ?? []
        for (i, one) in scene.physics.lattices.enumerated() {
            if let motion = LatticeMotion(one, index: i, scene: scene, warnings: &warnings) { lattices.append(motion) }
        }
        if springs == nil, strands.isEmpty, rods.isEmpty, lattices.isEmpty { return nil }
    }

    /// How often anything had to be set back because it was not finite.
    public var resets: Int {
        (springs?.rig.resets ?? 0) + strands.reduce(0) { $0 + $1.strands.resets } + rods.reduce(0) { $0 + $1.resets }
            + lattices.reduce(0) { $0 + $1.resets }
    }

    /// Moves everything by the time that has passed.
    public mutating func update(_ state: inout SceneState, deltaTime: Double) {
        if springs != nil {
            springs?.update(&state, deltaTime: deltaTime)
            state.updateWorld()
        }
        for i in strands.indices { strands[i].update(&state, deltaTime: deltaTime) }
        for i in rods.indices { rods[i].update(&state, deltaTime: deltaTime) }
        for i in lattices.indices { lattices[i].update(&state, deltaTime: deltaTime) }
    }

    /// Takes up rest shapes at the state's pose.
    public mutating func reset(to state: inout SceneState) {
        if springs != nil {
            springs?.reset(to: &state)
            state.updateWorld()
        }
        for i in strands.indices { strands[i].reset(to: &state) }
        for i in rods.indices { rods[i].reset(to: &state) }
        for i in lattices.indices { lattices[i].reset(to: &state) }
    }
}
