import KairaGeometry

/// A named surface of triangles in Double, as solids are measured and joined; metres, world space.
public struct SolidMesh: Sendable, Equatable {
    /// What the file calls it, possibly empty.
    public var name: String
    /// The vertices, finite; formats without topology repeat them.
    public var positions: [SIMD3<Double>]
    /// Three vertices each, counter-clockwise from outside.
    public var triangles: [SIMD3<Int32>]

    /// A surface from its parts.
    public init(name: String = "", positions: [SIMD3<Double>] = [], triangles: [SIMD3<Int32>] = []) {
        (self.name, self.positions, self.triangles) = (name, positions, triangles)
    }

    /// The faces of a mesh with topology.
    public init(name: String = "", _ mesh: HalfEdgeMesh) {
        self.init(name: name, positions: mesh.vertices, triangles: mesh.faces)
    }

    /// The surface with its edges, vertices welded by position.
    ///
    /// - Throws: as `HalfEdgeMesh`.
    public func halfEdges(weldDistance: Double = 0) throws(GeometryError) -> HalfEdgeMesh {
        try HalfEdgeMesh(positions: positions, triangles: triangles, weldDistance: weldDistance)
    }

    /// All surfaces in one.
    public static func joined(_ meshes: [SolidMesh], name: String) -> SolidMesh {
        var result = SolidMesh(name: name)
        for mesh in meshes {
            let base = Int32(result.positions.count)
            result.positions += mesh.positions
            result.triangles += mesh.triangles.map { $0 &+ SIMD3(repeating: base) }
        }
        return result
    }
}
