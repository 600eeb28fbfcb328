import ArgumentParser
import Kaira

struct EvaluatePose3DCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose3d", abstract: "Errors of 3D poses: MPJPE and its kin, PCK, AUC.")

    @Option(name: .customLong("gt"), help: "The measured poses: .npz, .npy, .mat, or a folder of TS1/annot_data.mat...")
    var groundTruth: String

    @Option(name: .customLong("pred"), help: "The estimated poses: .npz, .npy or .mat.")
    var predicted: String

    @Option(
        name: .customLong("protocol"),
        help: "Joints, root, units and averaging: plain, h36m, 3dhp or humaneva.")
    var setProtocol: PoseProtocol3D

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let report = try Pose3DEvaluationJob(
            groundTruth: groundTruth, predicted: predicted, setProtocol: setProtocol
        ).run()
        for warning in report.warnings { Console.standard.note("kaira: \(warning)") }
        if json { try Console.standard.result(report) } else { try Console.standard.print(report.table) }
    }
}

extension PoseProtocol3D: ExpressibleByArgument {}
