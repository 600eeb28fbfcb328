import ArgumentParser
import Kaira

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compare keypoints, poses and motions with the truth, by the papers' measures.",
        subcommands: [EvaluateCocoCommand.self, EvaluatePose3DCommand.self, EvaluateMotionCommand.self])
}
