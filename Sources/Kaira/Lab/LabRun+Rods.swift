import Foundation
import KairaPhysics

extension LabRun {
    private func material(_ p: [String: Double], damping: Double = 0) -> RodMaterial<Double> {
        let young = p["young"] ?? 1
        return RodMaterial(
            young: young, shearModulus: young * 0.4, density: p["density"] ?? 1, radius: p["radius"] ?? 1,
            damping: damping)
    }

    /// Closed forms: q L^4 / (8 E I) under its weight; first period 2 pi / (1.8751^2 sqrt(E I / (rho A L^4))).
    func cantilever() throws -> LabReport {
        let p = try cantileverSettings()
        let h = p["step"] ?? 1
        let (sag, exact) = cantileverTheory(p)
        var (resting, rod) = try cantileverWorld(p, step: exact / 12, gravity: p["gravity"] ?? 1)
        // To rest by the damping of long implicit steps, a twelfth of the first period each.
        try repeated(600) { _ in resting.advance(by: exact / 12) }
        let shape = rod.particles.map { resting.particles.positions[$0] }.map { SIMD2($0.x, $0.y) }
        var (swinging, other) = try cantileverSwing(p)
        var samples: [SIMD2<Double>] = []
        try repeated(4.2 * exact / h) { k in
            swinging.advance(by: h)
            samples.append(SIMD2(Double(k) * h, swinging.particles.positions[other.particles.last ?? 0].y))
        }
        let results = [
            LabReport.Result(name: "tip_deflection", measured: -(shape.last?.y ?? .nan), expected: sag),
            LabReport.Result(name: "first_period", measured: LabSignal.period(samples), expected: exact),
        ]
        return report(
            p, results, "Cantilever under its own weight", "x, m", "height, m",
            [("rod", shape), ("closed form", Self.cantileverShape(p, sag: sag))])
    }

    func cantileverSettings() throws -> [String: Double] {
        try requireXPBD("rods exist there only")
        let p = try settings(
            [
                "length": 1, "radius": 0.01, "young": 2e8, "density": 1100, "gravity": 0.5, "segments": 40,
                "step": 1.0 / 2000,
            ], ["segments": 4...400])
        let (sag, long) = (cantileverTheory(p).sag, p["length"] ?? 1)
        guard sag < 0.1 * long else {
            throw KairaError.usage("the beam would sag by \(sag) m: the closed form holds below a tenth of the length")
        }
        return p
    }

    /// The tip's deflection under the weight and the first period.
    func cantileverTheory(_ p: [String: Double]) -> (sag: Double, period: Double) {
        let (long, beam) = (p["length"] ?? 1, material(p))
        let sag = beam.lineDensity * (p["gravity"] ?? 1) * pow(long, 4) / (8 * beam.bend.x)
        let b = Self.beamZero
        return (sag, 2 * Double.pi / (b * b) * (beam.lineDensity / beam.bend.x).squareRoot() * long * long)
    }

    /// The first zero of cos b cosh b + 1.
    static let beamZero = 1.8751040687119611

    /// The first mode's shape at a share of the length; 2 at the tip.
    static func beamMode(_ share: Double) -> Double {
        let b = beamZero
        let ratio = (cosh(b) + cos(b)) / (sinh(b) + sin(b))
        let s = b * share
        return cosh(s) - cos(s) - ratio * (sinh(s) - sin(s))
    }

    static func cantileverShape(_ p: [String: Double], sag: Double) -> [SIMD2<Double>] {
        let (long, segments) = (p["length"] ?? 1, Int(p["segments"] ?? 40))
        return (0...segments).map { i -> SIMD2<Double> in
            let x = long * Double(i) / Double(segments)
            let bend = x * x * (6 * long * long - 4 * long * x + x * x) / (3 * pow(long, 4))
            return SIMD2(x, -sag * bend)
        }
    }

    func cantileverWorld(
        _ p: [String: Double], step: Double, gravity: Double
    ) throws -> (world: World<Double>, rod: RodReference) {
        let (long, segments) = (p["length"] ?? 1, Int(p["segments"] ?? 40))
        var world = makeWorld(step: step, gravity: gravity)
        let rod = try world.addRod(
            along: (0...segments).map { SIMD3(long * Double($0) / Double(segments), 0, 0) }, material: material(p))
        return (world, rod)
    }

