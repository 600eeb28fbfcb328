import KairaGeometry

/// Turns a signed distance field into a closed mesh.
///
/// Source: Gibson, "Constrained Elastic Surface Nets", MICCAI 1998, in its plain form: one vertex in each cell that the
/// surface crosses, one quad across each grid edge that it crosses. The vertices are then moved onto the surface.
package struct SurfaceNet {
    /// What is meshed, metres; the solid must lie within.
    package var bounds: BoundingBox
    /// The side of a cell, metres.
    package var cell: Float

    /// A mesher from its parts.
    package init(bounds: BoundingBox, cell: Float) {
        self.bounds = bounds
        self.cell = cell
    }

    /// Meshes the zero level of a field.
    package func mesh(_ field: (SIMD3<Float>) -> Float) -> (positions: [SIMD3<Float>], indices: [UInt32]) {
        let size = bounds.size
        let (nx, ny, nz) = (Int(size.x / cell) + 2, Int(size.y / cell) + 2, Int(size.z / cell) + 2)
        func index(_ i: Int, _ j: Int, _ k: Int) -> Int { (k * ny + j) * nx + i }
        func place(_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Float> {
            bounds.min + SIMD3(Float(i), Float(j), Float(k)) * cell
        }
        var values = [Float](repeating: 0, count: nx * ny * nz)
        for k in 0..<nz { for j in 0..<ny { for i in 0..<nx { values[index(i, j, k)] = field(place(i, j, k)) } } }
        var vertex = [Int32](repeating: -1, count: values.count)
        var positions: [SIMD3<Float>] = []
        for k in 0..<nz - 1 {
            for j in 0..<ny - 1 {
                for i in 0..<nx - 1 {
                    var sum = SIMD3<Float>.zero
                    var crossings: Float = 0
                    for axis in 0..<3 {
                        for corner in 0..<4 {
                            var a = SIMD3<Int>.zero
                            a[(axis + 1) % 3] = corner & 1
                            a[(axis + 2) % 3] = corner >> 1
                            var b = a
                            b[axis] = 1
                            let va = values[index(i + a.x, j + a.y, k + a.z)]
                            let vb = values[index(i + b.x, j + b.y, k + b.z)]
                            guard (va < 0) != (vb < 0) else { continue }
                            sum += lerp(
                                place(i + a.x, j + a.y, k + a.z), place(i + b.x, j + b.y, k + b.z), va / (va - vb))
                            crossings += 1
                        }
                    }
                    guard crossings > 0 else { continue }
                    vertex[index(i, j, k)] = Int32(positions.count)
                    var p = sum / crossings
                    for _ in 0..<2 {
                        let d = min(max(field(p), -cell / 2), cell / 2)
                        p -= SignedDistance.gradient(at: p, of: field) * d
                    }
                    positions.append(p)
                }
            }
        }
        var indices: [UInt32] = []
        for k in 0..<nz - 1 {
            for j in 0..<ny - 1 {
                for i in 0..<nx - 1 {
                    let at = SIMD3(i, j, k)
                    for axis in 0..<3 {
                        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
                        guard at[u] > 0, at[v] > 0 else { continue }
                        var end = at
                        end[axis] += 1
                        let inside = values[index(i, j, k)] < 0
                        guard inside != (values[index(end.x, end.y, end.z)] < 0) else { continue }
                        var quad: [UInt32] = []
                        for (du, dv) in [(1, 1), (0, 1), (0, 0), (1, 0)] {
                            var c = at
                            c[u] -= du
                            c[v] -= dv
                            quad.append(UInt32(max(vertex[index(c.x, c.y, c.z)], 0)))
                        }
                        if !inside { quad.reverse() }
                        // The shorter diagonal.
                        let p = quad.map { positions[Int($0)] }
                        if distance(p[0], p[2]) <= distance(p[1], p[3]) {
                            indices += [quad[0], quad[1], quad[2], quad[0], quad[2], quad[3]]
                        } else {
                            indices += [quad[0], quad[1], quad[3], quad[1], quad[2], quad[3]]
                        }
                    }
                }
            }
        }
        return (positions, indices)
    }
}
