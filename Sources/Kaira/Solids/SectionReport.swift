import KairaGeometry

/// What a plane cuts; JSON of schema `kaira.section/1`.
public struct SectionReport: Sendable, Encodable {
    /// One surface's section.
    public struct Entry: Sendable, Encodable {
        /// The surface.
        public var name: String
        /// Closed polygons, holes among them.
        public var loops: Int
        /// Lines that end where the surface is open.
        public var openChains: Int
        /// Square metres, holes taken off.
        public var area: Double
        /// Of all lines, metres.
        public var length: Double
    }

    /// The schema's name.
    public let schema = "kaira.section/1"
    /// The file.
    public var file: String
    /// a, b, c, d of a x + b y + c z + d = 0, the normal of length 1.
    public var plane: [Double]
    /// Its surfaces, those that the plane misses too.
    public var meshes: [Entry]

    /// All areas together, square metres.
    public var area: Double { meshes.reduce(0) { $0 + $1.area } }

    /// One line for a person.
    public var sentence: String {
        let (loops, chains) = meshes.reduce((0, 0)) { ($0.0 + $1.loops, $0.1 + $1.openChains) }
        let open = chains > 0 ? ", \(chains) open lines (the surface has holes)" : ""
        return loops + chains == 0 ? "the plane cuts nothing" : "\(loops) closed loops, area \(area) m^2\(open)"
    }

    init(file: String, plane: Plane, _ sections: [(String, MeshSection)]) {
        self.file = file
        self.plane = [plane.normal.x, plane.normal.y, plane.normal.z, -plane.offset]
        meshes = sections.map { name, section in
            Entry(
                name: name, loops: section.loops.count, openChains: section.openChains.count, area: section.area,
                length: section.length)
        }
    }
}
