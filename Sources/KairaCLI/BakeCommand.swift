import ArgumentParser
import Kaira

struct BakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bake",
        abstract: "Write the deformed geometry of a scene at a time, in world space.",
        discussion: """
            An .npz holds arrays positions_<node>_<primitive> [vertices, 3] by the file's own numbers; an .obj holds the \
            triangles. Constraints and look-at are off, physics unless asked for; a VRM 0.x file is not turned.

            Example:
              kaira bake walker.glb --clip Walk --time 0.5 -o walker.npz
            """)

    @Argument(help: "The scene or avatar: .glb, .gltf or .vrm.", completion: FileKinds.scenes)
    var scene: String

    @Option(help: "An animation of the file, by name or number; without it the nodes' own transforms.")
    var clip: String?

    @Option(help: "Seconds; clamped to the clip.")
    var time = 0.0

    @Option(name: .shortAndLong, help: "The file to write: .npz or .obj.", completion: .file())
    var output: String

    @Option(help: "Spring bones, hair, flagella and cages over the two seconds before the time: on or off.")
    var physics = Toggle.off

    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        guard time.isFinite else { throw ValidationError("--time takes a number of seconds") }
    }

    func run() async throws {
        let job = BakeJob(
            scene: scene, clip: clip, time: time, output: output, physics: physics == .on,
            replacesOutput: outputOptions.force)
        let result = try await Interruption.cancelling { try await job.run() }
        try outputOptions.show(result, output: output)
    }
}
