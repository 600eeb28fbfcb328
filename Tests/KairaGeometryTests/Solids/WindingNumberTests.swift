import Foundation
import KairaGeometry
import Testing

@Suite("Winding number") struct WindingNumberTests {
    /// Oracle: closed forms of the cube: 1 inside, 1/2 on a face, 1/4 on an edge, 1/8 at a corner, 0 outside; a sixth from one
    /// side of it at the middle.
    @Test func cube() throws {
        let cube = SolidShape.box([-1, -1, -1], [1, 1, 1])
        let winding = try WindingNumber(cube.mesh())
        let points: [SIMD3<Double>] = [
            [0, 0, 0], [0.9, -0.3, 0.99], [1, 0.2, 0.3], [1, 1, 0.3], [1, 1, 1], [3, 0, 0], [1e300, 0, 0],
            [.nan, 0, 0],
        ]
        let numbers = winding.values(at: points, accuracy: 0)
        for (i, expected) in [1, 1, 0.5, 0.25].enumerated() { #expect(abs(numbers[i] - expected) < 1e-14) }
        #expect(abs(numbers[5]) < 1e-14 && abs(numbers[6]) < 1e-14 && numbers[7].isNaN)
        let fast = winding.values(at: points)
        #expect(abs(fast[0] - 1) < 1e-6 && abs(fast[5]) < 1e-3 && fast[7].isNaN)

        let side = SolidShape(positions: cube.positions, triangles: Array(cube.triangles[2..<4]))
        #expect(abs(try WindingNumber(side.mesh()).values(at: [.zero], accuracy: 0)[0] - 1.0 / 6) < 1e-15)
        let inverted = try WindingNumber(cube.inverted.mesh())
        #expect(abs(inverted.values(at: [.zero], accuracy: 0)[0] + 1) < 1e-14)
        let twice = try WindingNumber((cube + cube.mapped { $0 * 2 }).mesh())
        #expect(abs(twice.values(at: [.zero], accuracy: 0)[0] - 2) < 1e-14)
        let none = try WindingNumber(positions: [], triangles: [])
        #expect(none.values(at: [.zero]) == [0])
        #expect(throws: GeometryError.self) { try WindingNumber(positions: [.zero], triangles: [[0, 0, 1]]) }
    }

    /// Oracle: libigl 2.6.3, exact and fast. The fast one's error must not be above libigl's own.
    @Test(arguments: [false, true]) func knotAgreesWithLibigl(open: Bool) throws {
        let knot = try SolidFixtures.knot()
        let winding = try WindingNumber((open ? knot.openShape : knot.shape).mesh())
        let expected = open ? knot.open : knot.closed
        let exact = winding.values(at: knot.places, accuracy: 0)
        for (a, b) in zip(exact, expected) { #expect(abs(a - b) < 1e-12) }
        func error(_ numbers: [Double]) -> (mean: Double, most: Double) {
            let errors = zip(numbers, expected).map { abs($0 - $1) }
            return (errors.reduce(0, +) / Double(errors.count), errors.max() ?? 0)
        }
        let ours = error(winding.values(at: knot.places))
        let theirs = error(open ? knot.openFast : knot.closedFast)
        #expect(ours.mean <= theirs.mean, "\(ours) \(theirs)")
        #expect(ours.most <= 1.5 * theirs.most, "\(ours) \(theirs)")
        // Third order: the error falls as the sixth power of the criterion at most, and at least as the second.
        let finer = error(winding.values(at: knot.places, accuracy: 4.4))
        #expect(finer.mean < ours.mean / 4)
    }

    /// The same bits for 1, 2 and 7 threads.
    @Test func threadsDoNotMatter() throws {
        let winding = try WindingNumber(SolidShape.torus(large: 1, small: 0.4, around: 60, across: 30).mesh())
        var random = SeededNumbers(5)
        let points = (0..<3000).map { _ in random.vector(-1.5...1.5) }
        let one = winding.values(at: points, threads: 1)
        for threads in [2, 7] { #expect(winding.values(at: points, threads: threads) == one) }
        #expect(
            winding.values(at: points, accuracy: 0, threads: 7) == winding.values(at: points, accuracy: 0, threads: 1))
    }

    /// Scale and place do not matter: a power of two changes no bit.
    @Test func scaleDoesNotMatter() throws {
        let shape = SolidShape.torus(large: 1, small: 0.4, around: 40, across: 20)
        var random = SeededNumbers(6)
        let points = (0..<200).map { _ in random.vector(-1.5...1.5) }
        let numbers = try WindingNumber(shape.mesh()).values(at: points)
        for scale in [0x1p-40, 0x1p60] {
            let scaled = try WindingNumber(shape.mapped { $0 * scale }.mesh()).values(at: points.map { $0 * scale })
            #expect(scaled == numbers)
        }
    }

    /// Many triangles at one place: the halving must end, and the sum hold. Oracle: the exact sum.
    @Test func manyTrianglesAtOnePlace() throws {
        let one = SolidShape.box([-1, -1, -1], [1, 1, 1])
        var all = one
        for _ in 0..<299 { all = SolidShape(positions: all.positions, triangles: all.triangles + one.triangles) }
        let winding = try WindingNumber(positions: all.positions, triangles: all.triangles)
        #expect(abs(winding.values(at: [[0.2, 0.1, 0]], accuracy: 0)[0] - 300) < 1e-9)
        #expect(abs(winding.values(at: [[0.2, 0.1, 0]])[0] - 300) < 0.01)
    }
}
