import KairaGeometry

/// The rotation that best turns one set of directions or points onto another, by weighted least squares.
///
/// Source: Horn, "Closed-form solution of absolute orientation using unit quaternions", 1987: the rotation is the
/// eigenvector of the largest eigenvalue of a symmetric 4x4 matrix, found here by Jacobi's method in double.
public struct RigidAlignment: Sendable {
    // Sum of weight * from * to^T, row = from.
    private var moments: [Double] = Array(repeating: 0, count: 9)

    /// No correspondences yet.
    public init() {}

    /// Adds a pair of vectors from a common origin; weight >= 0.
    public mutating func add(_ from: SIMD3<Float>, to: SIMD3<Float>, weight: Float) {
        for r in 0..<3 {
            for c in 0..<3 { moments[r * 3 + c] += Double(weight) * Double(from[r]) * Double(to[c]) }
        }
    }

    /// The best rotation, or nil where the vectors lie on one line or there are none.
    public func solve() -> Quaternion? {
        let m = moments
        let (xx, xy, xz) = (m[0], m[1], m[2])
        let (yx, yy, yz) = (m[3], m[4], m[5])
        let (zx, zy, zz) = (m[6], m[7], m[8])
        var a: [[Double]] = [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
        ]
        var v: [[Double]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        guard a.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
        for _ in 0..<24 {
            var off = 0.0
            for p in 0..<3 {
                for q in p + 1..<4 {
                    off += a[p][q] * a[p][q]
                    guard abs(a[p][q]) > 1e-300 else { continue }
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<4 { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
                    for k in 0..<4 { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
                    for k in 0..<4 { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
                }
            }
            if off < 1e-24 { break }
        }
        let order = [0, 1, 2, 3].sorted { a[$0][$0] > a[$1][$1] }
        let (best, second) = (order[0], order[1])
        // Two equal largest eigenvalues: any turn about the common line fits as well.
        guard a[best][best] - a[second][second] > 1e-4 * max(abs(a[best][best]), 1e-12) else { return nil }
        return Quaternion(
            x: Float(v[1][best]), y: Float(v[2][best]), z: Float(v[3][best]), w: Float(v[0][best])
        ).normalized
    }
}
