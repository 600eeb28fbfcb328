import KairaGeometry

extension OBJWriter {
    /// Writes surfaces in Double, an object each; every number reads back as itself.
    public static func write(_ meshes: [SolidMesh]) -> [UInt8] {
        var text = "# metres\n"
        var base = 1
        for (i, mesh) in meshes.enumerated() {
            text += "o \(objectName(mesh.name, i))\n"
            for p in mesh.positions { text += "v \(p.x) \(p.y) \(p.z)\n" }
            for t in mesh.triangles { text += "f \(base + Int(t.x)) \(base + Int(t.y)) \(base + Int(t.z))\n" }
            base += mesh.positions.count
        }
        return Array(text.utf8)
    }

    /// Writes sections, an object each: loops and open chains as lines, the fill as triangles.
    ///
    /// - Throws: `GeometryError.failed` for a section too large to fill.
    public static func write(_ sections: [(name: String, section: MeshSection)]) throws(GeometryError) -> [UInt8] {
        var text = "# metres\n"
        var next = 1
        for (i, entry) in sections.enumerated() {
            let section = entry.section
            text += "o \(objectName(entry.name, i))\n"
            let cap = try section.cap()
            for p in cap.positions + section.openChains.joined() { text += "v \(p.x) \(p.y) \(p.z)\n" }
            for t in cap.triangles { text += "f \(next + Int(t.x)) \(next + Int(t.y)) \(next + Int(t.z))\n" }
            for loop in section.loops {
                text += "l" + loop.indices.map { " \(next + $0)" }.joined() + " \(next)\n"
                next += loop.count
            }
            for chain in section.openChains {
                text += "l" + chain.indices.map { " \(next + $0)" }.joined() + "\n"
                next += chain.count
            }
        }
        return Array(text.utf8)
    }

    /// A name on one line; readers end it there.
    private static func objectName(_ name: String, _ number: Int) -> String {
        let line = String(name.map { $0.isNewline ? " " : $0 }).trimmingPrefix { $0.isWhitespace }
        return line.isEmpty ? "solid\(number + 1)" : String(line)
    }
}
