import Foundation
import KairaPhysics

extension LabRun {
    /// Closed forms: a block slides above atan(mu); ten degrees steeper it reaches g (sin a - mu cos a) after 1 s.
    func friction() throws -> LabReport {
        let p = try frictionSettings()
        let mu = p["friction"] ?? 0.5
        let exact = atan(mu) * 180 / .pi
        var (low, high) = (0.0, 90.0)
        while high - low > 1e-3 {
            let middle = (low + high) / 2
            if try slide(p, degrees: middle).way > 1e-3 { high = middle } else { low = middle }
        }
        let steep = min(exact + 10, 89)
        let angle = steep * .pi / 180
        let gravity = p["gravity"] ?? 1
        let results = [
            LabReport.Result(name: "angle", measured: high, expected: exact),
            LabReport.Result(
                name: "sliding_acceleration", measured: try slide(p, degrees: steep).speed,
                expected: gravity * (sin(angle) - mu * cos(angle))),
        ]
        let sweep = try (0...89).map { SIMD2(Double($0), try slide(p, degrees: Double($0)).speed) }
        let theory = sweep.map { one -> SIMD2<Double> in
            let a = one.x * .pi / 180
            return SIMD2(one.x, max(0, gravity * (sin(a) - mu * cos(a))))
        }
        return report(
            p, results, "Block on a slope", "slope, degrees", "speed after 1 s, m/s",
            [("\(method.rawValue)", sweep), ("Coulomb", theory)])
    }

    func frictionSettings() throws(KairaError) -> [String: Double] {
        try settings(["friction": 0.5, "gravity": 9.80665, "mass": 1, "step": 1.0 / 480], ["friction": 0...10])
    }

    /// How far and how fast a block is after a second from rest.
    private func slide(_ p: [String: Double], degrees: Double) throws -> (way: Double, speed: Double) {
        let h = p["step"] ?? 1
        var (world, block) = try slope(p, degrees: degrees)
        let start = world.particles.positions[block]
        try repeated(1 / h) { _ in world.advance(by: h) }
        let (x, v) = (world.particles.positions[block] - start, world.particles.velocities[block])
        return ((x * x).sum().squareRoot(), (v * v).sum().squareRoot())
    }

    /// A block of 1 cm at rest on a slope that falls towards +x.
    func slope(_ p: [String: Double], degrees: Double) throws -> (world: World<Double>, block: Int) {
        var world = makeWorld(step: p["step"] ?? 1, gravity: p["gravity"] ?? 1)
        let a = degrees * .pi / 180
        let normal = SIMD3(sin(a), cos(a), 0)
        try world.addCollider(Collider(.plane(normal: normal), friction: p["friction"] ?? 0))
        let block = try world.addParticle(at: normal * 0.01, mass: p["mass"] ?? 1, radius: 0.01)
        return (world, block)
    }
}
