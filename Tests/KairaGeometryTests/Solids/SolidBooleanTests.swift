import Foundation
import KairaGeometry
import Testing

/// Skipped, by name and reason, where the library is not installed; `scripts/test` installs it.
private let isInstalled = (try? SolidBoolean.libraryVersion()) != nil

@Suite("Booleans", .enabled(if: isInstalled, "the Manifold library is not installed: run scripts/install-manifold"))
struct SolidBooleanTests {
    private func volume(_ mesh: HalfEdgeMesh) throws -> Double {
        if mesh.faces.isEmpty { return 0 }
        #expect(mesh.isClosed)
        return try MassProperties(mesh).volume
    }

    private let union = SolidBoolean(.union)
    private let difference = SolidBoolean(.difference)
    private let intersection = SolidBoolean(.intersection)

    /// Oracle: manifold3d 3.5.4 from Python on the same vertices (coplanar faces in the first case, turned cubes in others).
    @Test func cubesAgreeWithManifold() throws {
        let unit = try SolidShape.box([-0.5, -0.5, -0.5], [0.5, 0.5, 0.5]).mesh()
        for example in try SolidFixtures.booleans().cases {
            let moved = try example.moved.mesh()
            for operation in SolidBoolean.Operation.allCases {
                let expected = try #require(example.results[operation.rawValue])
                let result = try SolidBoolean(operation)([unit, moved])
                #expect(agree(try volume(result), expected.volume, 1e-9))
                #expect(agree(result.area, expected.area, 1e-9))
                // The library's genus is that of all pieces together, 1 - Euler number / 2: less than 0 for several.
                #expect(1 - MeshReport(result).eulerNumber / 2 == expected.genus)
            }
        }
    }

    /// vol(A + B) + vol(A * B) = vol(A) + vol(B); A - B and A * B make A; A - A is nothing; De Morgan in a box.
    @Test(arguments: 0..<8) func identities(seed: Int) throws {
        var random = SeededNumbers(UInt64(100 + seed))
        let (turn, shift) = (random.vector(-3...3), random.vector(-0.4...0.4))
        let shapes: [SolidShape] = [
            .box([-0.6, -0.5, -0.4], [0.6, 0.5, 0.4]), .torus(large: 0.6, small: 0.25, around: 22, across: 13),
            .ball(radius: 0.6, steps: 7), .menger(level: 1).mapped { $0 - [0.5, 0.5, 0.5] },
        ]
        let a = try shapes[seed % 4].mesh()
        let b = try shapes[(seed / 2 + 1) % 4].mapped { $0.turned(turn) + shift }.mesh()
        let (va, vb) = (try volume(a), try volume(b))
        let (sum, common) = (try union([a, b]), try intersection([a, b]))
        #expect(agree(try volume(sum) + volume(common), va + vb, 1e-9))
        #expect(agree(try volume(difference([a, b])) + volume(common), va, 1e-9))
        #expect(try volume(difference([a, a])) == 0)
        #expect(agree(try volume(intersection([a, a])), va, 1e-9))
        // In the box U: U - (A + B) = (U - A) * (U - B), and U - A * B = (U - A) + (U - B).
        let box = try SolidShape.box([-2, -2, -2], [2, 2, 2]).mesh()
        let (notA, notB) = (try difference([box, a]), try difference([box, b]))
        #expect(agree(try volume(difference([box, sum])), try volume(intersection([notA, notB])), 1e-9))
        #expect(agree(try volume(difference([box, common])), try volume(union([notA, notB])), 1e-9))
        #expect(agree(try volume(difference([box, a, b])), 64 - (try volume(sum)), 1e-9))
    }

