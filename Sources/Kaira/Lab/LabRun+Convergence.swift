import Foundation
import KairaPhysics
import KairaPlot

extension LabRun {
    /// The error of a figure over the step, for all methods that the experiment has; for the cantilever, over the length
    /// of a segment.
    ///
    /// The results are the orders: slopes of log error over log step. Points at the error that is left for another
    /// reason (a spring that stands in for a rod, a chain of 100 links) are not counted, nor is a curve with fewer than
    /// three points above it.
    func converge() throws -> LabReport {
        guard method == .xpbd, experiment == .cantilever || step == nil && overrides["step"] == nil else {
            throw KairaError.usage("convergence goes through all methods and many steps: leave out the method and step")
        }
        let curves: [(name: String, points: [LabReport.Convergence])]
        switch experiment {
        case .spring: curves = try overSteps("period", (0...8).map { 1 / (25 * pow(2, Double($0))) })
        case .pendulum: curves = try overSteps("period", (0...8).map { 1 / (60 * pow(2, Double($0))) })
        case .chain: curves = try overSteps("swing_period", (1...9).map { 1 / (60 * pow(2, Double($0))) })
        case .cantilever: curves = try overSegments()
        case .helix, .swimmer, .friction:
            throw KairaError.usage(
                "\(experiment.rawValue) has no convergence plot; spring, pendulum, chain and cantilever have")
        }
        let points = curves.flatMap(\.points)
        guard let first = points.first else {
            throw KairaError.usage("no step gave a figure: the experiment failed at all of them")
        }
        var results: [LabReport.Result] = []
        for (name, points) in curves {
            // A chain's error passes through zero on its way to the error that the swing's width makes: no slope.
            guard experiment != .chain, let order = Self.order(points) else { continue }
            results.append(LabReport.Result(name: "order_\(name)", measured: order, expected: 2))
        }
        let overLength = experiment == .cantilever
        var series = curves.map { curve in
            LineChart.Series(
                name: curve.points.isEmpty ? "\(curve.name): fails at every step" : curve.name,
                points: curve.points.map { SIMD2($0.step, $0.error) })
        }
        // Slopes beside the data, through a point above the largest error.
        let widest = points.max { $0.step < $1.step } ?? first
        let least = points.min { $0.step < $1.step } ?? first
        let top = points.filter { $0.step == widest.step }.map(\.error).max() ?? first.error
        for order in [1.0, 2] {
            let end = top * 2 * pow(least.step / widest.step, order)
            series.append(
                LineChart.Series(
                    name: order == 1 ? "slopes 1 and 2" : "",
                    points: [SIMD2(least.step, end), SIMD2(widest.step, top * 2)], isGuide: true))
        }
        let quantity: String
        switch experiment {
        case .spring: quantity = "period of a spring"
        case .pendulum: quantity = "period of a pendulum at \(Int(overrides["amplitude"] ?? 90)) degrees"
        case .chain: quantity = "first period of a chain of \(Int(overrides["links"] ?? 100)) links"
        default: quantity = "cantilever"
        }
        let floor = points.map(\.error).filter { $0 > 0 }.min() ?? 1e-12
        var chart = LineChart(
            title: "Error of the \(quantity)", xLabel: overLength ? "length of a segment, m" : "step, s",
            yLabel: "relative error", series: series,
            yRange: pow(10, log10(floor).rounded(.down))...pow(10, log10(top * 2).rounded(.up)),
            size: [720, 480])
        (chart.xIsLogarithmic, chart.yIsLogarithmic, chart.marksPoints) = (true, true, true)
        var report = LabReport(
            experiment: experiment, parameters: overrides, method: overLength ? "xpbd" : "all", results: results,
            chart: chart)
        report.convergence = points
        return report
    }

    private func overSteps(
        _ figure: String, _ steps: [Double]
    ) throws -> [(name: String, points: [LabReport.Convergence])] {
        try IntegrationMethod.allCases.map { method in
            var points: [LabReport.Convergence] = []
            for step in steps {
                try Task.checkCancellation()
                let run = LabRun(experiment: experiment, method: method, step: step, overrides: overrides)
                let error =
                    experiment == .chain
                    ? try run.linkedPeriodError()
                    : try run.measure().results.first { $0.name == figure }?.relativeError ?? .nan
                // Beyond that it is not a period any more.
                guard error.isFinite, error > 0, error < 0.5 else { continue }
                points.append(LabReport.Convergence(curve: method.rawValue, step: step, error: error))
            }
            return (method.rawValue, points)
        }
    }

    /// Relative error of a chain's swing against the exact period of as many links: the Bessel function's is that of
    /// infinitely many, from which 100 links differ by 3e-5, whatever the step.
    private func linkedPeriodError() throws -> Double {
        let p = try chainSettings()
        let exact = Self.linkedPeriod(p)
        return abs(LabSignal.period(try swing(p)) - exact) / exact
    }

    /// The first period of a hanging chain of masses at the joints of its links, half a mass at the free end.
    ///
    /// Small swings x_i of mass m_i between links of tension T and length l: -w^2 m_i x_i = T_i (x_(i-1) - x_i) / l +
    /// T_(i+1) (x_(i+1) - x_i) / l. From x = 1 at the free end upwards, w is right where the hook stands still; found
    /// by bisection about the Bessel function's, far below the second mode.
    static func linkedPeriod(_ p: [String: Double]) -> Double {
        let links = Int(p["links"] ?? 100)
        let l = (p["length"] ?? 1) / Double(links)
        // In units of one mass and of its weight.
        func hook(_ square: Double) -> Double {
            var (below, here) = (0.0, 1.0)
            var tension = 0.0
            for i in stride(from: links, through: 1, by: -1) {
                let mass = i == links ? 0.5 : 1.0
                let pull = tension * (below - here)
                tension += mass * (p["gravity"] ?? 1)
                let above = here - (square * mass * here * l + pull) / tension
                (below, here) = (here, above)
            }
            return here
        }
        let bessel = 2 * Double.pi / chainPeriod(p)
        var (low, high) = (0.5 * bessel * bessel, 2 * bessel * bessel)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if hook(middle) > 0 { low = middle } else { high = middle }
        }
        return 2 * Double.pi / low.squareRoot()
    }

    private func overSegments() throws -> [(name: String, points: [LabReport.Convergence])] {
        let figures = ["tip_deflection", "first_period"]
        var curves = figures.map { (name: $0, points: [LabReport.Convergence]()) }
        for segments in [5, 10, 20, 40, 80] {
            var settings = overrides
            settings["segments"] = Double(segments)
            let report = try LabRun(experiment: experiment, step: step ?? 1.0 / 20_000, overrides: settings).measure()
            for (i, figure) in figures.enumerated() {
                guard let result = report.results.first(where: { $0.name == figure }) else { continue }
                let long = report.parameters["length"] ?? 1
                curves[i].points.append(
                    LabReport.Convergence(
                        curve: figure, step: long / Double(segments), error: result.relativeError))
            }
        }
        return curves
    }

    /// Slope by least squares over the points that are three times above the least error and below a tenth.
    private static func order(_ points: [LabReport.Convergence]) -> Double? {
        let least = points.map(\.error).min() ?? 0
        let used = points.filter { $0.error > 3 * least && $0.error < 0.1 || $0.error == least && least < 1e-8 }
        guard used.count >= 3 else { return nil }
        let (x, y) = (used.map { log($0.step) }, used.map { log($0.error) })
        let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        var (above, below) = (0.0, 0.0)
        for (a, b) in zip(x, y) {
            above += (a - mx) * (b - my)
            below += (a - mx) * (a - mx)
        }
        return above / below
    }
}
