import KairaGeometry

/// Writes binary STL: one solid, Float, facet normals from the corners.
public enum STLWriter {
    /// Writes all surfaces as one.
    ///
    /// - Throws: `FormatsError.cannotWrite` for a position that Float cannot hold or more than 2^32 - 1 triangles.
    public static func write(_ meshes: [SolidMesh]) throws(FormatsError) -> [UInt8] {
        let count = meshes.reduce(0) { $0 + $1.triangles.count }
        guard count <= Int(UInt32.max) else { throw .cannotWrite("STL cannot hold \(count) triangles") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(84 + 50 * count)
        func put(_ value: UInt32) { for k in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * k))) } }
        func put(_ v: SIMD3<Float>) { for k in 0..<3 { put(v[k].bitPattern) } }
        // Not "solid" at the start: that would say that text follows.
        let header = Array("binary STL by Kaira, metres".utf8)
        bytes += header + [UInt8](repeating: 0x20, count: 80 - header.count)
        put(UInt32(count))
        for mesh in meshes {
            for t in mesh.triangles {
                let corners = (0..<3).map { mesh.positions[Int(t[$0])] }
                let normal = direction(cross(corners[1] - corners[0], corners[2] - corners[0]), else: .zero)
                put(SIMD3<Float>(normal))
                for p in corners {
                    let single = SIMD3<Float>(p)
                    guard single.isFinite else {
                        throw .cannotWrite("\(mesh.name): a position is too large for STL's single precision")
                    }
                    put(single)
                }
                bytes += [0, 0]
            }
        }
        return bytes
    }
}
