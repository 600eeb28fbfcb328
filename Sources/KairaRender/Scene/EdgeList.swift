import KairaScene

/// The edges of a triangle mesh, each with the opposite corners of its triangles, four indices an edge (GL's
/// `LINES_ADJACENCY`). Vertices at one place count as one: texture seams are no edges. A border has its one triangle twice.
struct EdgeList {
    private(set) var indices: [UInt32] = []

    init(_ primitive: Primitive) {
        guard primitive.topology == .triangles else { return }
        var places: [SIMD3<Float>: UInt32] = [:]
        let welded = primitive.positions.map { p -> UInt32 in
            // -0 and 0 are one place.
            let place = p + SIMD3<Float>.zero
            if let known = places[place] { return known }
            let fresh = UInt32(places.count)
            places[place] = fresh
            return fresh
        }
        struct Half {
            var opposite: UInt32
            var from: UInt32
            var to: UInt32
        }
        var open: [SIMD2<UInt32>: Half] = [:]
        var order: [SIMD2<UInt32>] = []
        for t in stride(from: 0, to: primitive.indices.count - 2, by: 3) {
            let corners = [primitive.indices[t], primitive.indices[t + 1], primitive.indices[t + 2]]
            let ids = corners.map { welded[Int($0)] }
            if ids[0] == ids[1] || ids[1] == ids[2] || ids[2] == ids[0] { continue }
            for k in 0..<3 {
                let (a, b, opposite) = (corners[k], corners[(k + 1) % 3], corners[(k + 2) % 3])
                let (i, j) = (ids[k], ids[(k + 1) % 3])
                let key = SIMD2(min(i, j), max(i, j))
                if let half = open.removeValue(forKey: key) {
                    indices += [half.opposite, half.from, half.to, opposite]
                } else {
                    open[key] = Half(opposite: opposite, from: a, to: b)
                    order.append(key)
                }
            }
        }
        for key in order {
            if let half = open.removeValue(forKey: key) {
                indices += [half.opposite, half.from, half.to, half.opposite]
            }
        }
    }
}
