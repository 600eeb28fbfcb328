import ArgumentParser
import Kaira

struct EvaluatePose3DCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose3d", abstract: "Errors of 3D poses: MPJPE and its kin, PCK, AUC.")

    @Option(name: .customLong("gt"), help: "The measured poses: .npz, .npy, .mat, or a folder of TS1/annot_data.mat...")
    var groundTruth: String

    @Option(name: .customLong("pred"), help: "The estimated poses: .npz, .npy or .mat.")
    var predicted: String

    @Option(name: .customLong("protocol"), help: "Joints, root, units and averaging: plain, h36m, 3dhp or humaneva.")
    var setProtocol: PoseProtocol3D

    @OptionGroup var options: EvaluateOptions

    func run() async throws {
        let plot = try options.plotFile()
        let report = try Pose3DEvaluationJob(
            groundTruth: groundTruth, predicted: predicted, setProtocol: setProtocol
        ).run()
        try plot?.write(report.plot())
        try options.show(report, table: report.table, warnings: report.warnings)
    }
}

extension PoseProtocol3D: ExpressibleByArgument {}
