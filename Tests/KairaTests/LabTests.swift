import Foundation
import Kaira
import Testing

@Suite struct LabTests {
    /// Oracles: closed forms with their published constants, computed here from the report's own parameters.
    @Test("each experiment agrees with theory", arguments: LabExperiment.allCases)
    func agrees(experiment: LabExperiment) throws {
        let report = try LabRun(experiment: experiment).run()
        print(report.text)
        let bars: [String: Double] = [
            "period": 1e-3, "sag": 5e-3, "swing_period": 5e-3, "tip_deflection": 0.02, "first_period": 0.02,
            "helix_radius": 1e-4, "helix_pitch": 1e-4, "speed": 1e-3, "speed_gray_hancock": 0.05,
            "speed_taylor": 0.05, "reciprocal_displacement": 1e-6, "angle": 0.02, "sliding_acceleration": 1e-2,
        ]
        for one in report.results {
            let bar = try #require(bars[one.name])
            #expect(one.relativeError <= bar, "\(one.name)")
        }
        func p(_ name: String) throws -> Double { try #require(report.parameters[name]) }
        let expected = report.results[0].expected
        switch experiment {
        case .spring: #expect(try abs(expected - 2 * .pi * (p("mass") / p("stiffness")).squareRoot()) < 1e-12)
        case .pendulum:
            // K(sin 45 degrees) = Gamma(1/4)^2 / (4 sqrt pi).
            let k = 3.6256099082219083 * 3.6256099082219083 / (4 * Double.pi.squareRoot())
            #expect(try abs(expected - 4 * (p("length") / p("gravity")).squareRoot() * k) < 1e-9)
        case .friction: #expect(try abs(expected - atan(p("friction")) * 180 / .pi) < 1e-9)
        default: break
        }
    }

    /// Oracle: explicit Euler gains energy at every step; symplectic Euler's stays within omega h / 2.
    @Test("the methods fail and succeed as theory says")
    func methods() throws {
        let explicit = try LabRun(experiment: .spring, method: .explicit).run()
        let symplectic = try LabRun(experiment: .spring, method: .symplectic).run()
        func energy(_ report: LabReport) throws -> Double {
            try #require(report.results.first { $0.name == "energy_ratio" }).measured
        }
        // 6.5 periods of 0.6283 s at 1200 steps a second, each by 1 + (10 / 1200)^2.
        let growth = pow(1 + pow(10.0 / 1200, 2), (6.5 * 2 * Double.pi / 10 * 1200).rounded(.up))
        #expect(try abs(energy(explicit) / growth - 1) < 1e-6)
        #expect(try abs(energy(symplectic) - 1) < 10.0 / 1200)
    }

    @Test("the report is kaira.lab/1")
    func json() throws {
        let report = try LabRun(experiment: .friction, overrides: ["friction": 0.3]).run()
        let data = try JSONEncoder().encode(report)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["schema"] as? String == "kaira.lab/1")
        #expect(object["experiment"] as? String == "friction")
        let parameters = try #require(object["parameters"] as? [String: Any])
        #expect(parameters["friction"] as? Double == 0.3)
        #expect(parameters["method"] as? String == "xpbd")
        let results = try #require(object["results"] as? [[String: Any]])
        for one in results { #expect(Set(one.keys) == ["name", "measured", "expected", "relative_error"]) }
    }

    @Test("wrong parameters and methods are refused")
    func refusals() {
        #expect(throws: KairaError.self) { try LabRun(experiment: .spring, overrides: ["links": 3]).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .pendulum, overrides: ["amplitude": 180]).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .helix, method: .explicit).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .spring, step: 1).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .spring, output: "plot.svg").run() }
    }

    /// Oracle: theory: all three methods have a period error of order 2; the constants are (omega h)^2 / 24 for
    /// symplectic Euler and (omega h)^2 / 3 for explicit and implicit Euler (XPBD), whose phase a step is atan(omega h).
    @Test("the spring's period converges with order 2")
    func springConvergence() throws {
        let report = try LabRun(experiment: .spring, converges: true).run()
        #expect(Set(report.results.map(\.name)) == ["order_explicit", "order_symplectic", "order_xpbd"])
        for one in report.results { #expect(abs(one.measured - 2) < 0.1, "\(one.name)") }
        for point in try #require(report.convergence) where point.step < 1e-3 {
            let share = pow(10 * point.step, 2) / (point.curve == "symplectic" ? 24 : 3)
            #expect(abs(point.error / share - 1) < 0.1, "\(point.curve), step \(point.step)")
        }
    }

    /// Oracle: theory: a rigid pendulum, and a rod's deflection over its segments, converge with order 2.
    @Test("pendulum and cantilever converge with order 2", arguments: [LabExperiment.pendulum, .cantilever])
    func convergence(experiment: LabExperiment) throws {
        let report = try LabRun(experiment: experiment, converges: true).run()
        print(report.text)
        let name = experiment == .cantilever ? "order_tip_deflection" : "order_xpbd"
        let order = try #require(report.results.first { $0.name == name })
        #expect(abs(order.measured - 2) < 0.2)
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        let points = try #require(object?["convergence"] as? [[String: Any]])
        for one in points { #expect(Set(one.keys) == ["curve", "step", "error"]) }
    }

    /// Oracle: the exact period of 100 links by recurrence; what is left is the swing's width, the square of the tip's
    /// angle of 0.003 over 16.
    @Test("a chain converges to the period of as many links")
    func chainConvergence() throws {
        let report = try LabRun(experiment: .chain, converges: true).run()
        let points = try #require(report.convergence).filter { $0.curve == "xpbd" }
        #expect(points.count == 9)
        for point in points where point.step < 1 / 400.0 { #expect(point.error < 2e-6, "step \(point.step)") }
        for point in points where point.step < 1 / 900.0 {
            #expect(point.error < 0.003 * 0.003 / 16, "step \(point.step)")
        }
    }

    @Test("what cannot converge or be filmed is refused")
    func refusedPictures() {
        #expect(throws: KairaError.self) { try LabRun(experiment: .helix, converges: true).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .spring, video: "spring.png").run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .spring, step: 0.01, converges: true).run() }
        #expect(throws: KairaError.self) { try LabRun(experiment: .chain, method: .explicit, converges: true).run() }
        #expect(throws: KairaError.self) {
            try LabRun(experiment: .spring, video: "spring.mp4", converges: true).run()
        }
    }

    @Test(
        "bad numbers are refused by name",
        arguments: [
            (LabExperiment.spring, "length", -1), (.spring, "mass", 0), (.spring, "stiffness", .nan),
            (.chain, "links", 0), (.chain, "links", 10.5), (.chain, "span", 2), (.chain, "length", .infinity),
            (.cantilever, "segments", 1), (.helix, "step", 0), (.pendulum, "step", -1), (.friction, "friction", -0.1),
            (.swimmer, "drag_ratio", 2),
        ] as [(LabExperiment, String, Double)])
    func badNumbers(experiment: LabExperiment, name: String, value: Double) {
        #expect {
            try LabRun(experiment: experiment, overrides: [name: value]).run()
        } throws: { error in
            "\(error)".contains(name)
        }
    }

    @Test("a cancelled run ends at once and leaves no file")
    func cancellation() async throws {
        let folder = URL.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "chain.mp4").path
        let task = Task {
            try LabRun(experiment: .chain, step: 1e-6, overrides: ["links": 1000], video: path).run()
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    /// Oracle: ffprobe: frames and length of the film.
    @Test("every experiment makes a film", arguments: LabExperiment.allCases)
    func film(experiment: LabExperiment) throws {
        let folder = URL.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "film.mp4").path
        _ = try LabRun(experiment: experiment, video: path).run()
        let information = try MediaSource.open(path).information
        #expect(information.size == SIMD2(960, 540))
        let duration = try #require(information.duration)
        #expect(duration > 4 && duration < 15)
    }
}
