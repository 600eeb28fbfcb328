/// The rotation, scale and shift that lay one set of points on another with the least squared distance, mirror images
/// excluded (Umeyama, *Least-squares estimation of transformation parameters*, 1991; ordinary Procrustes analysis).
public struct SimilarityAlignment: Sendable, Hashable {
    /// Columns of the rotation.
    public let rotation: (x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>)
    /// The scale; 0 where the points that move are all one.
    public let scale: Double
    /// Added last.
    public let translation: SIMD3<Double>

    /// The alignment of some points to as many others.
    ///
    /// - Parameters:
    ///   - points: what moves.
    ///   - target: where to.
    public init(
        of points: some RandomAccessCollection<SIMD3<Double>>, to target: some RandomAccessCollection<SIMD3<Double>>
    ) {
        precondition(points.count == target.count)
        let count = Double(max(points.count, 1))
        let from = points.reduce(.zero, +) / count, to = target.reduce(.zero, +) / count
        // m_ij = sum g_i p_j over centred points; columns are axes of the points that move.
        var m = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
        var spread = 0.0
        for (point, goal) in zip(points, target) {
            let p = point - from, g = goal - to
            m.0 += g * p.x
            m.1 += g * p.y
            m.2 += g * p.z
            spread += (p * p).sum()
        }
        let factors = Rotations(m)
        rotation = factors.product
        scale = spread > 0 ? factors.trace / spread : 0
        let turned = rotation.x * from.x + rotation.y * from.y + rotation.z * from.z
        translation = to - turned * scale
    }

    /// Where a point goes.
    public func apply(_ point: SIMD3<Double>) -> SIMD3<Double> {
        (rotation.x * point.x + rotation.y * point.y + rotation.z * point.z) * scale + translation
    }

    /// Whether both move every point alike.
    public static func == (a: Self, b: Self) -> Bool {
        a.rotation == b.rotation && a.scale == b.scale && a.translation == b.translation
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rotation.x)
        hasher.combine(rotation.y)
        hasher.combine(rotation.z)
        hasher.combine(scale)
        hasher.combine(translation)
    }
}

/// The singular vectors of a 3x3 matrix, both sets turned into rotations: the smallest singular value carries the sign.
///
/// One-sided Jacobi (Demmel and Veselic, 1992), whose small singular values are as exact as the large ones.
private struct Rotations {
    /// Left times right transposed, by columns.
    let product: (x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>)
    /// The sum of the singular values, the last one signed.
    let trace: Double

    init(_ matrix: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)) {
        var a = [matrix.0, matrix.1, matrix.2]
        var v: [SIMD3<Double>] = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
        for _ in 0..<40 {
            var isDone = true
            for (i, j) in [(0, 1), (0, 2), (1, 2)] {
                let aa = (a[i] * a[i]).sum(), bb = (a[j] * a[j]).sum(), ab = (a[i] * a[j]).sum()
                guard abs(ab) > 1e-17 * (aa * bb).squareRoot() else { continue }
                isDone = false
                let zeta = (bb - aa) / (2 * ab)
                let t = (zeta >= 0 ? 1.0 : -1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
                let c = 1 / (1 + t * t).squareRoot(), s = c * t
                (a[i], a[j]) = (a[i] * c - a[j] * s, a[i] * s + a[j] * c)
                (v[i], v[j]) = (v[i] * c - v[j] * s, v[i] * s + v[j] * c)
            }
            if isDone { break }
        }
        let order = [0, 1, 2].sorted { (a[$0] * a[$0]).sum() > (a[$1] * a[$1]).sum() }
        let (first, second) = (order[0], order[1])
        let v1 = v[first], v2 = v[second], v3 = Self.cross(v1, v2)
        let s1 = (a[first] * a[first]).sum().squareRoot()
        guard s1 > 0 else {
            product = (SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))
            trace = 0
            return
        }
        let u1 = a[first] / s1
        // Of a matrix of rank one any second vector will do.
        var u2 = a[second] - u1 * (u1 * a[second]).sum()
        let s2 = (u2 * u2).sum().squareRoot()
        if s2 > s1 * 1e-15 {
            u2 /= s2
        } else {
            let axis: SIMD3<Double> =
                abs(u1.x) < 0.6 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0)
            u2 = Self.cross(u1, axis)
            u2 /= (u2 * u2).sum().squareRoot()
        }
        let u3 = Self.cross(u1, u2)
        // M v3, from the columns as they came.
        let image = matrix.0 * v3.x + matrix.1 * v3.y + matrix.2 * v3.z
        trace = s1 + s2 + (u3 * image).sum()
        product = (
            u1 * v1.x + u2 * v2.x + u3 * v3.x, u1 * v1.y + u2 * v2.y + u3 * v3.y, u1 * v1.z + u2 * v2.z + u3 * v3.z
        )
    }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }
}
