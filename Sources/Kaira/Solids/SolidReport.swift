import KairaFormats
import KairaGeometry

/// What a file's surfaces are as solids; JSON of schema `kaira.solid/1`.
public struct SolidReport: Sendable, Encodable {
    /// One surface.
    public struct Entry: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// Whether it bounds a region.
        public var closed: Bool
        /// Cubic metres, negative for a surface that is inside out; null for an open one.
        public var volume: Double?
        /// Square metres.
        public var area: Double
        /// The centre of mass of unit density, metres; null for an open surface or one without volume.
        public var centroid: [Double]?
        /// The 3 rows of the inertia tensor about the centroid at unit density; null where the centroid is.
        public var inertia: [[Double]]?
        /// Parts that no edge joins.
        public var components: Int
        /// Vertices - edges + faces.
        public var euler: Int
        /// Handles; null unless it is a closed manifold.
        public var genus: Int?
        /// Vertices in use, edges and faces, after welding.
        public var vertices, edges, faces: Int
        /// The least and greatest corner of the box round it; null without faces.
        public var bounds: [[Double]]?
        /// Why it has no volume; null where it has one.
        public var openBecause: String?
        /// What is wrong, a sentence each.
        public var problems: [String]

        private enum Key: String, CodingKey {
            case name, closed, volume, area, centroid, inertia, components, euler, genus, vertices, edges, faces, bounds
            case openBecause = "open_because"
            case problems
        }

        /// Every key is there, null where the surface has no such measure.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(closed, forKey: .closed)
            try container.encode(volume, forKey: .volume)
            try container.encode(area, forKey: .area)
            try container.encode(centroid, forKey: .centroid)
            try container.encode(inertia, forKey: .inertia)
            try container.encode(components, forKey: .components)
            try container.encode(euler, forKey: .euler)
            try container.encode(genus, forKey: .genus)
            try container.encode(vertices, forKey: .vertices)
            try container.encode(edges, forKey: .edges)
            try container.encode(faces, forKey: .faces)
            try container.encode(bounds, forKey: .bounds)
            try container.encode(openBecause, forKey: .openBecause)
            try container.encode(problems, forKey: .problems)
        }

        /// Examines a surface.
        public init(name: String, _ mesh: HalfEdgeMesh) {
            let report = MeshReport(mesh)
            self.name = name
            closed = report.isClosed
            components = report.components
            (euler, genus) = (report.eulerNumber, report.genus)
            (vertices, edges, faces) = (report.vertices, report.edges, report.faces)
            problems = report.problems
            let box = mesh.bounds
            bounds = box.isEmpty ? nil : [Self.list(box.min), Self.list(box.max)]
            area = mesh.area
            do throws(GeometryError) {
                let mass = try MassProperties(mesh)
                volume = mass.volume.isFinite ? mass.volume : nil
                // Positions near the largest numbers have sums that overflow: JSON has none of those.
                if let center = mass.centroid, let rows = mass.inertia, (rows + [center]).allSatisfy(\.isFinite) {
                    centroid = Self.list(center)
                    inertia = rows.map(Self.list)
                }
            } catch {
                openBecause = mesh.reasonItIsOpen
            }
            if !area.isFinite { area = 0 }
        }

        private static func list(_ v: SIMD3<Double>) -> [Double] { [v.x, v.y, v.z] }
    }

    /// The schema's name.
    public let schema = "kaira.solid/1"
    /// The file.
    public var file: String
    /// Its surfaces.
    public var meshes: [Entry]

    /// Whether every surface has a volume.
    public var allAreClosed: Bool { meshes.allSatisfy(\.closed) }

    /// Lines for a person.
    public var text: String {
        var lines: [String] = []
        for mesh in meshes {
            lines.append(
                "\(mesh.name): \(mesh.closed ? "closed" : "open"), \(mesh.faces) faces, \(mesh.vertices) vertices")
            var measures = ["area \(mesh.area) m^2"]
            if let volume = mesh.volume { measures.insert("volume \(volume) m^3", at: 0) }
            lines.append("  " + measures.joined(separator: ", "))
            if let c = mesh.centroid { lines.append("  centroid \(c[0]) \(c[1]) \(c[2]) m") }
            for (i, row) in (mesh.inertia ?? []).enumerated() {
                lines.append("  \(i == 0 ? "inertia " : "        ") \(row[0]) \(row[1]) \(row[2])")
            }
            let genus = mesh.genus.map { ", genus \($0)" } ?? ""
            lines.append("  components \(mesh.components), Euler number \(mesh.euler)\(genus)")
            for problem in mesh.problems { lines.append("  problem: \(problem)") }
            if let reason = mesh.openBecause { lines.append("  no volume: \(reason)") }
        }
        return lines.isEmpty ? "\(file): no surface" : lines.joined(separator: "\n")
    }

    /// Examines surfaces.
    public init(file: String, _ meshes: [(name: String, mesh: HalfEdgeMesh)]) {
        self.file = file
        self.meshes = meshes.map { Entry(name: $0.name, $0.mesh) }
    }
}
