import Foundation
import KairaPhysics

extension LabRun {
    /// Closed forms for an endless filament with y = b sin(kx - wt): exact for resistive-force theory
    /// U/c = (1 - B)(1 - r) / (1 - B + r B); Gray and Hancock 1955 (r = 1/2) (b^2 k^2 / 2) / (1 + b^2 k^2); below
    /// bk = 0.35 also Taylor 1951, (b^2 k^2 / 2)(1 - (19/16) b^2 k^2). Speeds over the wave's, against it.
    func swimmer() throws -> LabReport {
        let p = try swimmerSettings()
        let slope = Self.waveSlope(p)
        let ratio = p["drag_ratio"] ?? 0.5
        let measured = Self.swimmingSpeed(slope, ratio: ratio, nodes: Int(p["segments"] ?? 4000))
        let exact = Self.filamentSpeed(slope, ratio: ratio)
        var results = [LabReport.Result(name: "speed", measured: measured, expected: exact)]
        let square = slope * slope
        if ratio == 0.5 {
            results.append(
                LabReport.Result(name: "speed_gray_hancock", measured: measured, expected: square / 2 / (1 + square)))
            if slope < 0.35 {
                results.append(
                    LabReport.Result(
                        name: "speed_taylor", measured: measured, expected: square / 2 * (1 - 19 / 16 * square)))
            }
        }
        results.append(
            LabReport.Result(
                name: "reciprocal_displacement",
                measured: try reciprocalWay(slope, ratio: ratio, steps: 1 / (p["step"] ?? 1)),
                expected: 0))
        let sweep = (1...60).map { i -> SIMD2<Double> in
            let s = 0.04 * Double(i)
            return SIMD2(s, Self.swimmingSpeed(s, ratio: ratio, nodes: 400))
        }
        let theory = sweep.map { SIMD2($0.x, $0.x * $0.x / 2 / (1 + $0.x * $0.x)) }
        return report(
            p, results, "Swimming by a travelling wave", "amplitude times wave number", "speed over wave speed",
            [("filament", sweep), ("Gray and Hancock", theory)])
    }

    func swimmerSettings() throws -> [String: Double] {
        try requireXPBD("at low Reynolds number there is nothing to integrate but the balance of drag")
        let p = try settings(
            [
                "amplitude": 0.25 / (2 * Double.pi), "wavelength": 1, "drag_ratio": 0.5, "segments": 4000,
                "step": 1.0 / 400,
            ],
            ["segments": 50...100_000, "drag_ratio": 0.01...1])
        guard Self.waveSlope(p) <= 10 else { throw KairaError.usage("the amplitude is more than 1.6 wavelengths") }
        return p
    }

    /// Amplitude times wave number.
    static func waveSlope(_ p: [String: Double]) -> Double {
        2 * Double.pi * (p["amplitude"] ?? 0) / (p["wavelength"] ?? 1)
    }

    /// U/c = (1 - B)(1 - r) / (1 - B + r B), B = <(1 + y'^2)^-1/2> / <(1 + y'^2)^1/2>.
    static func filamentSpeed(_ slope: Double, ratio: Double) -> Double {
        var (a, b) = (0.0, 0.0)
        for i in 0..<20_000 {
            let s = slope * cos(2 * .pi * (Double(i) + 0.5) / 20_000)
            a += 1 / (1 + s * s).squareRoot()
            b += (1 + s * s).squareRoot()
        }
        return (1 - a / b) * (1 - ratio) / (1 - a / b + ratio * a / b)
    }

    /// Speed over the wave's of one wave of an endless filament that does not stretch: in the wave's frame its material
    /// runs along the curve.
    static func swimmingSpeed(_ slope: Double, ratio: Double, nodes: Int) -> Double {
        var points: [SIMD3<Double>] = []
        for i in 0...nodes {
            let x = 2 * Double.pi * Double(i) / Double(nodes)
            points.append(SIMD3(x, slope * sin(x), 0))
        }
        var arc = 0.0
        for i in 1...nodes { arc += distance(points[i], points[i - 1]) }
        let run = arc / (2 * .pi)
        let velocities = points.map { q -> SIMD3<Double> in
            let s = slope * cos(q.x)
            return SIMD3(1, 0, 0) - SIMD3(1, s, 0) * (run / (1 + s * s).squareRoot())
        }
        return -ResistiveForce(along: ratio, across: 1)
            .freeSpeed(points: points, velocities: velocities, along: SIMD3(1, 0, 0))
    }

    /// Way of a filament of three waves in one beat of a standing wave over the wave's: a stroke that is its own
    /// reverse makes none (Purcell 1977). Its turn is left out: by symmetry there is none.
    private func reciprocalWay(_ slope: Double, ratio: Double, steps: Double) throws -> Double {
        var place = SIMD3<Double>.zero
        let h = 2 * Double.pi / steps.rounded(.up)
        try repeated(steps) { k in
            place += Self.reciprocalVelocity(slope, ratio: ratio, phase: (Double(k) - 0.5) * h) * h
        }
        return Self.distance(place, .zero) / (2 * .pi)
    }

    /// Its velocity at a phase of the beat, wave number and frequency 1.
    static func reciprocalVelocity(_ slope: Double, ratio: Double, phase t: Double) -> SIMD3<Double> {
        var points: [SIMD3<Double>] = []
        var velocities: [SIMD3<Double>] = []
        for i in 0...150 {
            let x = 6 * Double.pi * (Double(i) / 150 - 0.5)
            points.append(SIMD3(x, slope * sin(x) * cos(t), 0))
            velocities.append(SIMD3(0, -slope * sin(x) * sin(t), 0))
        }
        return ResistiveForce(along: ratio, across: 1).freeMotion(points: points, velocities: velocities).velocity
    }

    private static func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        ((a - b) * (a - b)).sum().squareRoot()
    }
}
