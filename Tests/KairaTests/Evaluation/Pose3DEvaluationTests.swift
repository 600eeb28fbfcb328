import Foundation
import Kaira
import KairaTestSupport
import Testing

/// Oracle: the numpy implementation in `Tests/Support/pose3d_fixtures.py`, which wrote both the poses and the figures.
/// Tolerance: double precision over errors of some hundred millimetres.
@Suite struct Pose3DEvaluationTests {
    typealias Figures = [String: Double]

    static let document: Data = (try? Data(contentsOf: TestData.fixture("metrics/pose3d.json"))) ?? Data()

    static func expected(_ name: String) throws -> Figures {
        let object = try #require(try JSONSerialization.jsonObject(with: document) as? [String: Any])
        return try #require(object[name] as? Figures)
    }

    static func expectedGroups(_ name: String) throws -> [String: Figures] {
        let object = try #require(try JSONSerialization.jsonObject(with: document) as? [String: Any])
        return try #require(object[name] as? [String: Figures])
    }

    static func path(_ name: String) -> String { TestData.fixture("metrics/pose3d-\(name)").path }

    static func run(_ truth: String, _ guess: String, _ setProtocol: PoseProtocol3D) throws -> Pose3DReport {
        try Pose3DEvaluationJob(groundTruth: path(truth), predicted: path(guess), setProtocol: setProtocol).run()
    }

    static func check(_ figures: PoseFigures3D, _ expected: Figures?, _ name: String = "") throws {
        let expected = try #require(expected)
        let pairs = [
            ("mpjpe", figures.mpjpe), ("p_mpjpe", figures.alignedMPJPE), ("n_mpjpe", figures.scaledMPJPE),
            ("mpjve", figures.velocityError), ("accel", figures.accelerationError), ("pck150", figures.pck150),
            ("auc", figures.auc),
        ]
        for (key, value) in pairs {
            let wanted = try #require(expected[key])
            #expect(abs(value - wanted) < 1e-9, "\(name) \(key): \(value), numpy \(wanted)")
        }
    }

    @Test(
        "plain poses, mirror images, flat, collinear and collapsed ones",
        arguments: ["plain", "mirrored", "flat", "line", "dot", "double"])
    func plain(_ name: String) throws {
        let report = try Self.run("truth.npz", "\(name).npz", .plain)
        try Self.check(report.figures, Self.expected(name))
        #expect(report.frames == 40 && report.joints.count == 15 && report.groups.isEmpty)
        // The mean over joints is the whole; the curve ends in PCK@150 and begins with 0.
        let mean = report.joints.reduce(0) { $0 + $1.mpjpe } / 15
        #expect(abs(mean - report.figures.mpjpe) < 1e-9)
        #expect(report.curve.count == 31 && report.curve.first == 0 && report.curve.last == report.figures.pck150)
    }

    /// Oracle: definitions: the truth against itself has no error, and every threshold but 0 is met.
    @Test("the truth has no error")
    func itself() throws {
        let figures = try Self.run("truth.npz", "truth.npz", .plain).figures
        #expect(figures.mpjpe == 0 && figures.alignedMPJPE < 1e-9 && figures.scaledMPJPE < 1e-9)
        #expect(figures.pck150 == 100 && abs(figures.auc - 100 * 30 / 31) < 1e-9)
    }

    @Test(
        "Human3.6M: test subjects, 17 of 32 joints, the damaged take left out, mean of the actions",
        arguments: ["h36m-truth.npz", "h36m-truth-pickled.npz"])
    func human36M(truth: String) throws {
        let report = try Self.run(truth, "h36m.npz", .human36M)
        try Self.check(report.figures, Self.expected("h36m"))
        let groups = try Self.expectedGroups("h36m-groups")
        #expect(Set(report.groups.map(\.name)) == Set(groups.keys) && report.joints.count == 17)
        for group in report.groups { try Self.check(group.figures, groups[group.name], group.name) }
        #expect(report.averaging == "mean over groups")
    }

    @Test("HumanEva-I: validation takes of three actions, chunks pooled, mean over subjects and actions")
    func humanEva() throws {
        let report = try Self.run("humaneva-truth.npz", "humaneva.npz", .humanEva)
        try Self.check(report.figures, Self.expected("humaneva"))
        #expect(report.groups.map(\.name) == ["S1 Walking", "S1 Jog", "S2 Box", "S3 Jog"])
    }

    @Test(
        "MPI-INF-3DHP: MATLAB 7.3 annotations and flat arrays, MATLAB 5 results, valid frames",
        arguments: ["3dhp", "3dhp-truth.npz", "3dhp-truth-pickled.npz"], ["3dhp.mat", "3dhp-valid-only.npz"])
    func mpiInf3DHP(truth: String, guess: String) throws {
        let report = try Self.run(truth, guess, .mpiInf3DHP)
        try Self.check(report.figures, Self.expected("3dhp"))
        let whole = try Self.expected("3dhp")
        let all = try #require(report.pckAllJoints)
        #expect(abs(all.pck150 - (whole["pck150_all_joints"] ?? 0)) < 1e-9)
        #expect(abs(all.auc - (whole["auc_all_joints"] ?? 0)) < 1e-9)
        let groups = try Self.expectedGroups("3dhp-groups")
        // The pickled layout has no activities.
        #expect(Set(report.groups.map(\.name)) == (truth.contains("pickled") ? ["TS1", "TS2"] : Set(groups.keys)))
        for group in report.groups { try Self.check(group.figures, groups[group.name], group.name) }
    }

    @Test("the JSON has the figures by name at its top")
    func json() throws {
        let report = try Self.run("truth.npz", "plain.npz", .plain)
        let object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any])
        for key in ["mpjpe", "p_mpjpe", "n_mpjpe", "mpjve", "accel", "pck150", "auc"] {
            #expect(object[key] is Double, "\(key)")
        }
        #expect(report.table.contains("P-MPJPE"))
    }

    @Test("poses that do not fit are errors")
    func misfits() throws {
        #expect(throws: KairaError.self) { try Self.run("truth.npz", "3dhp-truth.npz", .plain) }
        #expect(throws: KairaError.self) { try Self.run("h36m.npz", "h36m-truth.npz", .humanEva) }
        #expect(throws: KairaError.self) { try Self.run("humaneva-truth.npz", "h36m.npz", .human36M) }
        #expect(throws: KairaError.self) { try Self.run("3dhp", "nothing.npz", .mpiInf3DHP) }
        #expect(throws: KairaError.self) { try Self.run("truth.npz", "../../metrics/README.md", .plain) }
    }

    /// Cut and damaged MATLAB files are errors, never traps.
    @Test("damaged MATLAB files", arguments: ["3dhp.mat", "3dhp/TS1/annot_data.mat"])
    func damagedMatlab(_ name: String) throws {
        let whole = try Data(contentsOf: TestData.fixture("metrics/pose3d-\(name)"))
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-mat-\(UUID().uuidString)/TS1")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let file = folder.appending(path: "annot_data.mat")
        for cut in stride(from: 0, to: whole.count, by: max(1, whole.count / 24)) {
            try whole.prefix(cut).write(to: file)
            #expect(throws: (any Error).self, "cut at \(cut)") {
                try Pose3DEvaluationJob(
                    groundTruth: file.path, predicted: file.path, setProtocol: .mpiInf3DHP
                ).run()
            }
        }
    }
}
