import KairaGeometry

/// A sphere made of a cube's six faces, each a grid of `side` by `side` cells, welded along the cube's edges.
///
/// Cells are of nearly one size, every vertex is found by its direction in constant time, and for an even `side` the plane
/// x = 0 runs along edges.
package struct CubeSphere {
    /// Cells along an edge of the cube, even.
    package let side: Int
    /// Unit directions, one a vertex.
    package let directions: [SIMD3<Float>]
    /// Counter-clockwise from outside, three a triangle.
    package let indices: [UInt32]
    /// `[6, side + 1, side + 1]`: the vertex at each grid point of each face.
    private let grid: [UInt32]

    /// The axes of each face: outwards, along its columns, along its rows; right-handed.
    private static let frames: [(out: SIMD3<Float>, u: SIMD3<Float>, v: SIMD3<Float>)] = [
        ([1, 0, 0], [0, 1, 0], [0, 0, 1]), ([-1, 0, 0], [0, 0, 1], [0, 1, 0]),
        ([0, 1, 0], [0, 0, 1], [1, 0, 0]), ([0, -1, 0], [1, 0, 0], [0, 0, 1]),
        ([0, 0, 1], [1, 0, 0], [0, 1, 0]), ([0, 0, -1], [0, 1, 0], [1, 0, 0]),
    ]

    /// tan(pi/4 x) on -1...1 to 1e-3, exact at the ends: it evens the cells out.
    private static func warp(_ x: Float) -> Float { x * (0.7854 + x * x * (0.1615 + 0.0531 * x * x)) }

    /// The inverse of `warp`, by Newton's method.
    private static func unwarp(_ y: Float) -> Float {
        var x = y
        for _ in 0..<4 {
            let s = x * x
            x -= (warp(x) - y) / (0.7854 + s * (0.4845 + 0.2655 * s))
        }
        return min(max(x, -1), 1)
    }

    /// A sphere of 6 x side x side cells.
    package init(side: Int) {
        precondition(side > 0 && side % 2 == 0)
        self.side = side
        let n = side + 1
        var lookup = [Int32](repeating: -1, count: n * n * n)
        var grid = [UInt32](repeating: 0, count: 6 * n * n)
        var directions: [SIMD3<Float>] = []
        let half = Float(side) / 2
        for (f, frame) in Self.frames.enumerated() {
            for j in 0..<n {
                for i in 0..<n {
                    // The place on the cube's lattice welds what two or three faces share.
                    let cube =
                        (frame.out + SIMD3<Float>.one) * half + frame.u * (Float(i) - half)
                        + frame.v * (Float(j) - half)
                    let key = (Int(cube.x.rounded()) * n + Int(cube.y.rounded())) * n + Int(cube.z.rounded())
                    if lookup[key] < 0 {
                        lookup[key] = Int32(directions.count)
                        let p = (cube - SIMD3(repeating: half)) / half
                        directions.append(normalize(SIMD3(Self.warp(p.x), Self.warp(p.y), Self.warp(p.z))))
                    }
                    grid[(f * n + j) * n + i] = UInt32(lookup[key])
                }
            }
        }
        var indices: [UInt32] = []
        for f in 0..<6 {
            for j in 0..<side {
                for i in 0..<side {
                    let a = grid[(f * n + j) * n + i], b = grid[(f * n + j) * n + i + 1]
                    let c = grid[(f * n + j + 1) * n + i + 1], d = grid[(f * n + j + 1) * n + i]
                    // Diagonals alternate, so that the grid has no grain.
                    indices += (i + j) % 2 == 0 ? [a, b, c, a, c, d] : [a, b, d, b, c, d]
                }
            }
        }
        self.grid = grid
        self.directions = directions
        self.indices = indices
    }

    /// Four vertices round a direction and their bilinear weights, which sum to 1.
    package func cell(at d: SIMD3<Float>) -> (vertices: SIMD4<UInt32>, weights: SIMD4<Float>) {
        let a = SIMD3(abs(d.x), abs(d.y), abs(d.z))
        let face: Int
        if a.x >= a.y, a.x >= a.z {
            face = d.x > 0 ? 0 : 1
        } else if a.y >= a.z {
            face = d.y > 0 ? 2 : 3
        } else {
            face = d.z > 0 ? 4 : 5
        }
        let frame = Self.frames[face]
        let scale = 1 / dot(d, frame.out)
        let u = (Self.unwarp(dot(d, frame.u) * scale) + 1) / 2 * Float(side)
        let v = (Self.unwarp(dot(d, frame.v) * scale) + 1) / 2 * Float(side)
        let (i, j) = (min(Int(u), side - 1), min(Int(v), side - 1))
        let (s, t) = (u - Float(i), v - Float(j))
        let at = (face * (side + 1) + j) * (side + 1) + i
        return (
            SIMD4(grid[at], grid[at + 1], grid[at + side + 2], grid[at + side + 1]),
            SIMD4((1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t)
        )
    }

    /// A field's value at a direction; `values` has one entry a vertex.
    package func sample(_ values: [Float], at d: SIMD3<Float>) -> Float {
        let (i, w) = cell(at: d)
        return values[Int(i.x)] * w.x + values[Int(i.y)] * w.y + values[Int(i.z)] * w.z + values[Int(i.w)] * w.w
    }

    /// A field's value at a direction; `values` has one entry a vertex.
    func sample(_ values: [SIMD3<Float>], at d: SIMD3<Float>) -> SIMD3<Float> {
        let (i, w) = cell(at: d)
        var sum = SIMD3<Float>.zero
        for corner in 0..<4 { sum += values[Int(i[corner])] * w[corner] }
        return sum
    }
}
