import KairaGeometry

/// Ties vertices to the cells of a scene's lattices and moves them: `p' = p + sum of w offset`, trilinear weights of the
/// place where the vertex was tied. Between morph targets and skin.
///
/// Normals go by the cofactors of the deformation's Jacobian. Any affine motion of a cage is carried over exactly to
/// vertices that are tied where they rest.
public struct LatticeSkin: Sendable {
    private struct Part: Sendable {
        var lattice: Int
        /// Steps from a corner to the next along y and z.
        var strides: SIMD2<Int>
        var cellSize: SIMD3<Float>
        var vertices: [Int32] = []
        /// The corner with the least coordinates of each vertex's cell.
        var corners: [Int32] = []
        /// Where in the cell, 0...1.
        var places: [SIMD3<Float>] = []
        /// Linear parts between mesh and frame, and their cofactors for normals.
        var meshFromFrame: Matrix3
        var normalsToFrame: Matrix3
        var normalsToMesh: Matrix3
    }

    private struct Key: Hashable, Sendable {
        var node: Int
        var primitive: Int
    }

    private var parts: [Key: [Part]] = [:]

    /// Ties a scene's meshes to its lattices; skins at rest count as bound.
    public init(_ scene: Scene) {
        self.init(scene) { node in
            scene.nodes[node].mesh.map { Array(scene.meshes[$0].primitives.enumerated()) } ?? []
        }
    }

    /// Ties other shapes of the same nodes to a scene's lattices: what is made from their meshes by welding, for example.
    ///
    /// - Parameters:
    ///   - scene: whose lattices and nodes.
    ///   - shapes: those of a node that a lattice moves, in the node's mesh space, each with the number that the other
    ///     methods call it by in the place of a primitive's.
    public init(_ scene: Scene, shapes: (NodeID) -> [(offset: Int, element: Primitive)]) {
        guard !scene.physics.lattices.isEmpty else { return }
        let rest = SceneState(scene)
        for (index, lattice) in scene.physics.lattices.enumerated() {
            guard scene.nodes.indices.contains(lattice.node.value), lattice.size.min() > 0, lattice.cells.min() >= 1,
                lattice.cornerCount <= PhysicsDescription.Lattice.maximumCorners
            else { continue }
            for id in lattice.meshes where scene.nodes.indices.contains(id.value) {
                for (p, primitive) in shapes(id) {
                    var model = rest.worlds[id.value]
                    if primitive.influences != nil, let skin = scene.nodes[id].skin,
                        let joint = scene.skins[skin].joints.first,
                        let bind = scene.skins[skin].inverseBindMatrices.first
                    {
                        model = rest.worlds[joint.value] * bind
                    }
                    let frameFromMesh = rest.worlds[lattice.node.value].affineInverse * model
                    guard frameFromMesh.isFinite else { continue }
                    let part = Self.tie(primitive, to: lattice, index: index, frameFromMesh)
                    if !part.vertices.isEmpty {
                        parts[Key(node: id.value, primitive: p), default: []].append(part)
                    }
                }
            }
        }
    }

    private static func tie(
        _ primitive: Primitive, to lattice: PhysicsDescription.Lattice, index: Int, _ frameFromMesh: Matrix4
    ) -> Part {
        let n = lattice.cells
        let counts = SIMD3<Float>(Float(n.x), Float(n.y), Float(n.z))
        let linear = frameFromMesh.linear
        let back = frameFromMesh.affineInverse.linear
        func cofactor(_ m: Matrix3) -> Matrix3 { Matrix3(cross(m.y, m.z), cross(m.z, m.x), cross(m.x, m.y)) }
        var part = Part(
            lattice: index, strides: [n.x + 1, (n.x + 1) * (n.y + 1)], cellSize: lattice.size / counts,
            meshFromFrame: back, normalsToFrame: cofactor(linear), normalsToMesh: cofactor(back))
        let bind = lattice.bindTarget.flatMap {
            primitive.morphTargets.indices.contains($0) ? primitive.morphTargets[$0].positions : nil
        }
        for (v, position) in primitive.positions.enumerated() {
            let own = bind.map { $0.indices.contains(v) ? position + $0[v] : position } ?? position
            let p = (frameFromMesh.transform(point: own) - lattice.origin) / lattice.size * counts
            // A hair beyond the box is rounding.
            guard p.min() >= -1e-4, (counts - p).min() >= -1e-4 else { continue }
            let i = min(max(Int(p.x), 0), n.x - 1)
            let j = min(max(Int(p.y), 0), n.y - 1)
            let k = min(max(Int(p.z), 0), n.z - 1)
            part.vertices.append(Int32(v))
            part.corners.append(Int32((k * (n.y + 1) + j) * (n.x + 1) + i))
            part.places.append(p - SIMD3<Float>(Float(i), Float(j), Float(k)))
        }
        return part
    }

