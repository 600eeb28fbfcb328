import KairaGeometry

/// Finds the lines along which faces pass through each other: where a sleeve ends in a hand, or a leg goes into a body.
///
/// Faces that only touch, or lie in one plane, have none; neither have neighbours. A tree of the faces' boxes passes over
/// parts of it in which all look nearly the same way: what is left of smooth bodies is little. The rest is in Double
/// (Moeller, "A Fast Triangle-Triangle Intersection Test", 1997).
struct SurfaceIntersections {
    /// The ends of all lines, world space; lines that go on have an end in common.
    private(set) var positions: [SIMD3<Float>] = []
    /// The lines between them.
    private(set) var lines: [FeatureLine] = []

    private struct Face {
        var a, b, c: SIMD3<Float>
        /// Corners over all bodies.
        var corners: SIMD3<Int32>
        /// Unit, towards the eye.
        var normal: SIMD3<Float>
        var item: Int32
        /// Whether it is drawn from where the eye is.
        var isDrawn: Bool

        /// Whether a triangle lies on one side of its plane.
        @inline(__always)
        func isBeside(_ other: Face, tolerance: Float) -> Bool {
            let heights = SIMD3(dot(normal, other.a - a), dot(normal, other.b - a), dot(normal, other.c - a))
            return heights.min() > -tolerance || heights.max() < tolerance
        }
    }

    /// An end of a line: where an edge goes through a face.
    private struct End: Hashable {
        var edge: SIMD2<Int32>
        var face: Int32
    }

    /// Where the line of two planes crosses the border of a face.
    private struct Crossing {
        var place: SIMD3<Double>
        var edge: SIMD2<Int32>
        var along = 0.0
    }

    private var faces: [Face] = []
    private var boxes: [DoubleBox] = []
    private var ends: [End: Int32] = [:]
    private let eye: SIMD4<Float>
    private let creaseCosine: Float
    private let seamCosine: Float

    /// - Parameters:
    ///   - eye: the eye (w 1), or the direction towards it (w 0), world space.
    ///   - creaseCosine: of the angle between the normals of two faces from which on they have a line; half of the angle
    ///     does if they are of different parts.
    init(eye: SIMD4<Float>, creaseCosine: Float) {
        self.eye = eye
        self.creaseCosine = creaseCosine
        // cos(a / 2)
        seamCosine = ((1 + creaseCosine) / 2).squareRoot()
    }

    /// Adds faces of a body.
    ///
    /// - Parameters:
    ///   - body: the body.
    ///   - positions: of its vertices, world space.
    ///   - base: vertices of the bodies before it.
    ///   - isMirrored: whether its faces are turned over.
    ///   - isDoubleSided: one an item.
    ///   - isShown: one an item.
    mutating func add(
        _ body: DrawingBody, positions: [SIMD3<Float>], base: Int32, isMirrored: Bool, isDoubleSided: [Bool],
        isShown: [Bool]
    ) {
        for (number, f) in body.faces.enumerated() {
            let item = body.itemOfFace[number]
            guard isShown[Int(item)] else { continue }
            let (a, b, c) = (positions[Int(f.x)], positions[Int(f.y)], positions[Int(f.z)])
            var n = cross(b - a, c - a)
            if isMirrored { n = -n }
            let size = dot(n, n).squareRoot()
            guard size > 1e-20, size < .infinity else { continue }
            let isFront = dot(n, eye.xyz - a * eye.w) > 0
            faces.append(
                Face(
                    a: a, b: b, c: c, corners: SIMD3(base + f.x, base + f.y, base + f.z),
                    normal: n * ((isFront ? 1 : -1) / size), item: item,
                    isDrawn: isFront || isDoubleSided[Int(item)]))
            boxes.append(
                DoubleBox(
                    min: SIMD3<Double>(pointwiseMin(a, pointwiseMin(b, c))),
                    max: SIMD3<Double>(pointwiseMax(a, pointwiseMax(b, c)))))
        }
    }

    /// Finds the lines of all faces that were added.
    mutating func find() {
        guard faces.count > 1 else { return }
        let tree = BoxTree(boxes)
        let normals = tree.unions(
            of: faces.map { face in
                let normal = SIMD3<Double>(face.normal)
                return DoubleBox(min: normal, max: normal)
            })
        let items = tree.unions(
            of: faces.map { face in
                let item = SIMD3<Double>(repeating: Double(face.item))
                return DoubleBox(min: item, max: item)
            })
        let reach = tree.bounds.size.max()
        let tolerance = 1e-6 * reach
        var pairs: [(Int, Int)] = []
        tree.forEachPair(unless: { a, b in
            var (facing, parts) = (normals[a], items[a])
            facing.formUnion(normals[b])
            parts.formUnion(items[b])
            // Unit vectors d apart have an angle of cosine 1 - d^2 / 2.
            let cosine = 1 - dot(facing.size, facing.size) / 2
            return cosine > Double(parts.min.x == parts.max.x ? creaseCosine : seamCosine)
        }) { first, second in
            pairs.append((first, second))
            return true
        }
        for (first, second) in pairs where mayMeet(first, second, tolerance: Float(tolerance)) {
            meet(Int32(first), Int32(second), tolerance: tolerance)
        }
    }

