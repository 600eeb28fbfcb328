/// Signs of determinants of points, right for all Doubles between about 1e-90 and 1e90.
///
/// A plain evaluation with an error bound answers almost always; where it can't tell, sums of non-overlapping Doubles do
/// (Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997).
enum ExactPredicates {
    /// 1 where a, b, c run counter-clockwise, -1 where clockwise, 0 on one line.
    static func orientation(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Int {
        let left = (a.x - c.x) * (b.y - c.y)
        let right = (a.y - c.y) * (b.x - c.x)
        let determinant = left - right
        let bound = 3.3306690738754716e-16 * (abs(left) + abs(right))
        if determinant > bound { return 1 }
        if -determinant > bound { return -1 }
        if bound == 0 { return 0 }
        let (ax, ay) = (Expansion(a.x, minus: c.x), Expansion(a.y, minus: c.y))
        let (bx, by) = (Expansion(b.x, minus: c.x), Expansion(b.y, minus: c.y))
        return (ax * by - ay * bx).sign
    }

    /// 1 where d lies above the plane of a, b, c (from which they run counter-clockwise), -1 below, 0 in it.
    static func orientation(
        _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>, _ d: SIMD3<Double>
    ) -> Int {
        let (u, v, w) = (a - d, b - d, c - d)
        let (vwx, wvx) = (v.y * w.z, w.y * v.z)
        let (vwy, wvy) = (v.z * w.x, w.z * v.x)
        let (vwz, wvz) = (v.x * w.y, w.x * v.y)
        let determinant = u.x * (vwx - wvx) + u.y * (vwy - wvy) + u.z * (vwz - wvz)
        let size =
            abs(u.x) * (abs(vwx) + abs(wvx)) + abs(u.y) * (abs(vwy) + abs(wvy)) + abs(u.z) * (abs(vwz) + abs(wvz))
        let bound = 7.771561172376103e-16 * size
        if determinant > bound { return -1 }
        if -determinant > bound { return 1 }
        if bound == 0 { return 0 }
        let (ux, uy, uz) = (Expansion(a.x, minus: d.x), Expansion(a.y, minus: d.y), Expansion(a.z, minus: d.z))
        let (vx, vy, vz) = (Expansion(b.x, minus: d.x), Expansion(b.y, minus: d.y), Expansion(b.z, minus: d.z))
        let (wx, wy, wz) = (Expansion(c.x, minus: d.x), Expansion(c.y, minus: d.y), Expansion(c.z, minus: d.z))
        return -(ux * (vy * wz - wy * vz) + uy * (vz * wx - wz * vx) + uz * (vx * wy - wx * vy)).sign
    }

    /// A number as a sum of Doubles that do not overlap, least first.
    private struct Expansion {
        private var parts: [Double]

        init(_ a: Double, minus b: Double) {
            let (high, low) = Self.sum(a, -b)
            parts = low == 0 ? [high] : [low, high]
        }

        private init(_ parts: [Double]) { self.parts = parts }

        /// The sign of the largest part is that of the sum.
        var sign: Int {
            guard let last = parts.last else { return 0 }
            return last > 0 ? 1 : last < 0 ? -1 : 0
        }

        private static func sum(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
            let high = a + b
            let part = high - a
            return (high, (a - (high - part)) + (b - part))
        }

        private mutating func add(_ b: Double) {
            guard b != 0 else { return }
            var carry = b
            var new: [Double] = []
            new.reserveCapacity(parts.count + 1)
            for part in parts {
                let (high, low) = Self.sum(carry, part)
                if low != 0 { new.append(low) }
                carry = high
            }
            if carry != 0 { new.append(carry) }
            parts = new
        }

        static func + (a: Expansion, b: Expansion) -> Expansion {
            var result = a
            for part in b.parts { result.add(part) }
            return result
        }

        static func - (a: Expansion, b: Expansion) -> Expansion { a + Expansion(b.parts.map { -$0 }) }

        static func * (a: Expansion, b: Expansion) -> Expansion {
            var result = Expansion([])
            for x in a.parts {
                for y in b.parts {
                    let high = x * y
                    // The product's rounding error, exactly.
                    result.add((-high).addingProduct(x, y))
                    result.add(high)
                }
            }
            return result
        }
    }
}
