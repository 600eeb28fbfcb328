import Foundation
import KairaFormats
import KairaGeometry

/// A file of surfaces as the verbs of `kaira solid` take it.
public struct SolidInput: Sendable {
    /// The file: .obj, .stl, .ply, .glb, .gltf or .vrm.
    public var path: String
    /// Vertices nearer than this are one, metres; 0 joins equal ones.
    public var weldDistance: Double
    /// Whether all surfaces count as one.
    public var joins: Bool

    /// An input from its parts.
    public init(_ path: String, weldDistance: Double = 0, joins: Bool = false) {
        (self.path, self.weldDistance, self.joins) = (path, weldDistance, joins)
    }

    /// The surfaces of the file.
    ///
    /// - Throws: `KairaError.noInput`, `.badData` for a file without any, `.usage` for a bad distance; `FormatsError`;
    ///   `GeometryError`.
    public func meshes() throws -> [(name: String, mesh: HalfEdgeMesh)] {
        guard weldDistance >= 0, weldDistance.isFinite else {
            throw KairaError.usage("--weld takes a length of 0 or more, in metres")
        }
        try OutputPath.requireFile(path)
        var solids = try SolidFile.read(path)
        guard !solids.isEmpty else { throw KairaError.badData(path: path, reason: "it has no triangles") }
        if joins {
            solids = [.joined(solids, name: URL(filePath: path).deletingPathExtension().lastPathComponent)]
        }
        return try solids.map { ($0.name, try $0.halfEdges(weldDistance: weldDistance)) }
    }

    /// The file as one closed solid: what is inside any of its surfaces, or what all of them bound together.
    ///
    /// - Throws: as `meshes`, and `GeometryError.openShell` with the file's name in front.
    func solid() throws -> HalfEdgeMesh {
        let parts = try meshes()
        if parts.count == 1 || !parts.allSatisfy({ $0.mesh.isClosed }) {
            let all = try SolidInput(path, weldDistance: weldDistance, joins: true).meshes()[0].mesh
            if let reason = all.reasonItIsOpen { throw GeometryError.openShell(what: path, reason: reason) }
            return all
        }
        return try SolidBoolean(.union)(parts.map(\.mesh))
    }
}
