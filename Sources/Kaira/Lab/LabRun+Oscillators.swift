import Foundation
import KairaPhysics
import KairaPlot

extension LabRun {
    /// Closed form: T = 2 pi sqrt(m / k).
    func spring() throws -> LabReport {
        let p = try settings(
            ["mass": 1, "stiffness": 100, "amplitude": 0.1, "length": 1, "periods": 5, "step": 1.0 / 1200],
            ["periods": 2...1000])
        let (mass, stiffness, rest, h) = (p["mass"] ?? 1, p["stiffness"] ?? 1, p["length"] ?? 1, p["step"] ?? 1)
        let exact = 2 * Double.pi * (mass / stiffness).squareRoot()
        var world = makeWorld(step: h, gravity: 0)
        let wall = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(rest + (p["amplitude"] ?? 0), 0, 0), mass: mass)
        try world.addDistance(wall, bob, restLength: rest, compliance: 1 / stiffness)
        let duration = ((p["periods"] ?? 2) + 1.5) * exact
        let steps = try count(duration / h)
        let before = world.kineticEnergy + world.potentialEnergy
        var samples: [SIMD2<Double>] = []
        for k in 1...steps {
            world.advance(by: h)
            samples.append(SIMD2(Double(k) * h, world.particles.positions[bob].x - rest))
        }
        var results = [LabReport.Result(name: "period", measured: LabSignal.period(samples), expected: exact)]
        if method != .xpbd {
            // XPBD's spring is implicit Euler, which loses energy by design: no closed form of conservation applies.
            let energy = (world.kineticEnergy + world.potentialEnergy) / before
            results.append(LabReport.Result(name: "energy_ratio", measured: energy, expected: 1))
        }
        let theory = samples.map { SIMD2($0.x, (p["amplitude"] ?? 0) * cos(2 * .pi * $0.x / exact)) }
        return report(
            p, results, "Mass on a spring", "time, s", "stretch, m",
            [("\(method.rawValue)", samples), ("closed form", theory)])
    }

    /// Closed form: T = 4 sqrt(L / g) K(sin(A / 2)).
    func pendulum() throws -> LabReport {
        let p = try settings(
            [
                "length": 1, "gravity": 9.80665, "mass": 1, "amplitude": 90, "periods": 5, "stiffness": 1e5,
                "step": 1.0 / 1200,
            ], ["amplitude": 0.1...175, "periods": 2...1000])
        let (long, gravity, h) = (p["length"] ?? 1, p["gravity"] ?? 1, p["step"] ?? 1)
        let angle = (p["amplitude"] ?? 90) * .pi / 180
        let exact = 4 * (long / gravity).squareRoot() * LabSignal.ellipticK(sin(angle / 2))
        var world = makeWorld(step: h, gravity: gravity)
        let pivot = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(long * sin(angle), -long * cos(angle), 0), mass: p["mass"] ?? 1)
        // Spring methods have no rigid rods: a stiff spring stands in.
        let compliance = method == .xpbd ? 0 : 1 / (p["stiffness"] ?? 1e5)
        try world.addDistance(pivot, bob, restLength: long, compliance: compliance)
        let steps = try count(((p["periods"] ?? 2) + 1.5) * exact / h)
        var samples: [SIMD2<Double>] = []
        for k in 1...steps {
            world.advance(by: h)
            let x = world.particles.positions[bob]
            samples.append(SIMD2(Double(k) * h, atan2(x.x, -x.y) * 180 / .pi))
        }
        let results = [LabReport.Result(name: "period", measured: LabSignal.period(samples), expected: exact)]
        return report(
            method == .xpbd ? p.filter { $0.key != "stiffness" } : p, results, "Pendulum", "time, s",
            "angle, degrees", [("\(method.rawValue)", samples)])
    }

    /// Closed forms: the catenary's sag a (cosh(d / 2a) - 1) with S = 2a sinh(d / 2a); a hanging chain's first period
    /// 4 pi sqrt(L / g) / 2.4048, the first zero of the Bessel function J0.
    func chain() throws -> LabReport {
        let quick = method == .xpbd
        let p = try settings(
            [
                "links": 100, "length": 1.5, "span": 1, "mass": 1, "gravity": 9.80665, "stiffness": 1e6,
                "step": quick ? 1.0 / 1200 : 1.0 / 24_000,
            ], ["links": 4...1000])
        let (long, span, gravity, h) = (p["length"] ?? 1, p["span"] ?? 1, p["gravity"] ?? 1, p["step"] ?? 1)
        let links = Int(p["links"] ?? 100)
        guard span < long, span > 0.01 * long else {
            throw KairaError.usage("span must lie between 0.01 of the length and the length")
        }
        var (low, high) = (long / 1000, long * 1000)
        for _ in 0..<200 {
            let a = (low + high) / 2
            if 2 * a * sinh(min(span / (2 * a), 700)) > long { low = a } else { high = a }
        }
        let sag = low * (cosh(span / (2 * low)) - 1)
        let depth = ((long * long - span * span) / 4).squareRoot()
        var hung = try hungChain(p, links: links, ends: true, drag: 3) { s in
            SIMD3(s * span, -depth * (1 - abs(2 * s - 1)), 0)
        }
        for _ in 0..<(try count(12 / h)) { hung.advance(by: h) }
        let shape = hung.particles.positions.map { SIMD2($0.x, $0.y) }
        let lowest = shape.map(\.y).min() ?? .nan
        let zero = 2.404825557695773
        var swinging = try hungChain(p, links: links, ends: false, drag: 0) { s in
            SIMD3(0.002 * long * j0(zero * (1 - s).squareRoot()), -s * long, 0)
        }
        let exact = 4 * Double.pi * (long / gravity).squareRoot() / zero
        var samples: [SIMD2<Double>] = []
        for k in 1...(try count(4.5 * exact / h)) {
            swinging.advance(by: h)
            samples.append(SIMD2(Double(k) * h, swinging.particles.positions[links].x))
        }
        let results = [
            LabReport.Result(name: "sag", measured: -lowest, expected: sag),
            LabReport.Result(name: "swing_period", measured: LabSignal.period(samples), expected: exact),
        ]
        let theory = (0...200).map { i -> SIMD2<Double> in
            let x = span * Double(i) / 200
            return SIMD2(x, low * (cosh((x - span / 2) / low) - cosh(span / (2 * low))))
        }
        return report(
            quick ? p.filter { $0.key != "stiffness" } : p, results, "Hanging chain", "x, m", "height, m",
            [("\(method.rawValue)", shape), ("catenary", theory)])
    }

    private func hungChain(
        _ p: [String: Double], links: Int, ends: Bool, drag: Double, shape: (Double) -> SIMD3<Double>
    ) throws -> World<Double> {
        var world = makeWorld(step: p["step"] ?? 1, gravity: p["gravity"] ?? 1)
        let mass = (p["mass"] ?? 1) / Double(links)
        world.settings.drag = drag * mass
        for i in 0...links {
            let fixed = i == 0 || (ends && i == links)
            try world.addParticle(
                at: shape(Double(i) / Double(links)), mass: fixed ? 0 : i == links ? mass / 2 : mass)
        }
        let rest = [Double](repeating: (p["length"] ?? 1) / Double(links), count: links)
        try world.addChain(
            Array(0...links), restLengths: rest, compliance: method == .xpbd ? 0 : 1 / (p["stiffness"] ?? 1e6))
        return world
    }

    /// A number of steps, refused where it would take for ever.
    func count(_ steps: Double) throws(KairaError) -> Int {
        guard steps >= 1, steps <= 2e7 else {
            throw .usage("these parameters take \(steps) steps, more than 20 million or less than one")
        }
        return Int(steps.rounded(.up))
    }

    /// A report with its chart; the y axis holds all curves, blown-up ones cut to ten times the last.
    func report(
        _ parameters: [String: Double], _ results: [LabReport.Result], _ title: String, _ xLabel: String,
        _ yLabel: String, _ curves: [(String, [SIMD2<Double>])]
    ) -> LabReport {
        let reference = curves.last?.1.map(\.y).filter(\.isFinite) ?? []
        let bound = max(abs(reference.max() ?? 1), abs(reference.min() ?? 1), 1e-12) * 10
        var (low, high) = (Double.infinity, -Double.infinity)
        for (_, points) in curves {
            for point in points where point.y.isFinite {
                low = min(low, max(point.y, -bound))
                high = max(high, min(point.y, bound))
            }
        }
        let range = low < high ? low...high : nil
        let chart = LineChart(
            title: title, xLabel: xLabel, yLabel: yLabel,
            series: curves.map { LineChart.Series(name: $0.0, points: LabSignal.thinned($0.1)) }, yRange: range)
        return LabReport(
            experiment: experiment, parameters: parameters, method: method.rawValue, results: results, chart: chart)
    }
}
