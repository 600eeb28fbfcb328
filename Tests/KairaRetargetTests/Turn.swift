import Foundation
import KairaGeometry

/// A rotation matrix in double, by rows: oracles that share no code with the library.
struct Turn: Sendable {
    var x: SIMD3<Double> = [1, 0, 0]
    var y: SIMD3<Double> = [0, 1, 0]
    var z: SIMD3<Double> = [0, 0, 1]

    init() {}

    /// Rodrigues' formula; degrees, any length of axis.
    init(_ axis: SIMD3<Double>, _ degrees: Double) {
        let a = unit(axis)
        let t = degrees * .pi / 180
        let (s, c) = (sin(t), cos(t))
        // Row i of R = c 1 + (1 - c) a a^T + s [a]x; row i of [a]x is e_i x a.
        func row(_ e: SIMD3<Double>) -> SIMD3<Double> { e * c + a * ((e * a).sum() * (1 - c)) + over(e, a) * s }
        (x, y, z) = (row([1, 0, 0]), row([0, 1, 0]), row([0, 0, 1]))
    }

    /// From a quaternion's definition, v -> q v q*.
    init(_ q: Quaternion) {
        let (a, b, c, w) = (Double(q.vector.x), Double(q.vector.y), Double(q.vector.z), Double(q.vector.w))
        let n = a * a + b * b + c * c + w * w
        x = [w * w + a * a - b * b - c * c, 2 * (a * b - w * c), 2 * (a * c + w * b)] / n
        y = [2 * (a * b + w * c), w * w - a * a + b * b - c * c, 2 * (b * c - w * a)] / n
        z = [2 * (a * c - w * b), 2 * (b * c + w * a), w * w - a * a - b * b + c * c] / n
    }

    func callAsFunction(_ v: SIMD3<Double>) -> SIMD3<Double> { [(x * v).sum(), (y * v).sum(), (z * v).sum()] }

    static func * (a: Turn, b: Turn) -> Turn {
        let columns = [b([1, 0, 0]), b([0, 1, 0]), b([0, 0, 1])].map { a($0) }
        var r = Turn()
        r.x = [columns[0].x, columns[1].x, columns[2].x]
        r.y = [columns[0].y, columns[1].y, columns[2].y]
        r.z = [columns[0].z, columns[1].z, columns[2].z]
        return r
    }

    /// The mirror in the plane x = 0.
    var mirrored: Turn {
        var r = self
        r.x *= [1, -1, -1]
        r.y *= [-1, 1, 1]
        r.z *= [-1, 1, 1]
        return r
    }

    /// Degrees between two rotations.
    func degrees(to other: Turn) -> Double {
        let trace = (x * other.x).sum() + (y * other.y).sum() + (z * other.z).sum()
        // By the difference's norm: |A - B|^2 = 6 - 2 trace = 8 sin^2(t / 2), exact near zero.
        let d = x - other.x, e = y - other.y, f = z - other.z
        let half = (((d * d).sum() + (e * e).sum() + (f * f).sum()) / 8).squareRoot()
        return trace > 2.9 ? 2 * half * 180 / .pi : acos(min(max((trace - 1) / 2, -1), 1)) * 180 / .pi
    }
}

func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }

func over(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}

/// Degrees between two directions.
func degrees(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let (u, v) = (unit(a), unit(b))
    let c = over(u, v)
    return atan2((c * c).sum().squareRoot(), (u * v).sum()) * 180 / .pi
}