    /// Whether a node's primitive is tied to any lattice.
    public func moves(node: Int, primitive: Int) -> Bool { parts[Key(node: node, primitive: primitive)] != nil }

    /// The lattices that a node's primitive is tied to.
    public func lattices(node: Int, primitive: Int) -> [Int] {
        (parts[Key(node: node, primitive: primitive)] ?? []).map(\.lattice)
    }

    /// Moves a primitive's vertices.
    ///
    /// - Parameters:
    ///   - positions: after morph targets, before the skin; mesh space.
    ///   - normals: the same, or empty.
    ///   - node: whose mesh.
    ///   - primitive: its place in the mesh.
    ///   - offsets: `SceneState.latticeOffsets`.
    public func apply(
        positions: inout [SIMD3<Float>], normals: inout [SIMD3<Float>], node: Int, primitive: Int,
        offsets: [[SIMD3<Float>]]
    ) {
        guard let own = parts[Key(node: node, primitive: primitive)] else { return }
        for part in own {
            guard offsets.indices.contains(part.lattice), !offsets[part.lattice].isEmpty else { continue }
            let d = offsets[part.lattice]
            let (sy, sz) = (part.strides.x, part.strides.y)
            guard let last = part.corners.max(), Int(last) + 1 + sy + sz < d.count else { continue }
            for i in part.vertices.indices {
                let v = Int(part.vertices[i])
                guard v < positions.count else { continue }
                let c = Int(part.corners[i])
                let f = part.places[i]
                let g = 1 - f
                let (d0, d1, d2, d3) = (d[c], d[c + 1], d[c + sy], d[c + sy + 1])
                let (d4, d5, d6, d7) = (d[c + sz], d[c + sz + 1], d[c + sz + sy], d[c + sz + sy + 1])
                let low = (d0 * g.x + d1 * f.x) * g.y + (d2 * g.x + d3 * f.x) * f.y
                let high = (d4 * g.x + d5 * f.x) * g.y + (d6 * g.x + d7 * f.x) * f.y
                positions[v] += part.meshFromFrame * (low * g.z + high * f.z)
                guard v < normals.count else { continue }
                var x = ((d1 - d0) * g.y + (d3 - d2) * f.y) * g.z
                x += ((d5 - d4) * g.y + (d7 - d6) * f.y) * f.z
                var y = ((d2 - d0) * g.x + (d3 - d1) * f.x) * g.z
                y += ((d6 - d4) * g.x + (d7 - d5) * f.x) * f.z
                let z = ((d4 - d0) * g.x + (d5 - d1) * f.x) * g.y + ((d6 - d2) * g.x + (d7 - d3) * f.x) * f.y
                let jx = x / part.cellSize.x + [1, 0, 0]
                let jy = y / part.cellSize.y + [0, 1, 0]
                let jz = z / part.cellSize.z + [0, 0, 1]
                let n = part.normalsToFrame * normals[v]
                let sign: Float = dot(jx, cross(jy, jz)) < 0 ? -1 : 1
                let turned = cross(jy, jz) * n.x + cross(jz, jx) * n.y + cross(jx, jy) * n.z
                normals[v] = direction(part.normalsToMesh * turned * sign, else: normals[v])
            }
        }
    }
}
