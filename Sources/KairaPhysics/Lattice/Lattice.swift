/// How a lattice resists. Compliances are 1 / stiffness, m/N; an absent kind of spring costs nothing.
public struct LatticeMaterial<Scalar: PhysicsScalar>: Sendable, Hashable {
    /// Mass of the whole lattice, kilograms, > 0.
    public var mass: Scalar = 1
    /// Along the edges of cells; nil has none.
    public var structural: Scalar? = 0
    /// Across the faces and through the cells: shear.
    public var shear: Scalar? = Scalar(1e-4)
    /// Over two cells in a line: bending.
    public var bend: Scalar? = Scalar(1e-4)
    /// Of each cell's volume, m^3/Pa.
    public var volume: Scalar?
    /// Share of the way to the rest shape of the whole, 0...1, made in a substep.
    public var shape: Scalar = 0
    /// Damping of all springs, N s/m.
    public var damping: Scalar = 0

    /// Rigid edges, soft shear and bending, nothing else.
    public init() {}
}

/// A box of cells whose corners are particles of a world: the cage that carries a part of a mesh.
public struct Lattice<Scalar: PhysicsScalar>: Sendable {
    /// Cells along x, y, z.
    public let cells: SIMD3<Int>
    /// The corner with the least coordinates at rest, metres.
    public let origin: SIMD3<Scalar>
    /// Size of a cell at rest, metres.
    public let cellSize: SIMD3<Scalar>
    /// The world's particles at the corners, x fastest: `[z, y, x]`, one more than cells a side.
    public let particles: [Int]

    /// The particle at a corner.
    public func particle(_ x: Int, _ y: Int, _ z: Int) -> Int {
        particles[(z * (cells.y + 1) + y) * (cells.x + 1) + x]
    }

    /// Ties points to the cells that they lie in; those outside to the nearest cell, carried on in a straight line.
    ///
    /// - Parameters:
    ///   - points: where they rest, metres.
    ///   - cubicAxes: along which the lattice bends them smoothly: 0 is x, 1 y, 2 z; along the others every cell is linear.
    /// - Returns: how they follow the lattice's particles.
    public func bind(_ points: [SIMD3<Scalar>], cubicAxes: [Int] = []) -> LatticeBinding<Scalar> {
        LatticeBinding(
            places: points.map { ($0 - origin) / cellSize }, cells: cells, cellSize: cellSize, cubicAxes: cubicAxes,
            corner: particle)
    }
}

extension PhysicsScalar {
    func clampedTo(_ limit: Self) -> Self { Swift.min(Swift.max(self, 0), limit) }
}
