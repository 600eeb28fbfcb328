import Foundation
import KairaGeometry
import KairaScene

/// Known solids, wound counter-clockwise seen from outside.
enum Solids {
    /// Flat faces from corners; each is cut into a fan.
    static func polyhedron(_ corners: [SIMD3<Float>], faces: [[Int]]) -> Primitive {
        Primitive(
            positions: corners,
            indices: faces.flatMap { face in
                (1..<face.count - 1).flatMap { [UInt32(face[0]), UInt32(face[$0]), UInt32(face[$0 + 1])] }
            })
    }

    static func box(_ low: SIMD3<Float>, _ high: SIMD3<Float>) -> Primitive {
        var shape = ShadingTests.cube(half: 1)
        shape.positions = shape.positions.map { low + ($0 + 1) * 0.5 * (high - low) }
        return shape
    }

    static let tetrahedron = polyhedron(
        [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], faces: [[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])

    static let octahedron = polyhedron(
        [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]],
        faces: [
            [0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5],
        ])

    /// Coxeter, Regular Polytopes: corners (+-1, +-1, +-1) and the even turns of (0, +-1/phi, +-phi); its faces look along the
    /// corners (0, +-1, +-phi) of an icosahedron and their turns.
    static let dodecahedron: Primitive = {
        let phi = Float((1 + 5.0.squareRoot()) / 2)
        var corners: [SIMD3<Float>] = []
        var normals: [SIMD3<Float>] = []
        for a: Float in [-1, 1] {
            for b: Float in [-1, 1] {
                for c: Float in [-1, 1] { corners.append([a, b, c]) }
                corners += [[0, a / phi, b * phi], [b * phi, 0, a / phi], [a / phi, b * phi, 0]]
                normals += [[0, a * phi, b], [b, 0, a * phi], [a * phi, b, 0]]
            }
        }
        let faces = normals.map { normal -> [Int] in
            let n = normalize(normal)
            let far = corners.map { dot($0, n) }.max() ?? 0
            let own = corners.indices.filter { dot(corners[$0], n) > far - 1e-3 }
            let x = perpendicular(to: n)
            let y = cross(n, x)
            return own.sorted {
                atan2(dot(corners[$0], y), dot(corners[$0], x)) < atan2(dot(corners[$1], y), dot(corners[$1], x))
            }
        }
        precondition(faces.count == 12 && faces.allSatisfy { $0.count == 5 })
        return polyhedron(corners, faces: faces)
    }()

    /// An L of unit squares, 2 x 2 less one, and 1 thick: 6 + 6 + 6 edges.
    static let lPrism: Primitive = {
        let outline: [SIMD2<Float>] = [[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]]
        let corners = outline.map { SIMD3($0.x, $0.y, 1) } + outline.map { SIMD3($0.x, $0.y, 0) }
        var faces = [[0, 1, 2, 3], [0, 3, 4, 5], [9, 8, 7, 6], [11, 10, 9, 6]]
        for k in 0..<6 { faces.append([k, k + 6, (k + 1) % 6 + 6, (k + 1) % 6]) }
        return polyhedron(corners, faces: faces)
    }()

    /// A torus about z.
    static func torus(_ major: Float, _ minor: Float, around: Int, across: Int) -> Primitive {
        var positions: [SIMD3<Float>] = []
        var indices: [UInt32] = []
        for i in 0..<around {
            let u = Double(i) / Double(around) * 2 * .pi
            for j in 0..<across {
                let v = Double(j) / Double(across) * 2 * .pi
                let r = Double(major) + Double(minor) * cos(v)
                positions.append([Float(r * cos(u)), Float(r * sin(u)), Float(Double(minor) * sin(v))])
                let (i1, j1) = ((i + 1) % around, (j + 1) % across)
                let (a, b) = (UInt32(i * across + j), UInt32(i1 * across + j))
                let (c, d) = (UInt32(i1 * across + j1), UInt32(i * across + j1))
                indices += [a, b, c, a, c, d]
            }
        }
        return Primitive(positions: positions, indices: indices)
    }

    /// A ball about z with rings at equal angles.
    static func sphere(_ radius: Float, around: Int, rings: Int) -> Primitive {
        var positions: [SIMD3<Float>] = [[0, 0, radius]]
        for ring in 1..<rings {
            let v = Double(ring) / Double(rings) * .pi
            for i in 0..<around {
                let u = Double(i) / Double(around) * 2 * .pi
                positions.append(
                    [Float(sin(v) * cos(u)) * radius, Float(sin(v) * sin(u)) * radius, Float(cos(v)) * radius])
            }
        }
        positions.append([0, 0, -radius])
        var indices: [UInt32] = []
        let last = UInt32(positions.count - 1)
        for i in 0..<around {
            let (a, b) = (UInt32(1 + i), UInt32(1 + (i + 1) % around))
            indices += [0, a, b]
            let (c, d) = (last - UInt32(around) + UInt32(i), last - UInt32(around) + UInt32((i + 1) % around))
            indices += [last, d, c]
            for ring in 0..<rings - 2 {
                let step = UInt32(ring * around)
                let (p, q) = (a + step, b + step)
                indices += [p, p + UInt32(around), q + UInt32(around), p, q + UInt32(around), q]
            }
        }
        return Primitive(positions: positions, indices: indices)
    }

    /// The same shape elsewhere, turned and scaled.
    static func moved(
        _ shape: Primitive, by offset: SIMD3<Float> = .zero, scale: Float = 1, turn: Quaternion = .identity
    ) -> Primitive {
        var shape = shape
        shape.positions = shape.positions.map { turn.act($0 * scale) + offset }
        return shape
    }

    /// The same faces seen from inside.
    static func turnedOver(_ shape: Primitive) -> Primitive {
        var shape = shape
        for t in stride(from: 0, to: shape.indices.count, by: 3) { shape.indices.swapAt(t, t + 1) }
        return shape
    }
}
