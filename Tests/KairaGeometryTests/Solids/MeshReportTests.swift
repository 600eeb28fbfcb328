import KairaGeometry
import Testing

@Suite("Mesh report") struct MeshReportTests {
    @Test func cleanSolids() throws {
        let cube = MeshReport(try SolidShape.box(.zero, [1, 1, 1]).mesh())
        #expect(cube.isClosed && cube.problems.isEmpty && cube.eulerNumber == 2 && cube.genus == 0)
        let torus = MeshReport(try SolidShape.torus(large: 2, small: 1, around: 9, across: 7).mesh())
        #expect(torus.problems.isEmpty && torus.eulerNumber == 0 && torus.genus == 1)
        let pair = MeshReport(
            try (SolidShape.box(.zero, [1, 1, 1]) + SolidShape.box([3, 0, 0], [4, 1, 1])).mesh())
        #expect(pair.components == 2 && pair.eulerNumber == 4 && pair.genus == 0)
        let knot = MeshReport(try SolidFixtures.knot().shape.mesh())
        #expect(knot.problems.isEmpty, "\(knot.problems)")
        #expect(knot.genus == 1)
    }

    @Test func holesAreCountedByLoops() throws {
        // Without two opposite sides a box is an open tube: two rims of four edges.
        var tube = SolidShape.box(.zero, [1, 1, 1])
        tube.triangles.removeFirst(4)
        let report = MeshReport(try tube.mesh())
        #expect(!report.isClosed && report.genus == nil)
        #expect(report.boundaryEdges == 8)
        #expect(report.boundaryLoops.count == 2)
        #expect(report.boundaryLoops.allSatisfy { $0.count == 4 && Set($0).count == 4 })
        #expect(report.eulerNumber == 0)
    }

    @Test func brokenMeshesAreNamed() throws {
        var cube = SolidShape.box(.zero, [1, 1, 1])
        let t = cube.triangles[3]
        cube.triangles[3] = SIMD3(t.y, t.x, t.z)
        #expect(MeshReport(try cube.mesh()).inconsistentEdges == 3)

        let edge = MeshReport(
            try (SolidShape.box(.zero, [1, 1, 1]) + SolidShape.box([1, 1, 0], [2, 2, 1])).mesh())
        #expect(edge.isClosed && edge.nonManifoldEdges == 1 && edge.genus == nil && edge.components == 1)

        let corner = MeshReport(
            try (SolidShape.box(.zero, [1, 1, 1]) + SolidShape.box([1, 1, 1], [2, 2, 2])).mesh())
        #expect(corner.nonManifoldVertices == 1 && corner.nonManifoldEdges == 0 && corner.components == 2)

        let doubled = SolidShape.box(.zero, [1, 1, 1])
        let twice = MeshReport(
            try SolidShape(positions: doubled.positions, triangles: doubled.triangles + [doubled.triangles[0]]).mesh())
        #expect(twice.duplicateFaces == 1)

        let flat = MeshReport(
            try HalfEdgeMesh(
                positions: [[0, 0, 0], [1, 1, 1], [2, 2, 2], [0, 0, 0]], triangles: [[0, 1, 2], [0, 3, 1]]))
        #expect(flat.degenerateFaces == 2)
    }

    /// Triangles that miss each other by the last bit, touch, cross, or lie on each other.
    @Test func selfIntersectionsAreExact() throws {
        let base: [SIMD3<Double>] = [[0, 0, 0], [4, 0, 0], [0, 4, 0]]
        func pairs(_ other: [SIMD3<Double>]) throws -> Int {
            let mesh = try HalfEdgeMesh(positions: base + other, triangles: [[0, 1, 2], [3, 4, 5]])
            return MeshReport(mesh).selfIntersections.count
        }
        #expect(try pairs([[1, 1, 0], [1, 1, 1], [2, 1, 1]]) == 1, "a corner on the face")
        #expect(try pairs([[1, 1, 1e-300], [1, 1, 1], [2, 1, 1]]) == 0, "a corner just above the face")
        #expect(try pairs([[1, 1, -0.5], [1, 1, 1], [2, 1, 1]]) == 1, "through the face")
        #expect(try pairs([[1, 1, 0], [2, 1, 0], [1, 2, 0]]) == 1, "inside, in one plane")
        #expect(try pairs([[2, 2, 0], [3, 3, 0], [2, 3, 0]]) == 1, "a corner on the edge, in one plane")
        #expect(try pairs([[2, 2.0.nextUp, 0], [3, 3, 0], [2, 3, 0]]) == 0, "past the edge by the last bit")
        #expect(try pairs([[10, 10, 0], [11, 10, 0], [10, 11, 0]]) == 0, "apart in one plane")
        // A slanted plane: orientation must be exact where the filter cannot tell.
        let slanted: [SIMD3<Double>] = [[0.1, 0.2, 0.3], [1.3, 0.7, -0.4], [-0.6, 1.1, 0.9]]
        let middle = (slanted[0] + slanted[1]) / 2
        let mesh = try HalfEdgeMesh(
            positions: slanted + [middle + [0, 0, 1e-16], middle + [5, 5, 5], middle + [5, 5, 6]],
            triangles: [[0, 1, 2], [3, 4, 5]])
        #expect(MeshReport(mesh).selfIntersections.count <= 1)
    }

    @Test func neighboursMayFold() throws {
        // Two faces on one edge, both in one plane and on one side.
        let folded = try HalfEdgeMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0.5, 1, 0], [0.5, 0.5, 0]], triangles: [[0, 1, 2], [1, 0, 3]])
        #expect(MeshReport(folded).selfIntersections.count == 1)
        let open = try HalfEdgeMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0.5, 1, 0], [0.5, -0.5, 0]], triangles: [[0, 1, 2], [1, 0, 3]])
        #expect(MeshReport(open).selfIntersections.isEmpty)
        // Two faces with a common corner, one of which passes through the other.
        let pierced = try HalfEdgeMesh(
            positions: [[0, 0, 0], [2, 0, 0], [0, 2, 0], [1, 0.5, -1], [1, 0.5, 1]],
            triangles: [[0, 1, 2], [0, 3, 4]])
        #expect(MeshReport(pierced).selfIntersections.count == 1)
    }

    /// Two balls that overlap: the faces that cross lie on a circle; turned ones find the same number.
    @Test func overlappingBallsCross() throws {
        let pair =
            SolidShape.ball(radius: 1, steps: 12) + SolidShape.ball(radius: 1, steps: 12, center: [1.1, 0.13, 0.07])
        let report = MeshReport(try pair.mesh())
        #expect(report.searchedAll && report.components == 2 && report.isClosed)
        #expect(report.selfIntersections.count > 50)
        // Every pair has a face of each ball.
        let half = Int32(pair.triangles.count / 2)
        #expect(report.selfIntersections.allSatisfy { $0.x < half && $0.y >= half })
        let axes = MeshReport(try pair.mapped { SIMD3($0.y, $0.z, $0.x) }.mesh())
        #expect(axes.selfIntersections == report.selfIntersections)
    }
}
