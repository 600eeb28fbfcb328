import KairaGeometry
import KairaScene

/// A piece of the mascot under construction: vertices in model space with all that hangs on them.
struct BodyPart {
    /// Metres, model space, T-pose.
    var positions: [SIMD3<Float>] = []
    /// Unit normals.
    var normals: [SIMD3<Float>] = []
    /// Texture coordinates, v down.
    var texCoords: [SIMD2<Float>] = []
    /// Positions in the rig's joints.
    var joints: [SIMD4<UInt16>] = []
    /// Sum 1.
    var weights: [SIMD4<Float>] = []
    /// Three a triangle, counter-clockwise from outside.
    var indices: [UInt32] = []
    /// Position deltas by morph name; each as long as `positions`.
    var morphs: [String: [SIMD3<Float>]] = [:]

    /// How many triangles it has.
    var triangleCount: Int { indices.count / 3 }

    /// Adds a vertex and returns its number.
    @discardableResult mutating func add(
        _ p: SIMD3<Float>, normal: SIMD3<Float>, uv: SIMD2<Float> = .zero, influence: Influence
    ) -> UInt32 {
        positions.append(p)
        normals.append(normal)
        texCoords.append(uv)
        joints.append(influence.joints)
        weights.append(influence.weights)
        return UInt32(positions.count - 1)
    }

    /// Adds another piece; morphs of the same name are joined.
    mutating func append(_ other: BodyPart) {
        let (base, more) = (positions.count, other.positions.count)
        for name in Set(morphs.keys).union(other.morphs.keys) {
            let mine = morphs[name] ?? [SIMD3<Float>](repeating: .zero, count: base)
            let theirs = other.morphs[name] ?? [SIMD3<Float>](repeating: .zero, count: more)
            morphs[name] = mine + theirs
        }
        positions += other.positions
        normals += other.normals
        texCoords += other.texCoords
        joints += other.joints
        weights += other.weights
        indices += other.indices.map { $0 + UInt32(base) }
    }

    /// The same piece on the other side of the plane x = 0; `swap` gives each joint its counterpart.
    func mirrored(swap: (UInt16) -> UInt16) -> BodyPart {
        var other = self
        let flip = SIMD3<Float>(-1, 1, 1)
        other.positions = positions.map { $0 * flip }
        other.normals = normals.map { $0 * flip }
        other.joints = joints.map { SIMD4(swap($0.x), swap($0.y), swap($0.z), swap($0.w)) }
        for t in stride(from: 0, to: indices.count, by: 3) { other.indices.swapAt(t + 1, t + 2) }
        for (name, deltas) in morphs { other.morphs[name] = deltas.map { $0 * flip } }
        return other
    }

    /// Normals from the triangles, weighted by their angles at each vertex; vertices at one place share them.
    mutating func computeNormals() { normals = Self.normals(of: positions, indices: indices) }

    /// Angle-weighted normals; vertices at one place are taken as one.
    static func normals(of positions: [SIMD3<Float>], indices: [UInt32]) -> [SIMD3<Float>] {
        var first: [SIMD3<Float>: Int] = [:]
        let weld = positions.enumerated().map { i, p in
            if let j = first[p] { return j }
            first[p] = i
            return i
        }
        var sums = [SIMD3<Float>](repeating: .zero, count: positions.count)
        for t in stride(from: 0, to: indices.count, by: 3) {
            let v = [weld[Int(indices[t])], weld[Int(indices[t + 1])], weld[Int(indices[t + 2])]]
            let p = v.map { positions[$0] }
            let n = direction(cross(p[1] - p[0], p[2] - p[0]), else: .zero)
            for k in 0..<3 {
                let (a, b) = (p[(k + 1) % 3] - p[k], p[(k + 2) % 3] - p[k])
                let lengths = (dot(a, a) * dot(b, b)).squareRoot()
                // 1 - cos of the corner's angle grows with it as the angle does, and needs no arc cosine.
                sums[v[k]] += n * (lengths > 1e-14 ? 1 - dot(a, b) / lengths : 0)
            }
        }
        return weld.map { direction(sums[$0], else: [0, 1, 0]) }
    }
}

/// Up to four joints that move a vertex.
struct Influence {
    /// Positions in the rig's joints; unused ones are 0.
    var joints: SIMD4<UInt16>
    /// Sum 1, unused ones 0.
    var weights: SIMD4<Float>

    /// One joint alone.
    init(_ joint: UInt16) {
        joints = SIMD4(joint, 0, 0, 0)
        weights = SIMD4(1, 0, 0, 0)
    }

    /// The strongest four of some joints, normalised.
    init(_ parts: [(joint: UInt16, weight: Float)]) {
        let best = parts.enumerated().filter { $0.element.weight > 1e-4 }.sorted {
            $0.element.weight != $1.element.weight
                ? $0.element.weight > $1.element.weight : $0.offset < $1.offset
        }.prefix(4).map(\.element)
        joints = .zero
        weights = .zero
        for (k, part) in best.enumerated() {
            joints[k] = part.joint
            weights[k] = part.weight
        }
        let sum = weights.x + weights.y + weights.z + weights.w
        if sum > 0 { weights /= sum } else { weights.x = 1 }
    }
}