    /// Oracle: arithmetic. Faces that coincide, boxes that touch in a face, an edge, a corner.
    @Test func coplanarFaces() throws {
        let unit = try SolidShape.box(.zero, [1, 1, 1]).mesh()
        for (shift, common) in [
            ([1, 0, 0], 0), ([0.25, 0, 0], 0.75), ([1, 1, 0], 0), ([1, 1, 1], 0), ([0, 0, 0], 1),
        ]
            as [(SIMD3<Double>, Double)]
        {
            let other = try SolidShape.box(shift, shift + 1).mesh()
            #expect(agree(try volume(union([unit, other])), 2 - common, 1e-12))
            #expect(agree(try volume(intersection([unit, other])), common, 1e-12))
            #expect(agree(try volume(difference([unit, other])), 1 - common, 1e-12))
        }
        // A sponge by drilling: 27 - 7 cubes.
        var drills: [HalfEdgeMesh] = [try SolidShape.box(.zero, [3, 3, 3]).mesh()]
        drills.append(try SolidShape.box([-1, 1, 1], [4, 2, 2]).mesh())
        drills.append(try SolidShape.box([1, -1, 1], [2, 4, 2]).mesh())
        drills.append(try SolidShape.box([1, 1, -1], [2, 2, 4]).mesh())
        let sponge = try difference(drills)
        #expect(agree(try volume(sponge), 20, 1e-12))
        #expect(MeshReport(sponge).genus == 5)
        // Two cubes with a common edge go in as they are, and come out closed.
        let pair = try (SolidShape.box(.zero, [1, 1, 1]) + SolidShape.box([1, 1, 0], [2, 2, 1])).mesh()
        let cutter = try SolidShape.box([0.5, 0.5, -1], [1.5, 1.5, 2]).mesh()
        #expect(agree(try volume(difference([pair, cutter])), 1.5, 1e-12))
    }

    /// Oracle: the lens of two balls, pi (r1 + r2 - d)^2 (d^2 + 2 d (r1 + r2) - 3 (r1 - r2)^2) / 12 d.
    ///
    /// The balls are inscribed polyhedra whose gap to the sphere is C(x) / n^2 + O(1 / n^3) with a smooth C within each
    /// octant: the lens lies inside the true one and its error falls as n^-2.
    @Test func lensOfTwoBalls() throws {
        let (r1, r2, d) = (1.0, 0.8, 1.1)
        let reach = r1 + r2 - d
        let exact = Double.pi * reach * reach * (d * d + 2 * d * (r1 + r2) - 3 * (r1 - r2) * (r1 - r2)) / (12 * d)
        let errors = try [12, 24, 48].map { n in
            let lens = try intersection([
                SolidShape.ball(radius: r1, steps: n).mesh(),
                SolidShape.ball(radius: r2, steps: n, center: SIMD3(d, 0, 0).turned([0.3, 0.4, 0.5])).mesh(),
            ])
            return exact - (try volume(lens))
        }
        #expect(errors.allSatisfy { $0 > 0 })
        for (coarse, fine) in zip(errors, errors.dropFirst()) {
            #expect(coarse / fine > 3.5 && coarse / fine < 4.5, "\(errors)")
        }
        #expect(errors[2] / exact < 2e-3)
    }

    /// The library's split and our own cut agree. Oracle: each other, and the whole.
    @Test func splitByPlane() throws {
        var random = SeededNumbers(3)
        let mesh = try SolidFixtures.knot().shape.mesh()
        for _ in 0..<4 {
            let plane = try Plane(normal: random.vector(-1...1), offset: Double.random(in: -0.3...0.3, using: &random))
            let parts = try SolidBoolean.split(mesh, by: plane)
            #expect(agree(try volume(parts.above), try volume(mesh.cut(by: plane, keeping: .above)), 1e-9))
            #expect(agree(try volume(parts.above) + volume(parts.below), try volume(mesh), 1e-9))
        }
    }

    @Test func whatIsNoSolidIsRefused() throws {
        let unit = try SolidShape.box(.zero, [1, 1, 1]).mesh()
        var open = SolidShape.box(.zero, [1, 1, 1])
        open.triangles.removeLast()
        let broken = try open.mesh()
        #expect(throws: GeometryError.self) { try SolidBoolean(.union)([unit, broken]) }
        // Nothing is a solid.
        let nothing = try difference([unit, unit])
        #expect(nothing.faces.isEmpty)
        #expect(agree(try volume(union([unit, nothing])), 1, 1e-12))
        #expect(try intersection([unit, nothing]).faces.isEmpty)
    }
}
