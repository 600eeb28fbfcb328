import KairaFormats
import KairaScene
import KairaTensor

/// A scene in, its deformed geometry at a time out.
public struct BakeJob: Sendable {
    /// The scene or avatar.
    public var scene: String
    /// An animation of the file, by name or number; nil for the nodes' own transforms.
    public var clip: String?
    /// Seconds, clamped to the clip.
    public var time: Double
    /// `.npz` or `.obj`.
    public var output: String
    /// Whether spring bones, hair, flagella and cages move, over the two seconds before the time.
    public var physics: Bool
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(
        scene: String, clip: String? = nil, time: Double, output: String, physics: Bool = false,
        replacesOutput: Bool = false
    ) {
        self.scene = scene
        self.clip = clip
        self.time = time
        self.output = output
        self.physics = physics
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Throws: the errors of the stages; nothing half-written is left then.
    public func run() async throws -> JobReport {
        let began = ContinuousClock.now
        let kind = OutputPath.kind(output)
        guard kind == "npz" || kind == "obj" else {
            throw KairaError.usage("\(output): a bake's name ends in .npz or .obj")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [self.scene])
        // The file's own vertices, by their own numbers; pictures have no part in it.
        var reader = GLTFReader()
        reader.completesNormals = false
        reader.decodesImages = false
        let scene = try AvatarFile.scene(self.scene, reader: reader)
        let items: [GeometryBaker.Item]
        do {
            let baker = GeometryBaker(scene)
            items =
                try physics ? baker.bake(try moved(scene)) : baker.bake(clip: clip, time: time)
        } catch {
            throw KairaError.usage("\(self.scene): \(error)")
        }
        let bytes: [UInt8]
        if kind == "npz" {
            var archive = NumPyArchive()
            for item in items {
                let positions = item.geometry.positions
                archive[item.positionsName] = NumPyArray(
                    positions.flatMap { [$0.x, $0.y, $0.z] }, shape: [positions.count, 3])
            }
            bytes = try archive.npz()
        } else {
            bytes = OBJWriter.write(items, of: scene)
        }
        try OutputPath.write(bytes, to: output, replaces: replacesOutput)
        return JobReport(
            "kaira.bake/1", input: self.scene, output: output, count: items.count, unit: "primitives", began: began,
            warnings: scene.warnings)
    }

    /// The scene at the time, after two seconds of physics.
    private func moved(_ scene: Scene) throws(SceneError) -> SceneState {
        var state = SceneState(scene)
        var motion = ScenePhysics(scene)
        let sampler = try clip.map { name throws(SceneError) in ClipSampler(try scene.clip(name)) }
        var cache = ClipSampler.Cache()
        for k in 0...120 {
            sampler?.sample(at: time - Double(120 - k) / 60, into: &state, cache: &cache)
            state.updateWorld()
            motion?.update(&state, deltaTime: k == 0 ? 0 : 1.0 / 60)
            state.updateWorld()
        }
        return state
    }
}
