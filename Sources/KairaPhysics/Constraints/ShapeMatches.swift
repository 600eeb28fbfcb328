/// Groups of particles that seek their rest shape, turned and moved as a whole.
///
/// Source: Mueller et al., "Meshless Deformations Based on Shape Matching", SIGGRAPH 2005; the rotation by Mueller,
/// Bender, Chentanez, Macklin, "A Robust Method to Extract the Rotational Part of Deformations", MIG 2016: it starts
/// from the last rotation, so a flat or line-shaped group keeps a continuous one.
struct ShapeMatches<Scalar: PhysicsScalar>: Sendable {
    /// Particles of all groups.
    var particles: [Int32] = []
    /// Rest positions about the group's centre of mass.
    var rests: [SIMD3<Scalar>] = []
    /// Masses; all equal where a group has a fixed particle.
    var masses: [Scalar] = []
    /// Members of each group, a range of the arrays above.
    var ranges: [Range<Int>] = []
    /// Share of the way to the rest shape made in a substep, 0...1.
    var stiffnesses: [Scalar] = []
    /// Rotation of each group, kept between substeps.
    var rotations: [SIMD4<Scalar>] = []

    mutating func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar]) {
        for k in ranges.indices {
            var total: Scalar = 0
            var centre = SIMD3<Scalar>.zero
            for i in ranges[k] {
                total += masses[i]
                centre += masses[i] * positions[Int(particles[i])]
            }
            guard total > 0 else { continue }
            centre /= total
            var (cx, cy, cz) = (SIMD3<Scalar>.zero, SIMD3<Scalar>.zero, SIMD3<Scalar>.zero)
            for i in ranges[k] {
                let d = masses[i] * (positions[Int(particles[i])] - centre)
                cx += d * rests[i].x
                cy += d * rests[i].y
                cz += d * rests[i].z
            }
            let q = Self.rotation(of: (cx, cy, cz), from: rotations[k])
            rotations[k] = q
            for i in ranges[k] {
                let p = Int(particles[i])
                guard inverseMasses[p] > 0 else { continue }
                positions[p] += stiffnesses[k] * (centre + rotate(q, rests[i]) - positions[p])
            }
        }
    }

    /// The rotation nearest to the matrix with these columns.
    static func rotation(
        of columns: (SIMD3<Scalar>, SIMD3<Scalar>, SIMD3<Scalar>), from start: SIMD4<Scalar>
    ) -> SIMD4<Scalar> {
        var q = start
        for _ in 0..<60 {
            let x = rotate(q, SIMD3(1, 0, 0))
            let y = rotate(q, SIMD3(0, 1, 0))
            let z = rotate(q, SIMD3(0, 0, 1))
            let torque = cross(x, columns.0) + cross(y, columns.1) + cross(z, columns.2)
            let size = abs(dot(x, columns.0) + dot(y, columns.1) + dot(z, columns.2))
            let omega = torque / max(size, Scalar.leastNormalMagnitude.squareRoot())
            let squared = dot(omega, omega)
            guard squared > Scalar.ulpOfOne * Scalar.ulpOfOne, squared < .infinity else { break }
            q = normalized(product(quaternion(rotation: omega), q))
        }
        return q
    }
}
