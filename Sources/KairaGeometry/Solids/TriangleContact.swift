/// Whether closed triangles meet, by exact predicates.
struct TriangleContact {
    typealias Triangle = (a: SIMD3<Double>, b: SIMD3<Double>, c: SIMD3<Double>)

    /// Whether two triangles without a common corner have a point in common; neither may be without area.
    static func meet(_ s: Triangle, _ t: Triangle) -> Bool {
        // All of one on one side of the other: the usual case.
        let (ta, tb, tc) = (
            ExactPredicates.orientation(s.a, s.b, s.c, t.a), ExactPredicates.orientation(s.a, s.b, s.c, t.b),
            ExactPredicates.orientation(s.a, s.b, s.c, t.c)
        )
        if ta == tb, tb == tc, ta != 0 { return false }
        let (sa, sb, sc) = (
            ExactPredicates.orientation(t.a, t.b, t.c, s.a), ExactPredicates.orientation(t.a, t.b, t.c, s.b),
            ExactPredicates.orientation(t.a, t.b, t.c, s.c)
        )
        if sa == sb, sb == sc, sa != 0 { return false }
        return meets(t.a, t.b, ta, tb, s) || meets(t.b, t.c, tb, tc, s) || meets(t.c, t.a, tc, ta, s)
            || meets(s.a, s.b, sa, sb, t) || meets(s.b, s.c, sb, sc, t) || meets(s.c, s.a, sc, sa, t)
    }

    /// Whether two triangles whose corner `a` is the same meet elsewhere too.
    static func meetBeyondCorner(_ s: Triangle, _ t: Triangle) -> Bool {
        segmentMeets(t.b, t.c, s) || segmentMeets(s.b, s.c, t)
    }

    /// Whether two triangles whose edge from `a` to `b` is the same lie on each other.
    static func foldOnEdge(_ s: Triangle, _ t: Triangle) -> Bool {
        guard ExactPredicates.orientation(s.a, s.b, s.c, t.c) == 0 else { return false }
        let drop = droppedAxis(s)
        let (a, b) = (flat(s.a, drop), flat(s.b, drop))
        let (one, other) = (
            ExactPredicates.orientation(a, b, flat(s.c, drop)), ExactPredicates.orientation(a, b, flat(t.c, drop))
        )
        return one == other && one != 0
    }

    private static func segmentMeets(_ p: SIMD3<Double>, _ q: SIMD3<Double>, _ t: Triangle) -> Bool {
        meets(
            p, q, ExactPredicates.orientation(t.a, t.b, t.c, p), ExactPredicates.orientation(t.a, t.b, t.c, q), t)
    }

    /// Whether the segment p q, whose ends are on these sides of the triangle's plane, meets the triangle.
    private static func meets(
        _ p: SIMD3<Double>, _ q: SIMD3<Double>, _ pSide: Int, _ qSide: Int, _ t: Triangle
    ) -> Bool {
        guard pSide != qSide || pSide == 0 else { return false }
        if pSide == 0, qSide == 0 { return meetsInPlane(p, q, t) }
        let (ab, bc, ca) = (
            ExactPredicates.orientation(p, q, t.a, t.b), ExactPredicates.orientation(p, q, t.b, t.c),
            ExactPredicates.orientation(p, q, t.c, t.a)
        )
        return (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0)
    }

    private static func meetsInPlane(_ p: SIMD3<Double>, _ q: SIMD3<Double>, _ t: Triangle) -> Bool {
        let drop = droppedAxis(t)
        let (p, q) = (flat(p, drop), flat(q, drop))
        let (a, b, c) = (flat(t.a, drop), flat(t.b, drop), flat(t.c, drop))
        return inside(p, a, b, c) || inside(q, a, b, c) || cross(p, q, a, b) || cross(p, q, b, c) || cross(p, q, c, a)
    }

    private static func inside(
        _ p: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>
    ) -> Bool {
        let (ab, bc, ca) = (
            ExactPredicates.orientation(a, b, p), ExactPredicates.orientation(b, c, p),
            ExactPredicates.orientation(c, a, p)
        )
        return (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0)
    }

    /// Whether two closed segments meet; ends that lie on the other's line count where they lie within it.
    private static func cross(
        _ p: SIMD2<Double>, _ q: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>
    ) -> Bool {
        let (pa, pb) = (ExactPredicates.orientation(p, q, a), ExactPredicates.orientation(p, q, b))
        let (ap, aq) = (ExactPredicates.orientation(a, b, p), ExactPredicates.orientation(a, b, q))
        if pa != pb, ap != aq { return true }
        func within(_ x: SIMD2<Double>, _ u: SIMD2<Double>, _ v: SIMD2<Double>) -> Bool {
            x.x >= min(u.x, v.x) && x.x <= max(u.x, v.x) && x.y >= min(u.y, v.y) && x.y <= max(u.y, v.y)
        }
        return (pa == 0 && within(a, p, q)) || (pb == 0 && within(b, p, q)) || (ap == 0 && within(p, a, b))
            || (aq == 0 && within(q, a, b))
    }

    /// The axis along which the triangle can be looked at without losing its area.
    private static func droppedAxis(_ t: Triangle) -> Int {
        let n = KairaGeometry.cross(t.b - t.a, t.c - t.a)
        let size = SIMD3(abs(n.x), abs(n.y), abs(n.z))
        return size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
    }

    private static func flat(_ p: SIMD3<Double>, _ drop: Int) -> SIMD2<Double> {
        drop == 0 ? SIMD2(p.y, p.z) : drop == 1 ? SIMD2(p.z, p.x) : SIMD2(p.x, p.y)
    }
}
