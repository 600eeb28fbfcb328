import Foundation
import KairaGeometry
import Testing

@Suite("Mass properties") struct MassPropertiesTests {
    /// Oracle: closed forms of the box, and of the tetrahedron with corners at the axes (V = abc/6, centroid at a quarter).
    @Test func boxAndTetrahedron() throws {
        let (low, size) = (SIMD3(10.0, -4, 7), SIMD3(2.0, 3, 5))
        let box = try MassProperties(SolidShape.box(low, low + size).mesh())
        #expect(agree(box.volume, 30, 1e-14))
        #expect(agree(box.area, 62, 1e-14))
        #expect(distance(try #require(box.centroid), low + size / 2) < 1e-13)
        let inertia = try #require(box.inertia)
        for k in 0..<3 {
            let (a, b) = (size[(k + 1) % 3], size[(k + 2) % 3])
            #expect(agree(inertia[k][k], 30 * (a * a + b * b) / 12, 1e-12))
            #expect(abs(inertia[k][(k + 1) % 3]) < 1e-11)
        }
        let tetrahedron = try MassProperties(
            HalfEdgeMesh(
                positions: [[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]],
                triangles: [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]))
        #expect(agree(tetrahedron.volume, 1, 1e-14))
        #expect(distance(try #require(tetrahedron.centroid), [0.25, 0.5, 0.75]) < 1e-14)
        // Ixy of a right tetrahedron about its corner is -V ab/20; about the centroid + V ab/16.
        let product = try #require(tetrahedron.inertia)[0].y
        #expect(agree(product, -2.0 / 20 + 2.0 / 16, 1e-12))
    }

    /// Oracle: the polyhedron's own volume, n sin(2 pi/n) R m/2 r^2 sin(2 pi/m) (a polygon swept along n chords), whose
    /// limit is Pappus' 2 pi^2 R r^2. The ratio of the two is x -> sin(x)/x twice: quadratic, so halving divides by four.
    @Test(arguments: [(12, 8), (40, 25), (160, 80)])
    func torus(around: Int, across: Int) throws {
        let (large, small) = (1.0, 0.375)
        func volume(_ n: Int, _ m: Int) throws -> Double {
            try MassProperties(SolidShape.torus(large: large, small: small, around: n, across: m).mesh()).volume
        }
        let (n, m) = (Double(around), Double(across))
        let exact = n * sin(2 * .pi / n) * large * m / 2 * small * small * sin(2 * .pi / m)
        let measured = try volume(around, across)
        #expect(agree(measured, exact, 1e-12))
        let limit = 2 * Double.pi * Double.pi * large * small * small
        let ratio = (limit - measured) / (limit - (try volume(2 * around, 2 * across)))
        #expect(ratio > 3.7 && ratio < 4.1, "\(ratio)")
    }

    /// Oracle: trimesh 5.2.0.
    @Test func knotAgreesWithTrimesh() throws {
        let knot = try SolidFixtures.knot()
        let mass = try MassProperties(knot.shape.mesh())
        #expect(agree(mass.volume, knot.volume, 1e-12))
        #expect(agree(mass.area, knot.area, 1e-12))
        let (centroid, inertia) = (try #require(mass.centroid), try #require(mass.inertia))
        for k in 0..<3 {
            #expect(abs(centroid[k] - knot.centroid[k]) < 1e-12)
            for j in 0..<3 { #expect(abs(inertia[k][j] - knot.inertia[k][j]) < 1e-9 * 2.5) }
        }
    }

    /// Turned inside out everything changes its sign; moved far away, only the centroid moves.
    @Test func invertedAndMoved() throws {
        let knot = try SolidFixtures.knot().shape
        let mass = try MassProperties(knot.mesh())
        let turned = try MassProperties(knot.inverted.mesh())
        #expect(agree(turned.volume, -mass.volume, 1e-13))
        #expect(agree(turned.area, mass.area, 1e-13))
        #expect(distance(try #require(turned.centroid), try #require(mass.centroid)) < 1e-12)
        let shift = SIMD3(1000.0, -2000, 512)
        let moved = try MassProperties(knot.mapped { $0 + shift }.mesh())
        // Positions lose 11 of their 53 bits by the move.
        #expect(agree(moved.volume, mass.volume, 1e-10))
        #expect(distance(try #require(moved.centroid), try #require(mass.centroid) + shift) < 1e-9)
    }

    @Test func openShellsAreRefusedWithTheReason() throws {
        var box = SolidShape.box(.zero, [1, 1, 1])
        box.triangles.removeLast(2)
        let mesh = try box.mesh()
        #expect(agree(mesh.area, 5, 1e-14))
        let refusal = #expect(throws: GeometryError.self) { try MassProperties(mesh) }
        #expect(refusal?.description.contains("4 of 17 edges have a face on one side only") == true)
        #expect(throws: GeometryError.self) {
            try MassProperties(HalfEdgeMesh(positions: [], triangles: [SIMD3<Int32>]()))
        }
    }

    /// A sheet seen from both sides bounds a region without volume.
    @Test func flatShellsHaveNoCentroid() throws {
        let sheet = try MassProperties(
            HalfEdgeMesh(positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangles: [[0, 1, 2], [0, 2, 1]]))
        #expect(sheet.volume == 0)
        #expect(sheet.centroid == nil && sheet.inertia == nil)
        #expect(agree(sheet.area, 1, 1e-15))
    }

    /// Oracle: closed forms; (20/27)^n, and 5, 81, 1409 handles (V - E + F = 2 - 2 g).
    @Test(arguments: [(1, 5), (2, 81), (3, 1409)]) func mengerSponge(level: Int, genus: Int) throws {
        let mesh = try SolidShape.menger(level: level).mesh()
        let mass = try MassProperties(mesh)
        #expect(agree(mass.volume, pow(20.0 / 27, Double(level)), 1e-12))
        #expect(distance(try #require(mass.centroid), [0.5, 0.5, 0.5]) < 1e-12)
        let report = MeshReport(mesh)
        #expect(report.genus == genus)
        #expect(report.eulerNumber == 2 - 2 * genus)
        #expect(report.components == 1)
        #expect(report.problems.isEmpty, "\(report.problems)")
    }
}
