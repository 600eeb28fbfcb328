import Foundation
import KairaPhysics
import KairaPlot

extension LabRun {
    /// Closed form: T = 2 pi sqrt(m / k).
    func spring() throws -> LabReport {
        let p = try settings(
            ["mass": 1, "stiffness": 100, "amplitude": 0.1, "length": 1, "periods": 5, "step": 1.0 / 1200],
            ["periods": 2...1000])
        let (rest, h) = (p["length"] ?? 1, p["step"] ?? 1)
        let exact = Self.springPeriod(p)
        var (world, bob) = try springWorld(p)
        let duration = ((p["periods"] ?? 2) + 1.5) * exact
        let before = world.kineticEnergy + world.potentialEnergy
        var samples: [SIMD2<Double>] = []
        try repeated(duration / h) { k in
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

    static func springPeriod(_ p: [String: Double]) -> Double {
        2 * Double.pi * ((p["mass"] ?? 1) / (p["stiffness"] ?? 1)).squareRoot()
    }

    /// A mass on a spring from the origin along x, stretched by the amplitude.
    func springWorld(_ p: [String: Double]) throws -> (world: World<Double>, bob: Int) {
        var world = makeWorld(step: p["step"] ?? 1, gravity: 0)
        let rest = p["length"] ?? 1
        let wall = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(rest + (p["amplitude"] ?? 0), 0, 0), mass: p["mass"] ?? 1)
        try world.addDistance(wall, bob, restLength: rest, compliance: 1 / (p["stiffness"] ?? 1))
        return (world, bob)
    }

    /// Closed form: T = 4 sqrt(L / g) K(sin(A / 2)).
    func pendulum() throws -> LabReport {
        let p = try settings(
            [
                "length": 1, "gravity": 9.80665, "mass": 1, "amplitude": 90, "periods": 5, "stiffness": 1e5,
                "step": 1.0 / 1200,
            ], ["amplitude": 0.1...175, "periods": 2...1000])
        let h = p["step"] ?? 1
        let exact = Self.pendulumPeriod(p)
        var (world, bob) = try pendulumWorld(p)
        var samples: [SIMD2<Double>] = []
        try repeated(((p["periods"] ?? 2) + 1.5) * exact / h) { k in
            world.advance(by: h)
            let x = world.particles.positions[bob]
            samples.append(SIMD2(Double(k) * h, atan2(x.x, -x.y) * 180 / .pi))
        }
        let results = [LabReport.Result(name: "period", measured: LabSignal.period(samples), expected: exact)]
        let theory = samples.map { SIMD2($0.x, Self.pendulumAngle(p, at: $0.x) * 180 / .pi) }
        return report(
            method == .xpbd ? p.filter { $0.key != "stiffness" } : p, results, "Pendulum", "time, s",
            "angle, degrees", [("\(method.rawValue)", samples), ("closed form", theory)])
    }

    static func pendulumPeriod(_ p: [String: Double]) -> Double {
        let (long, gravity) = (p["length"] ?? 1, p["gravity"] ?? 1)
        return 4 * (long / gravity).squareRoot() * LabSignal.ellipticK(sin((p["amplitude"] ?? 90) * .pi / 360))
    }

    /// sin(angle / 2) = k cd(sqrt(g / L) t, k), k = sin(A / 2); radians.
    static func pendulumAngle(_ p: [String: Double], at time: Double) -> Double {
        let k = sin((p["amplitude"] ?? 90) * .pi / 360)
        let rate = ((p["gravity"] ?? 1) / (p["length"] ?? 1)).squareRoot()
        return 2 * asin(k * LabSignal.jacobiCD(rate * time, k))
    }

    /// A bob let go at the amplitude, on a rod; spring methods have none: a stiff spring stands in.
    func pendulumWorld(_ p: [String: Double]) throws -> (world: World<Double>, bob: Int) {
        let long = p["length"] ?? 1
        let angle = (p["amplitude"] ?? 90) * .pi / 180
        var world = makeWorld(step: p["step"] ?? 1, gravity: p["gravity"] ?? 1)
        let pivot = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(long * sin(angle), -long * cos(angle), 0), mass: p["mass"] ?? 1)
        try world.addDistance(
            pivot, bob, restLength: long, compliance: method == .xpbd ? 0 : 1 / (p["stiffness"] ?? 1e5))
        return (world, bob)
    }

