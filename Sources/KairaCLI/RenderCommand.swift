import ArgumentParser
import Kaira

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Draw a scene as a picture or a video.",
        discussion: """
            A picture for .png and .jpg, a video for .mp4, .webm, .gif, .y4m and patterns such as \
            frames/{frame:05d}.png, a drawing of exact lines for .svg and .pdf (modes hidden-line and wire).

            Modes: surface is shaded; wire shows all edges; hidden-line shows outlines, creases, borders, material seams \
            and where surfaces meet, hidden ones dashed; solid has an inside: --section cuts it, and each part's cut is \
            filled and hatched. Open shells have no inside: they stay hollow, and the result says which.

            With --ref the picture is compared with another of the same size: a pixel is alike if within one pixel of it \
            the other has every channel within 5 of 255, over black, white and a checkerboard. If more than 0.1 % of the \
            pixels are not alike, the exit code is 1 and OUTPUT.difference.png shows where.

            Examples:
              kaira render kaira-kun.vrm -o kaira-kun.png --camera iso
              kaira render kaira-kun.vrm --motion motion.json -o dance.mp4
              kaira render kaira-kun.vrm -o cut.png --mode solid --section -1,0,0,0 --camera left
              kaira render kaira-kun.vrm -o drawing.svg --mode hidden-line --mode-of Flagella=wire
              kaira render kaira-kun.vrm --duration 4 --turns 1 --idle on -o turntable.gif
              kaira render walker.glb --clip Walk --time 0.5 -o step.png --ref ok.png
            """)

    @Argument(help: "The scene or avatar: .glb, .gltf or .vrm.", completion: FileKinds.scenes)
    var scene: String

    @Option(name: .shortAndLong, help: "The picture, video or drawing to write, or - for stdout.", completion: .file())
    var output: String

    @Option(help: "What -o - writes.")
    var format: StreamFormat = .y4m

    @Option(help: "A motion to play: .json or .glb as 'kaira retarget' writes it.", completion: .file())
    var motion: String?

    @Option(help: "An animation of the file to play, by name or number.")
    var clip: String?

    @Option(help: "Seconds into the motion or clip, clamped to it; the output is then one picture.")
    var time: Double?

    @Option(help: "Frames a second of a video.")
    var fps = 30.0

    @Option(help: "Seconds of a video; if absent those of the motion or clip. With neither of these the scene stands.")
    var duration: Double?

    @Option(help: "Turns of the scene about the vertical over a video: a turntable.")
    var turns = 0.0

    @Option(help: "Expressions as name=weight, separated by commas.")
    var expressions: String?

    @Option(help: "A picture to compare with; gives the size, unless --size does.", completion: .file())
    var ref: String?

    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var life: LifeOptions
    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        guard fps >= 1, fps <= 240 else { throw ValidationError("--fps takes a number from 1 to 240") }
        if let time, !time.isFinite { throw ValidationError("--time takes a number of seconds") }
        if let duration, !(duration > 0 && duration <= 3600) {
            throw ValidationError("--duration takes a number of seconds above 0, up to 3600")
        }
        guard turns.isFinite, abs(turns) <= 1000 else { throw ValidationError("--turns takes a number up to 1000") }
        if motion != nil, clip != nil { throw ValidationError("--motion and --clip exclude each other") }
    }

    func run() async throws {
        try TerminalGuard.check(output)
        let job = RenderJob(
            scene: scene, output: output, format: format, motion: motion, clip: clip, time: time, framesPerSecond: fps,
            expressions: try ExpressionList.parse(expressions), reference: ref, drawing: drawing.choice,
            life: life.choice(idle: .off), duration: duration, turns: turns, replacesOutput: outputOptions.force)
        let (report, finish) = outputOptions.progress.handler()
        let result = try await Interruption.cancelling {
            defer { finish() }
            return try await job.run(progress: report)
        }
        try outputOptions.show(result, output: output)
    }
}

/// Expressions on the command line.
private enum ExpressionList {
    static func parse(_ text: String?) throws -> [String: Float] {
        var weights: [String: Float] = [:]
        for item in (text ?? "").split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let weight = Float(parts[1]), 0...1 ~= weight else {
                throw ValidationError("--expressions takes name=weight with a weight from 0 to 1, not '\(item)'")
            }
            weights[String(parts[0])] = weight
        }
        return weights
    }
}
