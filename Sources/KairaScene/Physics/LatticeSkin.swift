import KairaGeometry
import KairaPhysics

/// Ties vertices to the cells of a scene's lattices and moves them: `p' = p + sum of w offset`, with the weights that
/// `LatticeBinding` gives the place where the vertex was tied. Between morph targets and skin.
///
/// Normals go by the cofactors of the deformation's Jacobian. Any affine motion of a cage is carried over exactly to
/// vertices that are tied where they rest.
public struct LatticeSkin: Sendable {
    private struct Part: Sendable {
        var lattice: Int
        var vertices: [Int]
        /// Of these vertices to the cage's corners.
        var binding: LatticeBinding<Float>
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
        var vertices: [Int] = []
        var places: [SIMD3<Float>] = []
        let bind = lattice.bindTarget.flatMap {
            primitive.morphTargets.indices.contains($0) ? primitive.morphTargets[$0].positions : nil
        }
        for (v, position) in primitive.positions.enumerated() {
            let own = bind.map { $0.indices.contains(v) ? position + $0[v] : position } ?? position
            let p = (frameFromMesh.transform(point: own) - lattice.origin) / lattice.size * counts
            // A hair beyond the box is rounding.
            guard p.min() >= -1e-4, (counts - p).min() >= -1e-4 else { continue }
            vertices.append(v)
            places.append(p)
        }
        let binding = LatticeBinding(
            places: places, cells: n, cellSize: lattice.size / counts, cubicAxes: lattice.cubicAxes,
            corner: lattice.corner)
        return Part(
            lattice: index, vertices: vertices, binding: binding, meshFromFrame: back,
            normalsToFrame: cofactor(linear), normalsToMesh: cofactor(back))
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
            let offset = offsets[part.lattice]
            guard part.binding.lastCorner < offset.count else { continue }
            let tied = part.vertices
            var moved = [SIMD3<Float>](repeating: .zero, count: tied.count)
            part.binding.deform(offset, into: &moved)
            for (v, d) in zip(tied, moved) where v < positions.count { positions[v] += part.meshFromFrame * d }
            guard !normals.isEmpty else { continue }
            let rest = tied.map {
                direction(part.normalsToFrame * ($0 < normals.count ? normals[$0] : .zero), else: .zero)
            }
            part.binding.deform(normals: rest, offset, into: &moved, areOffsets: true)
            for (v, n) in zip(tied, moved) where v < normals.count {
                normals[v] = direction(part.normalsToMesh * n, else: normals[v])
            }
        }
    }
}
