import Foundation
import KairaPhysics

/// A straight rod of 1 m that is bent to a flat ring, its ends welded, with some total twist.
///
/// The weld is held in space, which takes no freedom of shape from a closed ring: only those to move and turn as a whole.
/// It is one segment long: the first and the last segment lie in it, so that as many joints bend as the ring has corners.
struct RodRing {
    var world: World<Double>
    let rod: RodReference
    let material: RodMaterial<Double>

    // `twist`: radians in all, about the rod's axis.
    init(segments: Int, material: RodMaterial<Double>, twist: Double, step: Double = 1.0 / 60, substeps: Int) throws {
        self.material = material
        world = World(step: step)
        world.settings.substeps = substeps
        world.settings.gravity = .zero
        let radius = 1 / (2 * Double.pi)
        let points = (0...segments + 1).map { k -> SIMD3<Double> in
            let a = 2 * Double.pi * Double(k) / Double(segments)
            return SIMD3(radius * cos(a), radius * sin(a), 0)
        }
        rod = try world.addRod(along: points, material: material)
        // At rest it is straight and twisted the other way.
        for s in rod.segments { world.setRestCurvature(SIMD3(0, 0, -twist), ofSegment: s) }
        for s in [rod.segments.lowerBound, rod.segments.upperBound - 1] { world.holdFrame(ofSegment: s) }
        for k in [0, 1, segments, segments + 1] { world.fix(rod.particles[k]) }
    }

    /// Pushes it out of its plane in the mode of two waves, at `speed` m/s.
    mutating func kick(_ speed: Double) {
        let count = rod.particles.count - 2
        for (k, p) in rod.particles.enumerated() where k > 1 && k < count {
            world.particles.velocities[p] = SIMD3(0, 0, speed * (1 - cos(4 * Double.pi * Double(k) / Double(count))))
        }
    }

    /// Of motion, bending, twist and stretch, joules.
    var energy: Double { world.kineticEnergy + world.rodEnergy }

    /// How far it is from flat: root mean square distance from the nearest plane through the weld, metres. A ring turns about
    /// the weld's line for nothing, rolling as it goes: that does not count.
    var height: Double {
        let radius = 1 / (2 * Double.pi)
        var (uu, uz, zz) = (0.0, 0.0, 0.0)
        for p in rod.particles {
            let x = world.particles.positions[p]
            let u = x.x - radius
            (uu, uz, zz) = (uu + u * u, uz + u * x.z, zz + x.z * x.z)
        }
        // The smaller eigenvalue of [uu uz; uz zz].
        let half = ((uu - zz) * (uu - zz) / 4 + uz * uz).squareRoot()
        return (max((uu + zz) / 2 - half, 0) / Double(rod.particles.count)).squareRoot()
    }
}
