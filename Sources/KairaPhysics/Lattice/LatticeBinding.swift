/// Points tied to the corners of a lattice: x = sum of w P, with the weights of their places at rest. Any affine motion of the
/// lattice is carried over exactly, whatever the cell.
///
/// Along each axis the weights are linear, of the two corners of the cell, or cubic, of the two and their neighbours: curves
/// through the corners without a kink at any (E. Catmull and R. Rom, "A Class of Local Interpolating Splines", 1974). Beyond
/// the outermost corners the lattice counts as carried on in a straight line.
public struct LatticeBinding<Scalar: PhysicsScalar>: Sendable {
    /// The greatest number of a corner, -1 where there is none.
    public private(set) var lastCorner = -1
    /// The first term of each point, and behind it the end.
    private var starts: [Int32] = [0]
    /// Of each term the corner: a particle, or whatever numbers were given.
    private var corners: [Int32] = []
    /// Of each term the weight's derivatives by x, y, z at rest, 1/m, and the weight itself.
    private var weights: [SIMD4<Scalar>] = []

    /// Ties points to a box of cells.
    ///
    /// - Parameters:
    ///   - places: in cells from the corner with the least coordinates; those outside the box hang on the nearest cell,
    ///     carried on in a straight line.
    ///   - cells: how many along x, y, z, each at least 1.
    ///   - cellSize: at rest, metres.
    ///   - cubicAxes: along which weights are cubic: 0 is x, 1 y, 2 z.
    ///   - corner: the number of a corner.
    public init(
        places: [SIMD3<Scalar>], cells: SIMD3<Int>, cellSize: SIMD3<Scalar>, cubicAxes: [Int] = [],
        corner: (_ x: Int, _ y: Int, _ z: Int) -> Int
    ) {
        let isCubic = (0..<3).map { cubicAxes.contains($0) }
        for p in places {
            let (x, y, z) = (
                Self.terms(p.x, cells.x, isCubic[0]), Self.terms(p.y, cells.y, isCubic[1]),
                Self.terms(p.z, cells.z, isCubic[2])
            )
            for c in z {
                for b in y {
                    for a in x {
                        corners.append(Int32(corner(a.corner, b.corner, c.corner)))
                        weights.append(
                            SIMD4(
                                a.slope * b.weight * c.weight / cellSize.x, a.weight * b.slope * c.weight / cellSize.y,
                                a.weight * b.weight * c.slope / cellSize.z, a.weight * b.weight * c.weight))
                    }
                }
            }
            starts.append(Int32(corners.count))
        }
        lastCorner = corners.max().map { Int($0) } ?? -1
    }

    /// The corners along one axis that count at a place, with their weights and these weights' derivatives by cells.
    private static func terms(_ place: Scalar, _ count: Int, _ isCubic: Bool) -> [(
        corner: Int, weight: Scalar, slope: Scalar
    )] {
        let place = place.isFinite ? place : 0
        let cell = min(max(Int(place.clampedTo(Scalar(count))), 0), count - 1)
        let f = place - Scalar(cell)
        guard isCubic, count > 1 else { return [(cell, 1 - f, -1), (cell + 1, f, 1)] }
        let t = f.clampedTo(1)
        var weights: [Scalar] = [
            t * (-1 + t * (2 - t)) / 2, 1 + t * t * (-5 + 3 * t) / 2, t * (1 + t * (4 - 3 * t)) / 2,
            t * t * (t - 1) / 2,
        ]
        var slopes: [Scalar] = [
            (-1 + t * (4 - 3 * t)) / 2, t * (-10 + 9 * t) / 2, (1 + t * (8 - 9 * t)) / 2, t * (3 * t - 2) / 2,
        ]
        for k in 0..<4 { weights[k] += slopes[k] * (f - t) }
        // A neighbour beyond the outermost corner stands where a straight line would put it: 2 P - Q.
        func fold(_ list: inout [Scalar]) {
            if cell == 0 { (list[0], list[1], list[2]) = (0, list[1] + 2 * list[0], list[2] - list[0]) }
            if cell == count - 1 { (list[3], list[2], list[1]) = (0, list[2] + 2 * list[3], list[1] - list[3]) }
        }
        fold(&weights)
        fold(&slopes)
        return (0..<4).filter { 0...count ~= cell + $0 - 1 }.map { (cell + $0 - 1, weights[$0], slopes[$0]) }
    }

    /// How many points.
    public var count: Int { starts.count - 1 }

    /// The corners that a point hangs on, and by how much.
    public func terms(of point: Int) -> [(corner: Int, weight: Scalar)] {
        (Int(starts[point])..<Int(starts[point + 1])).map { (Int(corners[$0]), weights[$0].w) }
    }

    /// Where the points are when the corners are at `values`; or any other quantity of the corners at the points.
    ///
    /// - Parameters:
    ///   - values: by number of the corner: positions of the world's particles.
    ///   - points: written, one a bound point.
    /// - Complexity: O(points), no allocation.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func deform(_ values: [SIMD3<Scalar>], into points: inout [SIMD3<Scalar>]) {
        for i in 0..<min(points.count, count) {
            var sum = SIMD3<Scalar>.zero
            for k in Int(starts[i])..<Int(starts[i + 1]) { sum += values[Int(corners[k])] * weights[k].w }
            points[i] = sum
        }
    }

    /// Normals carried along by the transposed inverse of the deformation's Jacobian.
    ///
    /// - Parameters:
    ///   - rest: unit normals at rest, one a bound point.
    ///   - values: by number of the corner: positions of the world's particles.
    ///   - normals: written, unit length; a cell that has collapsed keeps the rest normal.
    ///   - areOffsets: whether `values` are how far the corners have moved from where they rest.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func deform(
        normals rest: [SIMD3<Scalar>], _ values: [SIMD3<Scalar>], into normals: inout [SIMD3<Scalar>],
        areOffsets: Bool = false
    ) {
        let own: Scalar = areOffsets ? 1 : 0
        for i in 0..<min(normals.count, min(rest.count, count)) {
            var dx = SIMD3<Scalar>(own, 0, 0)
            var dy = SIMD3<Scalar>(0, own, 0)
            var dz = SIMD3<Scalar>(0, 0, own)
            for k in Int(starts[i])..<Int(starts[i + 1]) {
                let (p, w) = (values[Int(corners[k])], weights[k])
                dx += p * w.x
                dy += p * w.y
                dz += p * w.z
            }
            // The cofactor matrix is the transposed inverse times the determinant, whose sign keeps the side.
            let n = rest[i]
            let sign: Scalar = dot(dx, cross(dy, dz)) < 0 ? -1 : 1
            let turned = cross(dy, dz) * n.x + cross(dz, dx) * n.y + cross(dx, dy) * n.z
            normals[i] = direction(turned * sign, else: n)
        }
    }
}
