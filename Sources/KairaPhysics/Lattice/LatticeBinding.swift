/// Points tied to lattice cells by trilinear weights: x = sum of w P. Any affine motion of the lattice is carried over
/// exactly, whatever the cell.
public struct LatticeBinding<Scalar: PhysicsScalar>: Sendable {
    /// Eight particles a point: corners with x fastest, then y, then z.
    public let corners: [Int32]
    /// Where each point lies in its cell, 0...1 inside.
    public let places: [SIMD3<Scalar>]
    /// Size of a cell at rest, metres.
    public let cellSize: SIMD3<Scalar>

    /// How many points.
    public var count: Int { places.count }

    /// Where the points are when the particles are at `particles`.
    ///
    /// - Parameters:
    ///   - particles: positions of the world's particles.
    ///   - points: written, one a bound point.
    /// - Complexity: O(points), no allocation.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func deform(_ particles: [SIMD3<Scalar>], into points: inout [SIMD3<Scalar>]) {
        for i in 0..<min(points.count, places.count) {
            let f = places[i]
            let g = 1 - f
            let (p0, p1) = (corner(i, 0, particles), corner(i, 1, particles))
            let (p2, p3) = (corner(i, 2, particles), corner(i, 3, particles))
            let (p4, p5) = (corner(i, 4, particles), corner(i, 5, particles))
            let (p6, p7) = (corner(i, 6, particles), corner(i, 7, particles))
            let low = (p0 * g.x + p1 * f.x) * g.y + (p2 * g.x + p3 * f.x) * f.y
            let high = (p4 * g.x + p5 * f.x) * g.y + (p6 * g.x + p7 * f.x) * f.y
            points[i] = low * g.z + high * f.z
        }
    }

    /// Normals carried along by the transposed inverse of the deformation's Jacobian.
    ///
    /// - Parameters:
    ///   - rest: unit normals at rest, one a bound point.
    ///   - particles: positions of the world's particles.
    ///   - normals: written, unit length; a cell that has collapsed keeps the rest normal.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func deform(
        normals rest: [SIMD3<Scalar>], _ particles: [SIMD3<Scalar>], into normals: inout [SIMD3<Scalar>]
    ) {
        for i in 0..<min(normals.count, min(rest.count, places.count)) {
            let f = places[i]
            let g = 1 - f
            let (p0, p1) = (corner(i, 0, particles), corner(i, 1, particles))
            let (p2, p3) = (corner(i, 2, particles), corner(i, 3, particles))
            let (p4, p5) = (corner(i, 4, particles), corner(i, 5, particles))
            let (p6, p7) = (corner(i, 6, particles), corner(i, 7, particles))
            var dx = ((p1 - p0) * g.y + (p3 - p2) * f.y) * g.z
            dx += ((p5 - p4) * g.y + (p7 - p6) * f.y) * f.z
            var dy = ((p2 - p0) * g.x + (p3 - p1) * f.x) * g.z
            dy += ((p6 - p4) * g.x + (p7 - p5) * f.x) * f.z
            var dz = ((p4 - p0) * g.x + (p5 - p1) * f.x) * g.y
            dz += ((p6 - p2) * g.x + (p7 - p3) * f.x) * f.y
            dx /= cellSize.x
            dy /= cellSize.y
            dz /= cellSize.z
            // The cofactor matrix is the transposed inverse times the determinant, whose sign keeps the side.
            let n = rest[i]
            let sign: Scalar = dot(dx, cross(dy, dz)) < 0 ? -1 : 1
            let turned = cross(dy, dz) * n.x + cross(dz, dx) * n.y + cross(dx, dy) * n.z
            normals[i] = direction(turned * sign, else: n)
        }
    }

    @inline(__always)
    private func corner(_ point: Int, _ c: Int, _ particles: [SIMD3<Scalar>]) -> SIMD3<Scalar> {
        particles[Int(corners[point * 8 + c])]
    }
}