    /// Whether two faces may pass through each other at an angle that shows.
    @inline(__always)
    private func mayMeet(_ first: Int, _ second: Int, tolerance: Float) -> Bool {
        let (f, g) = (faces[first], faces[second])
        let (u, v) = (f.corners, g.corners)
        let shared = any(u .== v) || any(u .== SIMD3(v.y, v.z, v.x)) || any(u .== SIMD3(v.z, v.x, v.y))
        guard !shared, dot(f.normal, g.normal) < (f.item == g.item ? creaseCosine : seamCosine) else { return false }
        return !f.isBeside(g, tolerance: tolerance) && !g.isBeside(f, tolerance: tolerance)
    }

    /// Adds the line of two faces, if there is one.
    private mutating func meet(_ first: Int32, _ second: Int32, tolerance: Double) {
        let (f, g) = (faces[Int(first)], faces[Int(second)])
        guard let ofG = Self.crossings(g, plane: f, tolerance: tolerance),
            let ofF = Self.crossings(f, plane: g, tolerance: tolerance)
        else { return }
        // Both pairs lie on the line of the two planes.
        let way = ofF.1.place - ofF.0.place
        let length = (way.x * way.x + way.y * way.y + way.z * way.z).squareRoot()
        guard length > tolerance else { return }
        func along(_ c: Crossing) -> Double {
            let d = c.place - ofF.0.place
            return (d.x * way.x + d.y * way.y + d.z * way.z) / length
        }
        var other = (ofG.0, ofG.1)
        (other.0.along, other.1.along) = (along(other.0), along(other.1))
        if other.0.along > other.1.along { other = (other.1, other.0) }
        let startsOnG = other.0.along > 0
        let endsOnG = other.1.along < length
        let (from, to) = (startsOnG ? other.0 : ofF.0, endsOnG ? other.1 : ofF.1)
        guard (endsOnG ? other.1.along : length) - (startsOnG ? other.0.along : 0) > tolerance else { return }
        lines.append(
            FeatureLine(
                a: end(from, of: startsOnG ? second : first, through: startsOnG ? first : second),
                b: end(to, of: endsOnG ? second : first, through: endsOnG ? first : second), edge: .intersection,
                isBack: !f.isDrawn || !g.isDrawn))
    }

    private mutating func end(_ crossing: Crossing, of face: Int32, through other: Int32) -> Int32 {
        let key = End(edge: crossing.edge, face: other)
        if let known = ends[key] { return known }
        let fresh = Int32(positions.count)
        ends[key] = fresh
        positions.append(SIMD3<Float>(crossing.place))
        return fresh
    }

    /// Where the border of a face crosses another's plane: twice, or nil where it does not, or only touches it.
    private static func crossings(
        _ face: Face, plane other: Face, tolerance: Double
    ) -> (Crossing, Crossing)? {
        let (a, b, c) = (SIMD3<Double>(other.a), SIMD3<Double>(other.b), SIMD3<Double>(other.c))
        let n = cross(b - a, c - a)
        let size = (n.x * n.x + n.y * n.y + n.z * n.z).squareRoot()
        let corners = [SIMD3<Double>(face.a), SIMD3<Double>(face.b), SIMD3<Double>(face.c)]
        var heights = SIMD3<Double>.zero
        for k in 0..<3 {
            let d = corners[k] - a
            heights[k] = (n.x * d.x + n.y * d.y + n.z * d.z) / size
        }
        guard heights.max() > tolerance, heights.min() < -tolerance else { return nil }
        var found: [Crossing] = []
        for k in 0..<3 {
            let next = (k + 1) % 3
            guard (heights[k] >= 0) != (heights[next] >= 0) else { continue }
            // The same from both of its faces.
            let (v, w) = (face.corners[k], face.corners[next])
            let (p, q) = v < w ? (k, next) : (next, k)
            let t = heights[p] / (heights[p] - heights[q])
            found.append(
                Crossing(place: corners[p] + (corners[q] - corners[p]) * t, edge: SIMD2(min(v, w), max(v, w))))
        }
        return found.count == 2 ? (found[0], found[1]) : nil
    }
}
