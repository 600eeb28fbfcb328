import ArgumentParser
import Kaira

struct RetargetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retarget", abstract: "Turn keypoints into the motion of an avatar's bones.",
        discussion: """
            A .bvh opens in every animation program, a .glb is the avatar with the motion as its animation, a .json \
            (kaira.motion/1) is what 'kaira render --motion' plays on any avatar.

            Example:
              kaira retarget keypoints.json --avatar kaira-kun.vrm -o motion.bvh
            """)

    @Argument(help: "Keypoints as 'kaira pose' writes them, or - for stdin.", completion: .file(extensions: ["json"]))
    var keypoints: String

    @Option(help: "The avatar, .vrm or .glb.", completion: FileKinds.avatars)
    var avatar: String

    @Option(
        name: .shortAndLong, help: "The motion to write: .bvh, .glb or .json, or - for JSON on stdout.",
        completion: .file())
    var output: String

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let job = RetargetJob(
            keypoints: keypoints, avatar: avatar, output: output, replacesOutput: outputOptions.force)
        let result = try await Interruption.cancelling { try await job.run() }
        try outputOptions.show(result, output: output)
    }
}
