/// Volume, area, centroid and inertia of a closed mesh of unit density.
///
/// Sums over the triangles in their order, about the middle of the box, in Double (Lien and Kajiya, "A Symbolic Method for
/// Calculating the Integral Properties of Arbitrary Nonconvex Polyhedra", 1984). A mesh that is inside out has a negative
/// volume and inertia.
public struct MassProperties: Sendable, Equatable {
    /// Cubic metres; negative where the faces point inwards.
    public let volume: Double
    /// Square metres.
    public let area: Double
    /// The centre of mass, metres; nil where the volume is 0.
    public let centroid: SIMD3<Double>?
    /// The rows of the inertia tensor about the centroid, kg m^2 at 1 kg/m^3; nil where the volume is 0.
    public let inertia: [SIMD3<Double>]?

    /// Measures a mesh.
    ///
    /// - Throws: `GeometryError.openShell` where the mesh does not bound a region; the message says where it is open.
    public init(_ mesh: HalfEdgeMesh) throws(GeometryError) {
        if let reason = mesh.reasonItIsOpen { throw .openShell(what: "volume", reason: reason) }
        let origin = mesh.bounds.center
        var (volume, area) = (0.0, 0.0)
        var moment = SIMD3<Double>.zero
        var squares = SIMD3<Double>.zero  // xx, yy, zz
        var products = SIMD3<Double>.zero  // xy, yz, zx
        for f in mesh.faces.indices {
            let corners = mesh.corners(f)
            let (a, b, c) = (corners.a - origin, corners.b - origin, corners.c - origin)
            area += length(mesh.areaVector(f))
            let v = dot(a, cross(b, c)) / 6
            let s = a + b + c
            volume += v
            moment += s * (v / 4)
            for p in [a, b, c, s] {
                let weighted: SIMD3<Double> = p * (v / 20)
                squares += weighted * p
                products += weighted * Self.turned(p)
            }
        }
        self.volume = volume
        self.area = area
        // What rounding leaves of a flat shell is no volume.
        let size = mesh.bounds.diagonal
        guard abs(volume) > 1e-15 * area * size, volume.isFinite else {
            (centroid, inertia) = (nil, nil)
            return
        }
        let center = moment / volume
        let second = squares - center * center * volume
        let mixed = products - center * Self.turned(center) * volume
        centroid = origin + center
        let trace = second.x + second.y + second.z
        inertia = [
            SIMD3(trace - second.x, -mixed.x, -mixed.z), SIMD3(-mixed.x, trace - second.y, -mixed.y),
            SIMD3(-mixed.z, -mixed.y, trace - second.z),
        ]
    }

    /// `v * turned(v)` is (xy, yz, zx).
    private static func turned(_ v: SIMD3<Double>) -> SIMD3<Double> { SIMD3(v.y, v.z, v.x) }
}

extension HalfEdgeMesh {
    /// The sum of the faces' areas, square metres; open meshes have one too.
    public var area: Double { faces.indices.reduce(0) { $0 + length(areaVector($1)) } }

    /// Why the mesh bounds no region, as half a sentence; nil for a closed one.
    public var reasonItIsOpen: String? {
        guard !faces.isEmpty else { return "it has no faces" }
        var (borders, turned) = (0, 0)
        var first: Edge?
        for edge in edges where edge.direction != 0 {
            if edge.faceCount == 1 { borders += 1 } else { turned += 1 }
            if first == nil { first = edge }
        }
        guard let first else { return nil }
        let (a, b) = (vertices[Int(first.low)], vertices[Int(first.high)])
        var parts: [String] = []
        if borders > 0 { parts.append("\(borders) of \(edges.count) edges have a face on one side only") }
        if turned > 0 { parts.append("\(turned) edges join faces that are wound differently") }
        return parts.joined(separator: " and ")
            + ", the first between (\(a.x), \(a.y), \(a.z)) and (\(b.x), \(b.y), \(b.z))"
    }
}
