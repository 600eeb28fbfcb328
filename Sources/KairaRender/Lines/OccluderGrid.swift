import KairaGeometry

/// The triangles that can hide something, in the picture, on a grid.
struct OccluderGrid: Sendable {
    /// Which sides of an item's faces are drawn.
    enum Sides {
        case none, front, both
    }

    /// A triangle in the picture.
    struct Triangle {
        /// Pixels right and down, and depth; wound so that `area` is positive.
        var a, b, c: SIMD3<Double>
        /// Twice its area, pixels^2.
        var area: Double
        /// Corners over all bodies.
        var vertices: SIMD3<Int32>
    }

    private(set) var triangles: [Triangle] = []
    private let origin, size: SIMD2<Double>
    private var columns = 1
    private var rows = 1
    private var starts: [Int32] = [0, 0]
    private var list: [Int32] = []
    private let source: LineProjection

    init(_ projection: LineProjection) {
        source = projection
        let margin = SIMD2(repeating: LineProjection.margin)
        (origin, size) = (-margin, projection.size + margin * 2)
    }

    /// Adds the faces of a body that are drawn; with heights over a section plane only what of them is kept.
    mutating func add(
        _ body: DrawingBody, positions: [SIMD3<Float>], base: Int32, isMirrored: Bool, heights: [Double]? = nil,
        sides: (Int) -> Sides
    ) {
        let clip = positions.map { source.clip($0) }
        for (face, corners) in body.faces.enumerated() {
            let shown = sides(Int(body.itemOfFace[face]))
            guard shown != .none else { continue }
            add(corners, clip: clip, base: base, heights: heights, front: shown == .both ? nil : !isMirrored)
        }
    }

    /// Adds triangles that hide from both sides; with heights over a section plane only what of them is kept.
    mutating func add(
        _ triangles: [SIMD3<Int32>], positions: [SIMD3<Float>], base: Int32, heights: [Double]? = nil
    ) {
        let clip = positions.map { source.clip($0) }
        for corners in triangles { add(corners, clip: clip, base: base, heights: heights, front: nil) }
    }

    private mutating func add(
        _ corners: SIMD3<Int32>, clip: [SIMD4<Double>], base: Int32, heights: [Double]?, front: Bool?
    ) {
        var polygon = [clip[Int(corners.x)], clip[Int(corners.y)], clip[Int(corners.z)]]
        if let heights {
            polygon = Self.kept(polygon, [heights[Int(corners.x)], heights[Int(corners.y)], heights[Int(corners.z)]])
        }
        polygon = Self.kept(polygon, polygon.map(LineProjection.isBefore))
        guard polygon.count >= 3, polygon.allSatisfy({ $0.w > 1e-12 }) else { return }
        let places = polygon.map { source.place($0) }
        let vertices = SIMD3(base + corners.x, base + corners.y, base + corners.z)
        for k in 1..<places.count - 1 {
            append(places[0], places[k], places[k + 1], vertices: vertices, front: front)
        }
    }

    /// Adds a triangle in the picture; where `front` is not nil, only if that is the sign of its front side.
    private mutating func append(
        _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>, vertices: SIMD3<Int32>, front: Bool?
    ) {
        let (low, high) = (origin, origin + size)
        // y points down: a front face, counter-clockwise in the world, has a negative area here.
        let area = Self.cross(b - a, c - a)
        guard front == nil || (area < 0) == front, abs(area) > 1e-9, area.isFinite else { return }
        let least = pointwiseMin(pointwiseMin(a, b), c)
        let most = pointwiseMax(pointwiseMax(a, b), c)
        guard most.x >= low.x, most.y >= low.y, least.x <= high.x, least.y <= high.y else { return }
        triangles.append(
            area > 0
                ? Triangle(a: a, b: b, c: c, area: area, vertices: vertices)
                : Triangle(a: a, b: c, c: b, area: -area, vertices: vertices))
    }

