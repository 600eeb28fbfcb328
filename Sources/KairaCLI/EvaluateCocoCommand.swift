import ArgumentParser
import Kaira

struct EvaluateCocoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coco", abstract: "Average precision and recall of 2D keypoints, equal to pycocotools.")

    @Argument(help: "The annotations: COCO's keypoint JSON, of 17 or 133 joints.")
    var groundTruth: String

    @Argument(help: "The results: a JSON list of {image_id, category_id, keypoints, score}.")
    var results: String

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let report = try CocoEvaluationJob(groundTruth: groundTruth, results: results).run()
        for warning in report.warnings { Console.standard.note("kaira: \(warning)") }
        if json { try Console.standard.result(report) } else { try Console.standard.print(report.table) }
    }
}
