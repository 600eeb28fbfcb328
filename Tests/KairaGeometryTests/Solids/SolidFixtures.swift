import Foundation
import KairaGeometry
import KairaTestSupport

/// What libigl 2.6.3, trimesh 5.2.0 and manifold3d 3.5.4 say of a few meshes; `Tests/Support/solid_fixtures.py` wrote it.
enum SolidFixtures {
    /// A closed knotted tube.
    struct Knot: Decodable {
        struct Section: Decodable {
            var normal: [Double]
            var offset, area, length: Double
            var loops: Int
        }
        var vertices: [Double]
        var faces: [Int32]
        /// So many of the faces, from the first, are the open mesh.
        var openFaces: Int
        var points: [Double]
        var closed, open, closedFast, openFast: [Double]
        var volume, area: Double
        var centroid: [Double]
        var inertia: [[Double]]
        var euler: Int
        var sections: [Section]

        var shape: SolidShape {
            SolidShape(positions: vectors(vertices), triangles: vectors(faces))
        }
        var openShape: SolidShape {
            var shape = shape
            shape.triangles.removeLast(shape.triangles.count - openFaces)
            return shape
        }
        var places: [SIMD3<Double>] { vectors(points) }
    }

    /// Booleans of the unit cube about the origin with a turned and moved one.
    struct Booleans: Decodable {
        struct Result: Decodable {
            var volume, area: Double
            var genus: Int
        }
        struct Case: Decodable {
            var vertices: [Double]
            var results: [String: Result]

            var moved: SolidShape {
                SolidShape(
                    positions: vectors(vertices),
                    triangles: SolidShape.box([-0.5, -0.5, -0.5], [0.5, 0.5, 0.5]).triangles)
            }
        }
        var cases: [Case]
    }

    static func knot() throws -> Knot { try read("knot.json") }
    static func booleans() throws -> Booleans { try read("boolean.json") }

    private static func read<T: Decodable>(_ name: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(contentsOf: TestData.fixture("solids/\(name)")))
    }

}

private func vectors<S: SIMDScalar>(_ list: [S]) -> [SIMD3<S>] {
    (0..<list.count / 3).map { SIMD3(list[3 * $0], list[3 * $0 + 1], list[3 * $0 + 2]) }
}

extension SIMD3<Double> {
    /// Turned by Euler angles about z, y, x, radians.
    func turned(_ angles: SIMD3<Double>) -> SIMD3<Double> {
        var p = self
        for k in [2, 1, 0] {
            let (i, j) = ((k + 1) % 3, (k + 2) % 3)
            let (c, s) = (cos(angles[k]), sin(angles[k]))
            (p[i], p[j]) = (c * p[i] - s * p[j], s * p[i] + c * p[j])
        }
        return p
    }
}

/// Seeded numbers for tests: xorshift64*.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
    mutating func vector(_ range: ClosedRange<Double>) -> SIMD3<Double> {
        SIMD3(
            Double.random(in: range, using: &self), Double.random(in: range, using: &self),
            Double.random(in: range, using: &self))
    }
}

/// Whether two numbers agree to a part of the larger one.
func agree(_ a: Double, _ b: Double, _ tolerance: Double, floor: Double = 0) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b), floor)
}
