import Foundation
import KairaGeometry

/// Shapes whose measures are known, as triangle soups.
struct SolidShape {
    var positions: [SIMD3<Double>]
    var triangles: [SIMD3<Int32>]

    /// The mesh of this shape.
    func mesh(weldDistance: Double = 0) throws -> HalfEdgeMesh {
        try HalfEdgeMesh(positions: positions, triangles: triangles, weldDistance: weldDistance)
    }

    /// The same triangles with three vertices of their own each, as STL has them.
    var soup: SolidShape {
        SolidShape(
            positions: triangles.flatMap { t in (0..<3).map { positions[Int(t[$0])] } },
            triangles: triangles.indices.map { SIMD3(Int32(3 * $0), Int32(3 * $0 + 1), Int32(3 * $0 + 2)) })
    }

    /// Turned inside out.
    var inverted: SolidShape {
        SolidShape(positions: positions, triangles: triangles.map { SIMD3($0.x, $0.z, $0.y) })
    }

    /// Both shapes in one.
    static func + (a: SolidShape, b: SolidShape) -> SolidShape {
        let base = Int32(a.positions.count)
        return SolidShape(
            positions: a.positions + b.positions,
            triangles: a.triangles + b.triangles.map { $0 &+ SIMD3(repeating: base) })
    }

    /// Every position mapped.
    func mapped(_ f: (SIMD3<Double>) -> SIMD3<Double>) -> SolidShape {
        SolidShape(positions: positions.map(f), triangles: triangles)
    }

    /// A box of 8 vertices and 12 triangles.
    static func box(_ low: SIMD3<Double>, _ high: SIMD3<Double>) -> SolidShape {
        let positions = (0..<8).map { i in
            SIMD3(i & 1 == 0 ? low.x : high.x, i & 2 == 0 ? low.y : high.y, i & 4 == 0 ? low.z : high.z)
        }
        let quads: [[Int32]] = [
            [0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5],
        ]
        return SolidShape(
            positions: positions,
            triangles: quads.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] })
    }

    /// A torus about z: `around` by `across` vertices on circles of radius `large` and `small`.
    static func torus(large: Double, small: Double, around: Int, across: Int) -> SolidShape {
        var positions: [SIMD3<Double>] = []
        for i in 0..<around {
            let u = 2 * Double.pi * Double(i) / Double(around)
            for j in 0..<across {
                let v = 2 * Double.pi * Double(j) / Double(across)
                let r = large + small * cos(v)
                positions.append(SIMD3(r * cos(u), r * sin(u), small * sin(v)))
            }
        }
        return grid(positions, around: around, across: across)
    }

    /// The triangles of a grid that closes both ways; rows run counter-clockwise about the columns' outward side.
    private static func grid(_ positions: [SIMD3<Double>], around: Int, across: Int) -> SolidShape {
        var triangles: [SIMD3<Int32>] = []
        func index(_ i: Int, _ j: Int) -> Int32 { Int32((i % around) * across + j % across) }
        for i in 0..<around {
            for j in 0..<across {
                let (a, b, c, d) = (index(i, j), index(i + 1, j), index(i + 1, j + 1), index(i, j + 1))
                triangles += [SIMD3(a, b, c), SIMD3(a, c, d)]
            }
        }
        return SolidShape(positions: positions, triangles: triangles)
    }

    /// A ball: the octahedron divided `steps` times along each edge and pushed onto the sphere.
    static func ball(radius: Double, steps: Int, center: SIMD3<Double> = .zero) -> SolidShape {
        var positions: [SIMD3<Double>] = []
        var triangles: [SIMD3<Int32>] = []
        for octant in 0..<8 {
            let s = SIMD3<Double>(octant & 1 == 0 ? 1 : -1, octant & 2 == 0 ? 1 : -1, octant & 4 == 0 ? 1 : -1)
            let turns = s.x * s.y * s.z < 0
            var rows: [[Int32]] = []
            for i in 0...steps {
                rows.append(
                    (0...(steps - i)).map { j in
                        let p = SIMD3(Double(steps - i - j), Double(j), Double(i)) * s
                        positions.append(center + p * (radius / length(p)))
                        return Int32(positions.count - 1)
                    })
            }
            for i in 0..<steps {
                for j in 0..<(steps - i) {
                    var new = [SIMD3(rows[i][j], rows[i][j + 1], rows[i + 1][j])]
                    if j + 1 < steps - i { new.append(SIMD3(rows[i][j + 1], rows[i + 1][j + 1], rows[i + 1][j])) }
                    triangles += turns ? new.map { SIMD3($0.x, $0.z, $0.y) } : new
                }
            }
        }
        return SolidShape(positions: positions, triangles: triangles)
    }

    /// A Menger sponge of side 1 by its outer squares, two triangles each.
    static func menger(level: Int) -> SolidShape {
        var side = 1
        for _ in 0..<level { side *= 3 }
        func isFull(_ x: Int, _ y: Int, _ z: Int) -> Bool {
            guard x >= 0, y >= 0, z >= 0, x < side, y < side, z < side else { return false }
            var (x, y, z) = (x, y, z)
            for _ in 0..<level {
                if (x % 3 == 1 ? 1 : 0) + (y % 3 == 1 ? 1 : 0) + (z % 3 == 1 ? 1 : 0) > 1 { return false }
                (x, y, z) = (x / 3, y / 3, z / 3)
            }
            return true
        }
        var shape = SolidShape(positions: [], triangles: [])
        let quads: [(SIMD3<Int>, [SIMD3<Int>])] = [
            ([-1, 0, 0], [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]]),
            ([1, 0, 0], [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]]),
            ([0, -1, 0], [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]]),
            ([0, 1, 0], [[0, 1, 0], [0, 1, 1], [1, 1, 1], [1, 1, 0]]),
            ([0, 0, -1], [[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]]),
            ([0, 0, 1], [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]),
        ]
        for x in 0..<side {
            for y in 0..<side {
                for z in 0..<side where isFull(x, y, z) {
                    for (out, corners) in quads where !isFull(x + out.x, y + out.y, z + out.z) {
                        let base = Int32(shape.positions.count)
                        for c in corners {
                            shape.positions.append(
                                SIMD3(Double(x + c.x), Double(y + c.y), Double(z + c.z)) / Double(side))
                        }
                        shape.triangles += [
                            SIMD3(base, base + 1, base + 2), SIMD3(base, base + 2, base + 3),
                        ]
                    }
                }
            }
        }
        return shape
    }
}