    /// Without weight, struck in the first mode: the tip goes 1 / (50 pi) of the length to each side.
    func cantileverSwing(_ p: [String: Double]) throws -> (world: World<Double>, rod: RodReference) {
        var (world, rod) = try cantileverWorld(p, step: p["step"] ?? 1, gravity: 0)
        let (long, exact) = (p["length"] ?? 1, cantileverTheory(p).period)
        for (i, particle) in rod.particles.enumerated().dropFirst() {
            let mode = Self.beamMode(Double(i) / Double(rod.particles.count - 1))
            world.particles.velocities[particle] = SIMD3(0, 0.01 * long / exact * mode, 0)
        }
        return (world, rod)
    }

    /// Closed form: radius k / (k^2 + t^2), pitch 2 pi t / (k^2 + t^2).
    func helix() throws -> LabReport {
        let p = try helixSettings()
        let (k, t, h) = (p["curvature"] ?? 1, p["torsion"] ?? 1, p["step"] ?? 1)
        let segments = Int(p["segments"] ?? 400)
        var (world, rod) = try helixWorld(p)
        try repeated(50 / h) { _ in world.advance(by: h) }
        let x = rod.particles.map { world.particles.positions[$0] }
        let inner = Array(x[(segments / 8)...(segments - segments / 8)])
        let (radius, pitch) = Self.helixShape(inner)
        let square = k * k + t * t
        let results = [
            LabReport.Result(name: "helix_radius", measured: radius, expected: k / square),
            LabReport.Result(name: "helix_pitch", measured: pitch, expected: 2 * .pi * t / square),
        ]
        return report(
            p, results, "Rod with rest curvature and twist, from the side", "x, m", "y, m",
            [("rod", x.map { SIMD2($0.x, $0.y) })])
    }

    func helixSettings() throws -> [String: Double] {
        try requireXPBD("rods exist there only")
        return try settings(
            [
                "length": 1, "radius": 0.01, "young": 2e8, "density": 1100, "curvature": 8, "torsion": 4,
                "segments": 400, "step": 1.0 / 60,
            ], ["segments": 50...2000])
    }

    func helixWorld(_ p: [String: Double]) throws -> (world: World<Double>, rod: RodReference) {
        let (long, segments) = (p["length"] ?? 1, Int(p["segments"] ?? 400))
        var world = makeWorld(step: p["step"] ?? 1, gravity: 0)
        world.settings.drag = 1e-3
        let rod = try world.addRod(
            along: (0...segments).map { SIMD3(long * Double($0) / Double(segments), 0, 0) },
            material: material(p, damping: 0.05))
        let bend = SIMD3(p["curvature"] ?? 1, 0, p["torsion"] ?? 1)
        for s in rod.segments { world.setRestCurvature(bend, ofSegment: s) }
        return (world, rod)
    }

    /// Radius and pitch from second differences, which point to the axis.
    private static func helixShape(_ x: [SIMD3<Double>]) -> (radius: Double, pitch: Double) {
        var bends: [SIMD3<Double>] = []
        for i in 1..<x.count - 1 { bends.append(x[i + 1] - 2 * x[i] + x[i - 1]) }
        var axis = SIMD3<Double>.zero
        for i in 1..<bends.count { axis += cross(bends[i - 1], bends[i]) }
        axis /= length(axis)
        var (angle, size) = (0.0, 0.0)
        for i in 1..<bends.count {
            let sine: Double = (cross(bends[i - 1], bends[i]) * axis).sum()
            let cosine: Double = (bends[i - 1] * bends[i]).sum()
            angle += atan2(sine, cosine)
        }
        angle /= Double(bends.count - 1)
        for b in bends { size += length(b) }
        size /= Double(bends.count)
        let rise: Double = ((x[x.count - 1] - x[0]) * axis).sum() / Double(x.count - 1)
        return (size / (2 * (1 - cos(angle))), abs(rise / angle * 2 * .pi))
    }

    static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    static func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
}
