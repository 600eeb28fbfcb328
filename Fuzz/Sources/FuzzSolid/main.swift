import FuzzDriver
import KairaFormats
import KairaGeometry

// Reads whatever bytes come in as a surface (the first byte says as what), and examines, cuts, asks and writes what was read:
// nothing may trap, hang or take much memory; a closed mesh stays closed when it is cut, and OBJ reads back as it was.
fuzz { bytes in
    guard let first = bytes.first else { return }
    let kind: SolidFile.Kind = [.obj, .stl, .ply][Int(first) % 3]
    guard let meshes = try? SolidFile.read(Array(bytes.dropFirst()), kind: kind, file: "fuzz") else { return }
    for solid in meshes {
        guard let mesh = try? solid.halfEdges() else { fatalError("a reader gave a mesh with wrong indices") }
        let report = MeshReport(mesh)
        _ = report.problems
        let plane = Plane.level(mesh.bounds.isEmpty ? 0 : mesh.bounds.center.y)
        _ = try? MeshSection(mesh, plane: plane).cap()
        if report.isClosed, let half = try? mesh.cut(by: plane, keeping: .below), !half.faces.isEmpty {
            guard half.isClosed else { fatalError("a cut left a closed mesh open") }
        }
        _ = try? WindingNumber(mesh).values(at: [.zero, mesh.bounds.center], threads: 1)
    }
    guard let written = try? SolidFile.write(meshes, kind: .obj) else { return }
    guard let again = try? SolidFile.read(written, kind: .obj, file: "again"),
        again.map(\.triangles.count) == meshes.map(\.triangles.count)
    else { fatalError("an OBJ that was written cannot be read") }
    for kind in [SolidFile.Kind.stl, .gltf] {
        if let written = try? SolidFile.write(meshes, kind: kind) {
            guard (try? SolidFile.read(written, kind: kind, file: "again")) != nil else {
                fatalError("a \(kind) that was written cannot be read")
            }
        }
    }
}

extension Plane {
    fileprivate static func level(_ y: Double) -> Plane {
        guard let plane = try? Plane(normal: SIMD3(0.1, 1, 0.2), offset: y) else {
            guard let level = try? Plane(0, 1, 0, 0) else { fatalError("a level plane has a normal") }
            return level
        }
        return plane
    }
}
