import KairaGeometry

extension OBJWriter {
    /// Writes surfaces in Double, an object each; every number reads back as itself.
    ///
    /// Objects of one name would be read as one: the second and further ones of a name get a number behind it.
    public static func write(_ meshes: [SolidMesh]) -> [UInt8] {
        var text = "# metres\n"
        var base = 1
        for (mesh, name) in zip(meshes, objectNames(meshes.map(\.name))) {
            text += "o \(name)\n"
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
        for (entry, name) in zip(sections, objectNames(sections.map(\.name))) {
            let section = entry.section
            text += "o \(name)\n"
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

    /// Names on one line each, at most 200 bytes and a number long, no two alike: readers end a name with its line, may cut
    /// a long one, and put together what is called the same.
    private static func objectNames(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        var numbers: [String: Int] = [:]
        return names.enumerated().map { i, name in
            var line = String.UnicodeScalarView()
            var bytes = 0
            for scalar in name.unicodeScalars {
                bytes += UTF8.width(scalar)
                guard bytes <= 200 else { break }
                let isBlank = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
                if !isBlank || !line.isEmpty { line.append(isBlank ? " " : scalar) }
            }
            while line.last == " " { line.removeLast() }
            let plain = line.isEmpty ? "solid\(i + 1)" : String(line)
            var own = plain
            while !taken.insert(own).inserted {
                numbers[plain, default: 1] += 1
                own = "\(plain) \(numbers[plain, default: 1])"
            }
            return own
        }
    }
}
