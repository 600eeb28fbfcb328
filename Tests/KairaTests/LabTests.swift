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
}
