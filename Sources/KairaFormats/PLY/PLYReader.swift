import KairaGeometry

/// Reads the surface of a Stanford PLY file: text, little or big endian.
///
/// Vertices are `x`, `y`, `z` of the element `vertex`, faces the list `vertex_indices` or `vertex_index` of `face`; polygons
/// are cut into triangles, all other properties and elements are passed over.
public enum PLYReader {
    /// Reads the surface, as one mesh without a name.
    ///
    /// - Throws: `FormatsError.malformed` with the byte or the line; counts are held against the file's size first.
    public static func read(_ bytes: [UInt8], file: String = "PLY") throws(FormatsError) -> [SolidMesh] {
        let header = try PLYHeader(bytes, file: file)
        var values = PLYValues(bytes, header, file: file)
        var positions: [SIMD3<Double>] = []
        var corners: [Int32] = []
        var ends: [Int] = []
        for element in header.elements {
            try values.expect(element)
            let isVertex = element.name == "vertex"
            let isFace = element.name == "face"
            let axes = ["x", "y", "z"].map { name in
                element.properties.firstIndex { $0.name == name && $0.count == nil }
            }
            let list = element.properties.firstIndex {
                ($0.name == "vertex_indices" || $0.name == "vertex_index") && $0.count != nil
            }
            if isVertex {
                guard axes.allSatisfy({ $0 != nil }) else {
                    throw .malformed(file: file, at: "header", reason: "the vertices lack x, y or z")
                }
                positions.reserveCapacity(element.count)
            }
            if isFace, list == nil {
                throw .malformed(file: file, at: "header", reason: "the faces lack the list vertex_indices")
            }
            // Elements without properties have no bytes, whatever their number.
            for row in 0..<(element.properties.isEmpty ? 0 : element.count) {
                var p = SIMD3<Double>.zero
                for (i, property) in element.properties.enumerated() {
                    guard let countType = property.count else {
                        let value = try values.next(property.type)
                        if isVertex, let k = axes.firstIndex(of: i) { p[k] = value }
                        continue
                    }
                    let count = try values.next(countType)
                    guard count >= 0, count < 1e9, count == count.rounded() else {
                        throw values.failure("a list of \(count) entries")
                    }
                    try values.expect(Int(count), property.type)
                    for _ in 0..<Int(count) {
                        let value = try values.next(property.type)
                        guard isFace, i == list else { continue }
                        guard value >= 0, value < 2147483647, value == value.rounded() else {
                            throw values.failure("face \(row + 1) names vertex \(value)")
                        }
                        corners.append(Int32(value))
                    }
                }
                if isVertex {
                    guard p.isFinite else { throw values.failure("vertex \(row + 1) is not finite") }
                    positions.append(p)
                }
                if isFace { ends.append(corners.count) }
                values.endRow()
            }
        }
        var mesh = SolidMesh(positions: positions)
        var start = 0
        for (i, end) in ends.enumerated() {
            let slice = corners[start..<end]
            start = end
            for c in slice where Int(c) >= positions.count {
                throw .malformed(
                    file: file, at: "face \(i + 1)", reason: "it names vertex \(c), and there are \(positions.count)")
            }
            PolygonFaces.append(slice, of: positions, to: &mesh.triangles)
        }
        return mesh.triangles.isEmpty ? [] : [mesh]
    }
}
