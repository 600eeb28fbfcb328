import KairaGeometry
import KairaScene

/// Wavefront OBJ of baked geometry: one group a primitive, world space, metres.
public enum OBJWriter {
    /// Writes triangles with positions and normals; points and lines are left out.
    ///
    /// Triangles of a mirrored node are turned round, as glTF 2.0 (3.7.4) asks of a negative determinant: OBJ's are always
    /// counter-clockwise.
    public static func write(_ items: [GeometryBaker.Item], of scene: Scene) -> [UInt8] {
        var text = "# positions in metres, +Y up\n"
        var base = 1
        let worlds = SceneState(scene).worlds
        for item in items {
            guard let mesh = scene.nodes[item.node].mesh else { continue }
            let primitive = scene.meshes[mesh].primitives[item.primitive]
            guard primitive.topology == .triangles else { continue }
            text += "g node\(item.node.value)_\(item.primitive)\n"
            // Swift prints the shortest digits that read back as the same Float.
            for p in item.geometry.positions { text += "v \(p.x) \(p.y) \(p.z)\n" }
            let mirrored =
                scene.nodes[item.node].skin == nil && worlds[item.node.value].linear.determinant < 0
            let hasNormals = item.geometry.normals.count == item.geometry.positions.count
            if hasNormals { for n in item.geometry.normals { text += "vn \(n.x) \(n.y) \(n.z)\n" } }
            for t in stride(from: 0, to: primitive.indices.count - 2, by: 3) {
                let corners = primitive.indices[t..<t + 3]
                // A triangle of a point the geometry lacks would make the whole file invalid.
                guard corners.allSatisfy({ Int($0) < item.geometry.positions.count }) else { continue }
                text += "f"
                for k in mirrored ? [0, 2, 1] : [0, 1, 2] {
                    let i = Int(primitive.indices[t + k]) + base
                    text += hasNormals ? " \(i)//\(i)" : " \(i)"
                }
                text += "\n"
            }
            // Normals are numbered as positions are: every group has both or none.
            if !hasNormals, !item.geometry.positions.isEmpty {
                for _ in item.geometry.positions { text += "vn 0 0 1\n" }
            }
            base += item.geometry.positions.count
        }
        return Array(text.utf8)
    }
}
