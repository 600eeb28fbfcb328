extension HalfEdgeMesh {
    /// The part of a closed mesh on one side of a plane, closed by a cap.
    ///
    /// The cut follows the same rule as `MeshSection`: a vertex in the plane is above.
    ///
    /// - Returns: a mesh without faces where nothing of the solid is on that side.
    /// - Throws: `GeometryError.openShell` for an open mesh, `.failed` for a cut too large to fill.
    public func cut(by plane: Plane, keeping side: PlaneSide) throws(GeometryError) -> HalfEdgeMesh {
        if let reason = reasonItIsOpen { throw .openShell(what: "a cut", reason: reason) }
        let heights = vertices.map { plane.height(of: $0) }
        func isKept(_ v: Int32) -> Bool { (heights[Int(v)] >= 0) == (side == .above) }
        var positions = vertices
        var triangles: [SIMD3<Int32>] = []
        var crossings = [Int32](repeating: -1, count: edges.count)
        func crossing(_ halfEdge: Int) -> Int32 {
            let e = Int(edgeOfHalfEdge[halfEdge])
            if crossings[e] < 0 {
                let (low, high) = (Int(edges[e].low), Int(edges[e].high))
                crossings[e] = Int32(positions.count)
                positions.append(MeshSection.crossing(vertices[low], heights[low], vertices[high], heights[high]))
            }
            return crossings[e]
        }
        for (f, face) in faces.enumerated() {
            let kept = (isKept(face.x), isKept(face.y), isKept(face.z))
            switch (kept.0 ? 1 : 0) + (kept.1 ? 1 : 0) + (kept.2 ? 1 : 0) {
            case 3: triangles.append(face)
            case 1:
                let k = kept.0 ? 0 : kept.1 ? 1 : 2
                triangles.append(SIMD3(face[k], crossing(3 * f + k), crossing(3 * f + (k + 2) % 3)))
            case 2:
                // k is the corner that goes.
                let k = !kept.0 ? 0 : !kept.1 ? 1 : 2
                let (a, b) = (face[(k + 1) % 3], face[(k + 2) % 3])
                let (toA, fromB) = (crossing(3 * f + k), crossing(3 * f + (k + 2) % 3))
                triangles.append(SIMD3(a, b, fromB))
                triangles.append(SIMD3(a, fromB, toA))
            default: break
            }
        }
        let cap = try MeshSection(self, plane: plane).cap()
        let base = Int32(positions.count)
        positions += cap.positions
        for t in cap.triangles {
            let moved = t &+ SIMD3(repeating: base)
            triangles.append(side == .below ? moved : SIMD3(moved.x, moved.z, moved.y))
        }
        // Equal positions become one vertex, and what a vertex in the plane made of no width is left out.
        let result = try HalfEdgeMesh(positions: positions, triangles: triangles)
        return try result.compacted()
    }

    /// The same faces without the vertices that none of them uses.
    public func compacted() throws(GeometryError) -> HalfEdgeMesh {
        var numbers = [Int32](repeating: -1, count: vertices.count)
        var positions: [SIMD3<Double>] = []
        let triangles = faces.map { face in
            var new = SIMD3<Int32>.zero
            for k in 0..<3 {
                let v = Int(face[k])
                if numbers[v] < 0 {
                    numbers[v] = Int32(positions.count)
                    positions.append(vertices[v])
                }
                new[k] = numbers[v]
            }
            return new
        }
        return try HalfEdgeMesh(positions: positions, triangles: triangles)
    }
}
