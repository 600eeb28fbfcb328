import KairaGeometry
import KairaMotion
import KairaScene

/// The mascot's joints: a tree of points in model space, all with the identity as rest rotation.
struct MascotRig {
    /// Names, parents before children.
    private(set) var names: [String] = []
    /// -1 for a root.
    private(set) var parents: [Int] = []
    /// Model space, metres.
    private(set) var positions: [SIMD3<Float>] = []
    /// Which joint is which bone.
    private(set) var bones: [HumanBone: UInt16] = [:]

    /// Adds a joint and returns its number.
    @discardableResult mutating func add(_ name: String, under parent: UInt16?, at p: SIMD3<Float>) -> UInt16 {
        names.append(name)
        parents.append(parent.map { Int($0) } ?? -1)
        positions.append(p)
        return UInt16(names.count - 1)
    }

    /// Adds a bone under the nearest present bone above it.
    mutating func add(_ bone: HumanBone, at p: SIMD3<Float>) {
        var above = bone.parent
        while let candidate = above, bones[candidate] == nil { above = candidate.parent }
        bones[bone] = add(bone.rawValue, under: above.flatMap { bones[$0] }, at: p)
    }

    /// A bone's joint; the hips for a bone that the rig lacks.
    subscript(bone: HumanBone) -> UInt16 { bones[bone] ?? bones[.hips] ?? 0 }

    /// Where a bone starts.
    func position(_ bone: HumanBone) -> SIMD3<Float> { positions[Int(self[bone])] }

    /// The joint on the other side.
    func mirrored(_ joint: UInt16) -> UInt16 {
        guard let bone = bones.first(where: { $0.value == joint })?.key else { return joint }
        return self[bone.mirrored]
    }

    /// A joint's influence along a chain of bones: each takes over from the one before at its own place.
    ///
    /// - Parameters:
    ///   - chain: bones in order, with the coordinate at which each takes over and half the width of the change.
    ///   - x: the vertex's coordinate along the chain.
    /// - Returns: the weights of at most four of the bones.
    func influence(
        chain: [(bone: HumanBone, from: Float, halfWidth: Float)], at x: Float
    ) -> Influence {
        var left: Float = 1
        var parts: [(joint: UInt16, weight: Float)] = []
        for link in chain.reversed() {
            let share =
                link.halfWidth > 0
                ? smoothstep(link.from - link.halfWidth, link.from + link.halfWidth, x) : (x >= link.from ? 1 : 0)
            parts.append((self[link.bone], left * share))
            left *= 1 - share
        }
        if let first = chain.first { parts.append((self[first.bone], left)) }
        // The first bone may appear twice: join its shares.
        var joined: [(joint: UInt16, weight: Float)] = []
        for part in parts {
            if let k = joined.firstIndex(where: { $0.joint == part.joint }) {
                joined[k].weight += part.weight
            } else {
                joined.append(part)
            }
        }
        return Influence(joined)
    }
}
