extension World {
    /// Adds a box of cells of mass points and springs.
    ///
    /// Springs: structural along the 12 edges of cells, shear across faces and through bodies, bend over two cells; with
    /// `volume`, five tetrahedra a cell keep theirs. Corners for which `isDriven` says so are fixed: move them with
    /// `drive`.
    ///
    /// - Parameters:
    ///   - cells: along x, y, z, each 1...64.
    ///   - origin: the corner with the least coordinates, metres.
    ///   - size: of the whole box, metres, > 0.
    ///   - material: mass and stiffness.
    ///   - radius: how far colliders keep away from the corners, metres.
    ///   - isDriven: whether the corner (x, y, z) is moved by its owner.
    /// - Returns: the lattice, to bind points to.
    /// - Throws: `PhysicsError.badValue`.
    public mutating func addLattice(
        cells: SIMD3<Int>, origin: SIMD3<Scalar>, size: SIMD3<Scalar>,
        material: LatticeMaterial<Scalar> = LatticeMaterial(), radius: Scalar = 0,
        isDriven: (Int, Int, Int) -> Bool = { _, _, _ in false }
    ) throws(PhysicsError) -> Lattice<Scalar> {
        guard cells.min() >= 1, cells.max() <= 64 else { throw .badValue(what: "lattice cells, each must be 1...64") }
        guard isFinite(origin), isFinite(size), size.min() > 0 else { throw .badValue(what: "a lattice's box") }
        guard material.mass > 0, material.mass.isFinite else { throw .badValue(what: "a lattice's mass") }
        let step = size / SIMD3(Scalar(cells.x), Scalar(cells.y), Scalar(cells.z))
        let corners = (cells.x + 1) * (cells.y + 1) * (cells.z + 1)
        var members: [Int] = []
        for k in 0...cells.z {
            for j in 0...cells.y {
                for i in 0...cells.x {
                    let p = origin + step * SIMD3(Scalar(i), Scalar(j), Scalar(k))
                    let mass = isDriven(i, j, k) ? 0 : material.mass / Scalar(corners)
                    members.append(try addParticle(at: p, mass: mass, radius: radius))
                }
            }
        }
        let lattice = Lattice(cells: cells, origin: origin, cellSize: step, particles: members)
        if let c = material.structural {
            for d in [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)] { try link(lattice, d, c, material.damping) }
        }
        if let c = material.shear {
            for d in [
                SIMD3(1, 1, 0), SIMD3(1, -1, 0), SIMD3(1, 0, 1), SIMD3(1, 0, -1), SIMD3(0, 1, 1), SIMD3(0, 1, -1),
                SIMD3(1, 1, 1), SIMD3(1, 1, -1), SIMD3(1, -1, 1), SIMD3(1, -1, -1),
            ] { try link(lattice, d, c, material.damping) }
        }
        if let c = material.bend {
            for d in [SIMD3(2, 0, 0), SIMD3(0, 2, 0), SIMD3(0, 0, 2)] { try link(lattice, d, c, material.damping) }
        }
        if let c = material.volume { try addCellVolumes(lattice, c) }
        if material.shape > 0 { try addShapeMatch(members, stiffness: material.shape) }
        return lattice
    }

    /// Springs from every corner to the one `d` cells on.
    private mutating func link(
        _ lattice: Lattice<Scalar>, _ d: SIMD3<Int>, _ compliance: Scalar, _ damping: Scalar
    ) throws(PhysicsError) {
        let n = lattice.cells
        for k in 0...n.z {
            for j in 0...n.y {
                for i in 0...n.x {
                    let (x, y, z) = (i + d.x, j + d.y, k + d.z)
                    guard 0...n.x ~= x, 0...n.y ~= y, 0...n.z ~= z else { continue }
                    let (a, b) = (lattice.particle(i, j, k), lattice.particle(x, y, z))
                    guard particles.inverseMasses[a] + particles.inverseMasses[b] > 0 else { continue }
                    try addDistance(a, b, compliance: compliance, damping: damping)
                }
            }
        }
    }

    /// Five tetrahedra a cell, mirrored from cell to cell so that faces match.
    private mutating func addCellVolumes(_ lattice: Lattice<Scalar>, _ compliance: Scalar) throws(PhysicsError) {
        let even = [[0, 1, 2, 4], [3, 2, 1, 7], [5, 4, 7, 1], [6, 7, 4, 2], [1, 2, 4, 7]]
        for k in 0..<lattice.cells.z {
            for j in 0..<lattice.cells.y {
                for i in 0..<lattice.cells.x {
                    let flip = (i + j + k) & 1
                    for t in even {
                        let p = t.map { c in
                            lattice.particle(i + ((c & 1) ^ flip), j + (c >> 1 & 1), k + (c >> 2))
                        }
                        guard p.contains(where: { particles.inverseMasses[$0] > 0 }) else { continue }
                        try addVolume(p[0], p[1], p[2], p[3], compliance: compliance)
                    }
                }
            }
        }
    }
}
