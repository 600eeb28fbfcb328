import Foundation
import KairaGeometry
import Testing

@Suite("Sections") struct MeshSectionTests {
    /// Oracle: trimesh 5.2.0 (area by shapely).
    @Test func knotAgreesWithTrimesh() throws {
        let knot = try SolidFixtures.knot()
        let mesh = try knot.shape.mesh()
        for s in knot.sections {
            let plane = try Plane(normal: SIMD3(s.normal[0], s.normal[1], s.normal[2]), offset: s.offset)
            let section = MeshSection(mesh, plane: plane)
            #expect(agree(section.area, s.area, 1e-9))
            #expect(agree(section.length, s.length, 1e-9))
            #expect(section.loops.count == s.loops)
            #expect(section.openChains.isEmpty)
            for p in section.loops.joined() { #expect(abs(plane.distance(to: p)) < 1e-14) }
            let cap = try section.cap()
            let sum = cap.triangles.reduce(0) { sum, t in
                let p = cap.positions
                let (a, b, c) = (p[Int(t.x)], p[Int(t.y)], p[Int(t.z)])
                let area = dot(cross(b - a, c - a), plane.normal) / 2
                #expect(area > -1e-15, "no triangle is turned over")
                return sum + area
            }
            #expect(agree(sum, s.area, 1e-9))
        }
    }

    /// Oracle: closed forms; vertices lie in the plane, which must not open or double a loop.
    @Test func planesThroughVerticesAndFaces() throws {
        let cube = try SolidShape.box(.zero, [1, 1, 1]).mesh()
        // The diagonal plane x = y holds four vertices.
        let diagonal = MeshSection(cube, plane: try Plane(1, -1, 0, 0))
        #expect(agree(diagonal.area, 2.0.squareRoot(), 1e-14))
        #expect(diagonal.loops.count == 1)
        // A face in the plane counts as above it: the solid is cut where it lies below.
        #expect(agree(MeshSection(cube, plane: try Plane(0, 0, 1, -1)).area, 1, 1e-14))
        #expect(MeshSection(cube, plane: try Plane(0, 0, 1, 0)).loops.isEmpty)
        #expect(agree(MeshSection(cube, plane: try Plane(0, 0, -1, 0)).area, 1, 1e-14))
        // Three corners: the plane x + y + z = 1 cuts a triangle of side sqrt 2.
        #expect(agree(MeshSection(cube, plane: try Plane(1, 1, 1, -1)).area, 3.0.squareRoot() / 2, 1e-14))
        // An edge only, a corner only.
        #expect(MeshSection(cube, plane: try Plane(1, 1, 0, 0)).loops.isEmpty)
        #expect(MeshSection(cube, plane: try Plane(1, 1, 1, -3)).loops.isEmpty)
        // A torus at its equator: two polygons of n corners, n/2 sin(2 pi/n) ((R + r)^2 - (R - r)^2).
        let torus = try SolidShape.torus(large: 1, small: 0.375, around: 20, across: 8).mesh()
        let section = MeshSection(torus, plane: try Plane(0, 0, 1, 0))
        #expect(agree(section.area, 10 * sin(Double.pi / 10) * (1.375 * 1.375 - 0.625 * 0.625), 1e-12))
        #expect(section.loops.count == 2)
        let regions = section.regions()
        #expect(regions.count == 1 && regions[0].holes.count == 1)
    }

    /// Solids in hollow solids: holes belong to the nearest loop round them.
    @Test func nestedRegions() throws {
        func box(_ r: Double) -> SolidShape { .box([-r, -r, -r], [r, r, r]) }
        let nested = box(4) + box(3).inverted + box(2) + box(1).inverted + SolidShape.box([10, 0, -1], [11, 1, 1])
        let section = MeshSection(try nested.mesh(), plane: try Plane(0, 0, 1, 0.1))
        let area = 41.0  // 64 - 36 + 16 - 4 + 1
        #expect(agree(section.area, area, 1e-14))
        let regions = section.regions()
        #expect(regions.count == 3)
        #expect(regions.map { $0.holes.count }.sorted() == [0, 1, 1])
        for region in regions {
            let holes = region.holes.map { section.area(of: $0) }
            #expect(section.area(of: region.outer) > 0 && holes.allSatisfy { $0 < 0 })
            if let hole = holes.first {
                #expect(section.area(of: region.outer) < 70 && -hole < section.area(of: region.outer))
            }
        }
        // Inside out, areas are negative.
        let turned = MeshSection(try nested.inverted.mesh(), plane: try Plane(0, 0, 1, 0.1))
        #expect(agree(turned.area, -section.area, 1e-14))
    }

    /// Halves add up, whatever the plane; both are closed. Oracle: the whole.
    @Test func halvesAddUp() throws {
        var random = SeededNumbers(11)
        let shapes: [SolidShape] = [
            .box([-1, -1, -1], [1, 1, 1]), .torus(large: 1, small: 0.4, around: 24, across: 12), .menger(level: 1),
            try SolidFixtures.knot().shape,
        ]
        for shape in shapes {
            let mesh = try shape.mesh()
            let whole = try MassProperties(mesh)
            for trial in 0..<8 {
                let normal: SIMD3<Double> =
                    trial < 3 ? [[1, 0, 0], [0, 1, 1], [1, 1, 1]][trial] : random.vector(-1...1)
                // The first planes go through vertices.
                let offset =
                    trial < 3 ? dot(normal, mesh.vertices[trial * 3]) : Double.random(in: -0.3...0.6, using: &random)
                let plane = try Plane(normal: normal, offset: offset)
                var volume = 0.0
                for side in PlaneSide.allCases {
                    let half = try mesh.cut(by: plane, keeping: side)
                    guard !half.faces.isEmpty else { continue }
                    #expect(half.isClosed, "\(plane) \(side)")
                    volume += try MassProperties(half).volume
                    let sign: Double = side == .above ? 1 : -1
                    #expect(half.vertices.allSatisfy { sign * plane.distance(to: $0) > -1e-12 })
                }
                #expect(agree(volume, whole.volume, 1e-12))
            }
        }
    }

    @Test func openMeshesHaveChains() throws {
        var tube = SolidShape.box(.zero, [1, 1, 1])
        tube.triangles.removeFirst(2)  // the bottom
        let mesh = try tube.mesh()
        let section = MeshSection(mesh, plane: try Plane(1, 0, 0, -0.5))
        #expect(section.loops.isEmpty)
        #expect(section.openChains.count == 1)
        #expect(agree(section.length, 3, 1e-14))
        #expect(throws: GeometryError.self) { try mesh.cut(by: try Plane(1, 0, 0, -0.5), keeping: .above) }
        #expect(throws: GeometryError.self) { try Plane(0, 0, 0, 1) }
        #expect(throws: GeometryError.self) { try Plane(.nan, 0, 0, 1) }
    }

    @Test func planeAxesAreRightHanded() throws {
        for n: SIMD3<Double> in [[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [1, -2, 3], [0.01, 1, 0]] {
            let plane = try Plane(normal: n, offset: 2)
            let (right, up) = plane.axes
            #expect(distance(cross(right, up), plane.normal) < 1e-14)
            #expect(agree(length(up), 1, 1e-14) && abs(dot(up, plane.normal)) < 1e-14)
        }
        #expect(try Plane(0, 0, 1, 0).axes.right == [1, 0, 0])
    }
}

@Suite("Polygon triangulation") struct PolygonTriangulationTests {
    private func area(_ points: [SIMD2<Double>], _ ring: [Int32]) -> Double {
        ring.indices.reduce(0) { sum, i in
            let (a, b) = (points[Int(ring[i])], points[Int(ring[(i + 1) % ring.count])])
            return sum + (a.x * b.y - a.y * b.x) / 2
        }
    }

    /// Oracle: n + 2 h - 2 triangles; areas add up; every edge but the rings' own is used both ways.
    private func check(_ points: [SIMD2<Double>], _ outer: [Int32], _ holes: [[Int32]] = [], simple: Bool = true) throws
    {
        let triangles = try PolygonTriangulation(points: points, outer: outer, holes: holes).triangles()
        let count = holes.reduce(outer.count) { $0 + $1.count }
        #expect(triangles.count == count + 2 * holes.count - 2)
        let areas = triangles.map { area(points, [$0.x, $0.y, $0.z]) }
        let whole = ([outer] + holes).reduce(0) { $0 + area(points, $1) }
        #expect(agree(areas.reduce(0, +), whole, 1e-12, floor: 1e-12))
        if simple { #expect(areas.allSatisfy { $0 >= -1e-15 }) }
        var edges: [SIMD2<Int32>: Int] = [:]
        func add(_ a: Int32, _ b: Int32, _ n: Int) {
            if a < b { edges[SIMD2(a, b), default: 0] += n } else { edges[SIMD2(b, a), default: 0] -= n }
        }
        for t in triangles { for k in 0..<3 { add(t[k], t[(k + 1) % 3], 1) } }
        for ring in [outer] + holes { for i in ring.indices { add(ring[i], ring[(i + 1) % ring.count], -1) } }
        #expect(edges.values.allSatisfy { $0 == 0 })
    }

    private func ring(_ n: Int, from start: Int = 0) -> [Int32] { (0..<Int32(n)).map { Int32(start) + $0 } }

    @Test func straightEdgesAndCombs() throws {
        try check([[0, 0], [1, 0], [2, 0], [2, 1], [2, 2], [1, 2], [0, 2], [0, 1]], ring(8))
        var comb: [SIMD2<Double>] = [[0, 0], [40, 0]]
        for i in (0..<20).reversed() { comb += [[Double(2 * i) + 1.5, 10], [Double(2 * i) + 1, 1]] }
        comb[comb.count - 1] = [0, 10]
        try check(comb, ring(comb.count))
        // A ring that is a line, and one that crosses itself: still closed.
        try check([[0, 0], [1, 0], [2, 0], [3, 0]], ring(4))
        try check([[0, 0], [2, 2], [2, 0], [0, 2]], ring(4), simple: false)
    }

    @Test(arguments: 1...12) func starsWithHoles(seed: Int) throws {
        var random = SeededNumbers(UInt64(seed))
        let n = 20 + seed * 30
        func star(_ n: Int, _ center: SIMD2<Double>, _ low: Double, _ high: Double, _ reversed: Bool) -> [SIMD2<Double>]
        {
            let points = (0..<n).map { i in
                let angle = 2 * Double.pi * Double(i) / Double(n)
                return center + SIMD2(cos(angle), sin(angle)) * Double.random(in: low...high, using: &random)
            }
            return reversed ? points.reversed() : points
        }
        var points = star(n, .zero, 4, 9, false)
        var holes: [[Int32]] = []
        for k in 0..<6 {
            let angle = Double(k) / 6 * 2 * Double.pi
            let hole = star(5 + 3 * k, SIMD2(cos(angle), sin(angle)) * 2.2, 0.3, 0.95, true)
            holes.append(ring(hole.count, from: points.count))
            points += hole
        }
        try check(points, ring(n), holes)
    }

    @Test func refusesWhatItCannot() throws {
        #expect(throws: GeometryError.self) {
            try PolygonTriangulation(points: [.zero], outer: [0, 1, 2]).triangles()
        }
        #expect(try PolygonTriangulation(points: [.zero, .one], outer: [0, 1]).triangles().isEmpty)
    }
}
