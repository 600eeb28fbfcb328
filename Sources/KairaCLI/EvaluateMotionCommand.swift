import ArgumentParser
import Kaira

struct EvaluateMotionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motion", abstract: "Compare two files of keypoints, or two of motion, frame by frame.")

    @Argument(help: "The truth: keypoints as 'kaira pose' writes them, or a motion as 'kaira retarget' does (.json).")
    var reference: String

    @Argument(help: "What is judged, of the same kind.")
    var tested: String

    @Option(help: "Keypoints below this confidence count as not seen, 0 to 1.")
    var minimumConfidence: Float = 0.2

    @OptionGroup var options: EvaluateOptions

    func run() async throws {
        let plot = try options.plotFile()
        let report = try MotionEvaluationJob(
            reference: reference, tested: tested, minimumConfidence: minimumConfidence
        ).run()
        try plot?.write(report.plot())
        try options.show(report, table: report.table)
    }
}