    /// Closed forms: the catenary's sag a (cosh(d / 2a) - 1) with S = 2a sinh(d / 2a); a hanging chain's first period
    /// 4 pi sqrt(L / g) / 2.4048, the first zero of the Bessel function J0.
    func chain() throws -> LabReport {
        let quick = method == .xpbd
        let p = try chainSettings()
        let h = p["step"] ?? 1
        let curve = Self.catenary(p)
        var hung = try hungChain(p)
        try repeated(12 / h) { _ in hung.advance(by: h) }
        let shape = hung.particles.positions.map { SIMD2($0.x, $0.y) }
        let lowest = shape.map(\.y).min() ?? .nan
        let samples = try swing(p)
        let exact = Self.chainPeriod(p)
        let results = [
            LabReport.Result(name: "sag", measured: -lowest, expected: curve.sag),
            LabReport.Result(name: "swing_period", measured: LabSignal.period(samples), expected: exact),
        ]
        return report(
            quick ? p.filter { $0.key != "stiffness" } : p, results, "Hanging chain", "x, m", "height, m",
            [("\(method.rawValue)", shape), ("catenary", curve.points)])
    }

    /// The free end's way over time.
    func swing(_ p: [String: Double]) throws -> [SIMD2<Double>] {
        let h = p["step"] ?? 1
        let links = Int(p["links"] ?? 100)
        var swinging = try swingingChain(p)
        var samples: [SIMD2<Double>] = []
        try repeated(4.5 * Self.chainPeriod(p) / h) { k in
            swinging.advance(by: h)
            samples.append(SIMD2(Double(k) * h, swinging.particles.positions[links].x))
        }
        return samples
    }

    func chainSettings() throws -> [String: Double] {
        let p = try settings(
            [
                "links": 100, "length": 1.5, "span": 1, "mass": 1, "gravity": 9.80665, "stiffness": 1e6,
                "step": method == .xpbd ? 1.0 / 1200 : 1.0 / 24_000,
            ], ["links": 4...1000])
        let (long, span) = (p["length"] ?? 1, p["span"] ?? 1)
        guard span < long, span > 0.01 * long else {
            throw KairaError.usage("span must lie between 0.01 of the length and the length")
        }
        return p
    }

    static func chainPeriod(_ p: [String: Double]) -> Double {
        4 * Double.pi * ((p["length"] ?? 1) / (p["gravity"] ?? 1)).squareRoot() / besselZero
    }

    /// The first zero of J0.
    static let besselZero = 2.404825557695773

    /// The shape of a chain between two hooks, and how deep it hangs.
    static func catenary(_ p: [String: Double]) -> (sag: Double, points: [SIMD2<Double>]) {
        let (long, span) = (p["length"] ?? 1, p["span"] ?? 1)
        var (low, high) = (long / 1000, long * 1000)
        for _ in 0..<200 {
            let a = (low + high) / 2
            if 2 * a * sinh(min(span / (2 * a), 700)) > long { low = a } else { high = a }
        }
        let points = (0...200).map { i -> SIMD2<Double> in
            let x = span * Double(i) / 200
            return SIMD2(x, low * (cosh((x - span / 2) / low) - cosh(span / (2 * low))))
        }
        return (low * (cosh(span / (2 * low)) - 1), points)
    }

    /// Between two hooks, let go as a V, with drag.
    func hungChain(_ p: [String: Double]) throws -> World<Double> {
        let (long, span) = (p["length"] ?? 1, p["span"] ?? 1)
        let depth = ((long * long - span * span) / 4).squareRoot()
        return try chainWorld(p, ends: true, drag: 3) { s in SIMD3(s * span, -depth * (1 - abs(2 * s - 1)), 0) }
    }

    /// From one hook, let go in the shape of the first mode, 2 mm wide a metre.
    func swingingChain(_ p: [String: Double]) throws -> World<Double> {
        let long = p["length"] ?? 1
        return try chainWorld(p, ends: false, drag: 0) { s in
            SIMD3(0.002 * long * j0(Self.besselZero * (1 - s).squareRoot()), -s * long, 0)
        }
    }

    private func chainWorld(
        _ p: [String: Double], ends: Bool, drag: Double, shape: (Double) -> SIMD3<Double>
    ) throws -> World<Double> {
        let links = Int(p["links"] ?? 100)
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

    /// Calls `body` with 1, 2 and so on up to a number of steps, refused where it would take for ever; can be cancelled.
    func repeated(_ steps: Double, _ body: (Int) throws -> Void) throws {
        guard steps >= 1, steps <= 2e7 else {
            throw KairaError.usage("these parameters take \(steps) steps, more than 20 million or less than one")
        }
        for k in 1...Int(steps.rounded(.up)) {
            if k % 256 == 0 { try Task.checkCancellation() }
            try body(k)
        }
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
