import KairaGeometry

/// Cuts the polygons of a file into triangles.
enum PolygonFaces {
    /// Appends the triangles of a polygon, whose corners are numbers of positions; polygons of less than three corners have
    /// none.
    ///
    /// Quads are cut along the diagonal that lies inside, larger ones by their ears, seen along the normal (Newell's).
    static func append(
        _ corners: ArraySlice<Int32>, of positions: [SIMD3<Double>], to triangles: inout [SIMD3<Int32>]
    ) {
        let c = Array(corners)
        guard c.count > 2 else { return }
        if c.count == 3 {
            triangles.append(SIMD3(c[0], c[1], c[2]))
            return
        }
        func at(_ i: Int) -> SIMD3<Double> { positions[Int(c[i])] }
        var normal = SIMD3<Double>.zero
        for i in 1..<c.count - 1 { normal += cross(at(i) - at(0), at(i + 1) - at(0)) }
        if c.count == 4 {
            func agrees(_ i: Int, _ j: Int, _ k: Int) -> Bool {
                dot(cross(at(j) - at(i), at(k) - at(i)), normal) > 0
            }
            let first = agrees(0, 1, 2) && agrees(0, 2, 3)
            if first || !(agrees(1, 2, 3) && agrees(1, 3, 0)) {
                triangles += [SIMD3(c[0], c[1], c[2]), SIMD3(c[0], c[2], c[3])]
            } else {
                triangles += [SIMD3(c[1], c[2], c[3]), SIMD3(c[1], c[3], c[0])]
            }
            return
        }
        let size = SIMD3(abs(normal.x), abs(normal.y), abs(normal.z))
        let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
        let flat = c.indices.map { i in
            let p = at(i)
            let q = axis == 0 ? SIMD2(p.y, p.z) : axis == 1 ? SIMD2(p.z, p.x) : SIMD2(p.x, p.y)
            return normal[axis] < 0 ? SIMD2(q.y, q.x) : q
        }
        if c.count <= 4096,
            let ears = try? PolygonTriangulation(points: flat, outer: (0..<Int32(c.count)).map { $0 }).triangles()
        {
            triangles += ears.map { SIMD3(c[Int($0.x)], c[Int($0.y)], c[Int($0.z)]) }
        } else {
            // So large a polygon is no drawing's: a fan, which closes what it closes.
            for i in 1..<c.count - 1 { triangles.append(SIMD3(c[0], c[i], c[i + 1])) }
        }
    }
}
