import Foundation
import KairaGeometry
import KairaScene

/// Surfaces on disk: OBJ, STL, PLY and glTF in, OBJ, STL and GLB out. Only geometry; `docs/formats/solid.md` says what is read.
public enum SolidFile {
    /// The kinds of file.
    public enum Kind: String, Sendable, CaseIterable {
        /// Wavefront OBJ, text.
        case obj
        /// STL, text or binary; written binary, in Float.
        case stl
        /// Stanford PLY, text or binary; only read.
        case ply
        /// glTF 2.0: `.glb`, `.gltf`, `.vrm`; written as GLB, in Float.
        case gltf

        /// The kind that a name's ending says; nil for another ending.
        public init?(path: String) {
            switch URL(filePath: path).pathExtension.lowercased() {
            case "obj": self = .obj
            case "stl": self = .stl
            case "ply": self = .ply
            case "glb", "gltf", "vrm": self = .gltf
            default: return nil
            }
        }
    }

    /// Reads the surfaces of a file, one a group, solid, or node with a mesh; a scene is read in its rest pose.
    ///
    /// - Throws: `FormatsError`; `.unknownKind` where the name's ending is none that is read.
    public static func read(_ path: String) throws(FormatsError) -> [SolidMesh] {
        guard let kind = Kind(path: path) else {
            throw .unknownKind(
                file: path, reason: "solids are read from .obj, .stl, .ply, .glb, .gltf and .vrm: rename or convert it")
        }
        let url = URL(filePath: path)
        let bytes = try SceneFile.bytes(path)
        return try read(
            bytes, kind: kind, file: url.lastPathComponent,
            external: ExternalFiles(folder: url.deletingLastPathComponent()))
    }

    /// Reads surfaces from bytes; ones that the file does not name are called after it.
    ///
    /// - Throws: `FormatsError`; every message names the place in the file.
    public static func read(
        _ bytes: [UInt8], kind: Kind, file: String, external: ExternalFiles? = nil
    ) throws(FormatsError) -> [SolidMesh] {
        var meshes =
            switch kind {
            case .obj: try OBJReader.read(bytes, file: file)
            case .stl: try STLReader.read(bytes, file: file)
            case .ply: try PLYReader.read(bytes, file: file)
            case .gltf: try scene(bytes, file: file, external: external)
            }
        let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
        for i in meshes.indices where meshes[i].name.isEmpty { meshes[i].name = stem }
        return meshes
    }

    /// The bytes of a file with these surfaces.
    ///
    /// - Throws: `FormatsError.cannotWrite` for PLY, and for numbers that single precision cannot hold where the kind has it.
    public static func write(_ meshes: [SolidMesh], kind: Kind) throws(FormatsError) -> [UInt8] {
        switch kind {
        case .obj: return OBJWriter.write(meshes)
        case .stl: return try STLWriter.write(meshes)
        case .gltf: return try GLTFWriter().write(try Scene(solids: meshes))
        case .ply: throw .cannotWrite("PLY is only read: name an .obj, .stl or .glb")
        }
    }

    private static func scene(
        _ bytes: [UInt8], file: String, external: ExternalFiles?
    ) throws(FormatsError) -> [SolidMesh] {
        var reader = GLTFReader()
        (reader.completesNormals, reader.decodesImages) = (false, false)
        let scene = try reader.read(bytes, file: file, external: external)
        let worlds = SceneState(scene).worlds
        var meshes: [SolidMesh] = []
        var last: NodeID?
        for item in GeometryBaker(scene).bake(SceneState(scene)) {
            let node = scene.nodes[item.node]
            guard let mesh = node.mesh else { continue }
            let primitive = scene.meshes[mesh].primitives[item.primitive]
            guard primitive.topology == .triangles else { continue }
            if last != item.node {
                meshes.append(SolidMesh(name: node.name.isEmpty ? scene.meshes[mesh].name : node.name))
                last = item.node
            }
            let m = meshes.count - 1
            let base = Int32(meshes[m].positions.count)
            let count = item.geometry.positions.count
            meshes[m].positions += item.geometry.positions.map { SIMD3<Double>($0) }
            // A mirrored node turns its triangles round (glTF 2.0, 3.7.4).
            let mirrored = node.skin == nil && worlds[item.node.value].linear.determinant < 0
            for t in 0..<primitive.indices.count / 3 {
                let i = primitive.indices[3 * t], j = primitive.indices[3 * t + 1], k = primitive.indices[3 * t + 2]
                guard Int(i) < count, Int(j) < count, Int(k) < count else { continue }
                let triangle = SIMD3(base + Int32(i), base + Int32(j), base + Int32(k))
                meshes[m].triangles.append(mirrored ? SIMD3(triangle.x, triangle.z, triangle.y) : triangle)
            }
        }
        return meshes
    }
}

extension Scene {
    /// A scene of surfaces, one node each, to be drawn or written; positions are rounded to Float.
    ///
    /// - Parameters:
    ///   - solids: the surfaces; those without triangles are left out.
    ///   - flatNormals: gives every triangle its own vertices and normal. Without, primitives have no normals, which glTF
    ///     readers draw the same way.
    /// - Throws: `FormatsError.cannotWrite` for a position that Float cannot hold.
    public init(solids: [SolidMesh], flatNormals: Bool = false) throws(FormatsError) {
        self.init()
        for solid in solids where !solid.triangles.isEmpty {
            var positions = solid.positions.map { SIMD3<Float>($0) }
            guard positions.allSatisfy(\.isFinite) else {
                throw .cannotWrite("\(solid.name): a position is too large for single precision: scale the solid down")
            }
            var indices = solid.triangles.flatMap { [UInt32($0.x), UInt32($0.y), UInt32($0.z)] }
            var normals: [SIMD3<Float>] = []
            if flatNormals {
                positions = indices.map { positions[Int($0)] }
                indices = (0..<UInt32(indices.count)).map { $0 }
                normals.reserveCapacity(positions.count)
                for t in solid.triangles {
                    let (a, b, c) = (
                        solid.positions[Int(t.x)], solid.positions[Int(t.y)], solid.positions[Int(t.z)]
                    )
                    let normal = SIMD3<Float>(direction(cross(b - a, c - a), else: SIMD3(0, 0, 1)))
                    normals += [normal, normal, normal]
                }
            }
            let primitive = Primitive(positions: positions, indices: indices, normals: normals)
            let mesh = MeshID(meshes.count)
            meshes.append(Mesh(name: solid.name, primitives: [primitive]))
            roots.append(NodeID(nodes.count))
            nodes.append(Node(name: solid.name, mesh: mesh))
        }
    }
}
