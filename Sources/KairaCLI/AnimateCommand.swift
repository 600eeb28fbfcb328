import ArgumentParser
import Kaira

struct AnimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "animate",
        abstract: "Move an avatar as the person in a video moves, and write the video.",
        discussion: """
            The output's kind follows its name: .mp4, .webm (with alpha), .gif, .y4m, a pattern such as \
            frames/{frame:05d}.png, or - for stdout. The input's sound is carried over into .mp4 and .webm, and the mouth follows \
            it. Where \
            nobody is found the avatar rests and the exit code is 2; of several people the largest is followed.

            Examples:
              kaira animate clip.mp4 --avatar kaira-kun.vrm -o out.mp4
              kaira animate clip.mp4 --avatar kaira-kun.vrm -o - | ffplay -
              kaira animate clip.mp4 --avatar me.vrm -o out.webm --camera upper
            """)

    @Argument(help: "A video, a picture, a folder of pictures, or - for a video on stdin.", completion: .file())
    var input: String

    @Option(help: "The avatar, .vrm or .glb.", completion: FileKinds.avatars)
    var avatar: String

    @Option(name: .shortAndLong, help: "The video to write, or - for stdout.", completion: .file())
    var output: String

    @Option(help: "What -o - writes.")
    var format: StreamFormat = .y4m

    @Option(
        help: ArgumentHelp("Also write the motion: .bvh, .glb or .json.", valueName: "file"), completion: .file())
    var motionOut: String?

    @Option(help: "Output frames a second; the source's own rate if absent. Poses between frames are interpolated.")
    var fps: Double?

    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var estimator: EstimatorOptions
    @OptionGroup var lipSync: LipSyncOptions
    @OptionGroup var life: LifeOptions
    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        if let fps, !(fps >= 1 && fps <= 240) { throw ValidationError("--fps takes a number from 1 to 240") }
        if motionOut == "-" { throw ValidationError("--motion-out takes a file; for stdout: kaira retarget -o -") }
    }

    func run() async throws {
        try TerminalGuard.check(output)
        var job = AnimateJob(
            input: input, avatar: avatar, output: output, format: format, motionOutput: motionOut, framesPerSecond: fps,
            drawing: drawing.choice, estimator: estimator.choice, life: life.choice(idle: .on),
            replacesOutput: outputOptions.force)
        job.lipSync = lipSync.choice
        let (report, finish) = outputOptions.progress.handler()
        let result = try await Interruption.cancelling { [job] in
            defer { finish() }
            return try await job.run(progress: report)
        }
        try outputOptions.show(result, output: output)
    }
}

/// Keeps pictures off terminals.
enum TerminalGuard {
    /// Throws where pictures would be printed on a terminal.
    static func check(_ output: String) throws {
        guard output == "-", Console.outputIsTerminal else { return }
        throw ValidationError("stdout is a terminal, which cannot show pictures: pipe -o - into a program or a file")
    }
}