    private static func cross(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> Double { u.x * v.y - u.y * v.x }

    /// Sorts the triangles into cells, about one cell a triangle.
    mutating func build() {
        let aspect = size.x / size.y
        let side = (Double(max(triangles.count, 1)) / aspect).squareRoot()
        rows = min(max(Int(side), 1), 512)
        columns = min(max(Int(side * aspect), 1), 1024)
        // Many triangles that each fill the picture would be listed in every cell: then larger cells do.
        while rows * columns > 1, triangles.reduce(0, { $0 + cells(of: $1).count }) > 24 * triangles.count + 1_000_000 {
            rows = max(rows / 2, 1)
            columns = max(columns / 2, 1)
        }
        var counts = [Int32](repeating: 0, count: rows * columns + 1)
        for triangle in triangles { forCells(of: triangle) { counts[$0 + 1] += 1 } }
        for cell in 0..<rows * columns { counts[cell + 1] += counts[cell] }
        starts = counts
        // Local: a call on `self` holds a copy of its arrays, and each write would copy them in turn.
        var list = [Int32](repeating: 0, count: Int(counts[rows * columns]))
        for (index, triangle) in triangles.enumerated() {
            forCells(of: triangle) { cell in
                list[Int(counts[cell])] = Int32(index)
                counts[cell] += 1
            }
        }
        self.list = list
    }

    /// Adds a triangle that hides from both sides.
    mutating func add(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) {
        var polygon = [a, b, c].map { source.clip($0) }
        polygon = Self.kept(polygon, polygon.map(LineProjection.isBefore))
        guard polygon.count >= 3, polygon.allSatisfy({ $0.w > 1e-12 }) else { return }
        let places = polygon.map { source.place($0) }
        for k in 1..<places.count - 1 {
            append(places[0], places[k], places[k + 1], vertices: SIMD3(repeating: -1), front: nil)
        }
    }

    /// What of a polygon is not below a plane (Sutherland and Hodgman 1974).
    private static func kept(_ polygon: [SIMD4<Double>], _ distances: [Double]) -> [SIMD4<Double>] {
        guard distances.contains(where: { $0 < 0 }) else { return polygon }
        var kept: [SIMD4<Double>] = []
        for k in polygon.indices {
            let next = (k + 1) % polygon.count
            let (p, q) = (polygon[k], polygon[next])
            let (dp, dq) = (distances[k], distances[next])
            if dp >= 0 { kept.append(p) }
            if (dp < 0) != (dq < 0) { kept.append(p + (q - p) * (dp / (dp - dq))) }
        }
        return kept
    }

    private func column(_ x: Double) -> Int {
        min(max(Int((x - origin.x) / size.x * Double(columns)), 0), columns - 1)
    }

    private func row(_ y: Double) -> Int {
        min(max(Int((y - origin.y) / size.y * Double(rows)), 0), rows - 1)
    }

    /// The cells of the box round a triangle, whose corners may lie far outside.
    private func cells(of t: Triangle) -> (rows: ClosedRange<Int>, columns: ClosedRange<Int>, count: Int) {
        let low = origin - 1
        let high = origin + size + 1
        func bounded(_ value: Double, _ axis: Int) -> Double { min(max(value, low[axis]), high[axis]) }
        let rows =
            row(bounded(min(t.a.y, t.b.y, t.c.y), 1))...row(bounded(max(t.a.y, t.b.y, t.c.y), 1))
        let columns =
            column(bounded(min(t.a.x, t.b.x, t.c.x), 0))...column(bounded(max(t.a.x, t.b.x, t.c.x), 0))
        return (rows, columns, rows.count * columns.count)
    }

    /// Calls for each of those cells.
    private func forCells(of triangle: Triangle, _ body: (Int) -> Void) {
        let cells = cells(of: triangle)
        for r in cells.rows { for c in cells.columns { body(r * columns + c) } }
    }

    /// Calls for each triangle in the cells that an edge passes, some of them more than once.
    func forTriangles(along edge: ProjectedEdge, _ body: (Int) -> Void) {
        let height = size.y / Double(rows)
        let (first, last) = (row(min(edge.a.y, edge.b.y)), row(max(edge.a.y, edge.b.y)))
        let d = edge.b - edge.a
        for r in first...last {
            // What of the edge lies in this row of cells, a little more for rounding.
            var (from, to) = (0.0, 1.0)
            if first != last {
                let top = origin.y + height * Double(r)
                let (u, v) = ((top - edge.a.y) / d.y, (top + height - edge.a.y) / d.y)
                from = max(from, min(u, v) - 1e-9)
                to = min(to, max(u, v) + 1e-9)
            }
            let (x0, x1) = (edge.a.x + d.x * from, edge.a.x + d.x * to)
            let columnsHere = column(min(x0, x1) - 1e-6)...column(max(x0, x1) + 1e-6)
            for c in columnsHere {
                let cell = r * columns + c
                for k in starts[cell]..<starts[cell + 1] { body(Int(list[Int(k)])) }
            }
        }
    }
}
