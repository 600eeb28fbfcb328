import KairaGeometry

/// Finds the lines along which faces pass through each other: where a sleeve ends in a hand, or a leg goes into a body.
///
/// Faces that only touch, or lie in one plane, have none; neither have neighbours. A tree of the faces' boxes passes over
/// parts of it in which all look nearly the same way: what is left of smooth bodies is little. The rest is in Double
/// (Moeller, "A Fast Triangle-Triangle Intersection Test", 1997). Where the lines are does not depend on the eye: they are
/// found anew only where the bodies have moved.
struct SurfaceIntersections {
    /// The ends of all lines, world space; lines that go on have an end in common.
    private(set) var positions: [SIMD3<Float>] = []
    private var lines: [Line] = []

    /// A line and the faces that meet in it.
    private struct Line {
        var a, b: Int32
        var first, second: Int32
    }

    private struct Face {
        var a, b, c: SIMD3<Float>
        /// Corners over all bodies.
        var corners: SIMD3<Int32>
        /// Unit, to the side from which it is wound counterclockwise.
        var normal: SIMD3<Float>
        var item: Int32

        /// Whether a triangle lies on one side of its plane.
        @inline(__always)
        func isBeside(_ other: Face, tolerance: Float) -> Bool {
            let (x, y, z) = (dot(normal, other.a - a), dot(normal, other.b - a), dot(normal, other.c - a))
            return min(x, min(y, z)) > -tolerance || max(x, max(y, z)) < tolerance
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
    private var ends: [End: Int32] = [:]
    /// cos a, where lines are found from the angle a between two faces' normals on.
    private var creaseCosine: Float = .nan

    /// Follows the bodies.
    ///
    /// - Parameters:
    ///   - bodies: where they are.
    ///   - isShown: one an item: whether its faces count.
    ///   - creaseCosine: of the angle between the normals of two faces from which on they have a line; half of the angle
    ///     does if they are of different parts.
    mutating func update(_ bodies: DeformedBodies, isShown: [Bool], creaseCosine: Float) {
        var isChanged = creaseCosine != self.creaseCosine
        self.creaseCosine = creaseCosine
        var (count, base) = (0, Int32(0))
        for (index, body) in bodies.bodies.enumerated() {
            let positions = bodies.geometry[index].positions
            let sign: Float = bodies.isMirrored[index] ? -1 : 1
            for (f, item) in zip(body.faces, body.itemOfFace) where isShown[Int(item)] {
                let (a, b, c) = (positions[Int(f.x)], positions[Int(f.y)], positions[Int(f.z)])
                let corners = SIMD3(base + f.x, base + f.y, base + f.z)
                if count < faces.count, faces[count].a == a, faces[count].b == b, faces[count].c == c,
                    faces[count].corners == corners, faces[count].item == item
                {
                    count += 1
                    continue
                }
                let n = cross(b - a, c - a)
                let size = dot(n, n).squareRoot()
                guard size > 1e-20, size < .infinity else { continue }
                isChanged = true
                let face = Face(a: a, b: b, c: c, corners: corners, normal: n * (sign / size), item: item)
                if count < faces.count { faces[count] = face } else { faces.append(face) }
                count += 1
            }
            base += Int32(body.shape.positions.count)
        }
        if count < faces.count {
            faces.removeLast(faces.count - count)
            isChanged = true
        }
        if isChanged { find() }
    }

    /// The lines as they are seen.
    ///
    /// - Parameters:
    ///   - eye: the eye (w 1), or the direction towards it (w 0), world space.
    ///   - isDoubleSided: one an item.
    /// - Returns: them; their ends are places in `positions`.
    func lines(from eye: SIMD4<Float>, isDoubleSided: [Bool]) -> [FeatureLine] {
        func isDrawn(_ index: Int32) -> Bool {
            let face = faces[Int(index)]
            return isDoubleSided[Int(face.item)] || dot(face.normal, eye.xyz - face.a * eye.w) > 0
        }
        return lines.map {
            FeatureLine(a: $0.a, b: $0.b, edge: .intersection, isBack: !isDrawn($0.first) || !isDrawn($0.second))
        }
    }

    private mutating func find() {
        positions.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        guard faces.count > 1 else { return }
        var bounds = BoundingBox.empty
        let tree = BoxTree(
            faces.map { face in
                let box = BoundingBox(
                    min: pointwiseMin(face.a, pointwiseMin(face.b, face.c)),
                    max: pointwiseMax(face.a, pointwiseMax(face.b, face.c)))
                bounds.formUnion(box)
                return box
            })
        let normals = tree.unions(of: faces.map { SIMD4($0.normal, Float($0.item)) })
        let tolerance = 1e-6 * bounds.size.max()
        // cos(a / 2)
        let seamCosine = ((1 + creaseCosine) / 2).squareRoot()
        var pairs: [SIMD2<Int32>] = []
        unsafe normals.withUnsafeBufferPointer { normals in
            unsafe faces.withUnsafeBufferPointer { faces in
                tree.forEachPair(unless: { a, b in
                    var facing = unsafe normals[a]
                    unsafe facing.formUnion(normals[b])
                    let size = facing.greatest - facing.least
                    // Unit vectors d apart have an angle of cosine 1 - d^2 / 2.
                    let cosine = 1 - (size.x * size.x + size.y * size.y + size.z * size.z) / 2
                    return cosine > (size.w == 0 ? creaseCosine : seamCosine)
                }) { first, second in
                    let (f, g) = unsafe (faces[first], faces[second])
                    let (u, v) = (f.corners, g.corners)
                    guard dot(f.normal, g.normal) < (f.item == g.item ? creaseCosine : seamCosine),
                        !any(u .== v), !any(u .== SIMD3(v.y, v.z, v.x)), !any(u .== SIMD3(v.z, v.x, v.y)),
                        !f.isBeside(g, tolerance: tolerance), !g.isBeside(f, tolerance: tolerance)
                    else { return true }
                    pairs.append(SIMD2(Int32(first), Int32(second)))
                    return true
                }
            }
        }
        for pair in pairs { meet(pair.x, pair.y, tolerance: Double(tolerance)) }
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
            Line(
                a: end(from, of: startsOnG ? second : first, through: startsOnG ? first : second),
                b: end(to, of: endsOnG ? second : first, through: endsOnG ? first : second), first: first,
                second: second))
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
        func crossing(_ k: Int, _ next: Int) -> Crossing {
            // The same from both of the edge's faces.
            let (v, w) = (face.corners[k], face.corners[next])
            let (p, q) = v < w ? (k, next) : (next, k)
            let t = heights[p] / (heights[p] - heights[q])
            return Crossing(place: corners[p] + (corners[q] - corners[p]) * t, edge: SIMD2(min(v, w), max(v, w)))
        }
        // The corner that is alone on its side, and the edges at it in the order of the face.
        let isAbove = (heights.x >= 0, heights.y >= 0, heights.z >= 0)
        if isAbove.0 == isAbove.1 { return (crossing(1, 2), crossing(2, 0)) }
        if isAbove.1 == isAbove.2 { return (crossing(0, 1), crossing(2, 0)) }
        return (crossing(0, 1), crossing(1, 2))
    }
}
