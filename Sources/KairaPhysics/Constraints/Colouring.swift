/// An order of constraints in which neighbours in the order seldom share a particle.
///
/// One pass from constraint to constraint in an arbitrary order is a product of many projections: its eigenvalues are
/// complex, and stepping with one such pass a substep gains energy without bound (a rigid cloth explodes at any step).
/// Colours make few groups of constraints that share no particle; each group is one projection, and a product of two has
/// eigenvalues in 0...1, of some few nearly so: the pass stays stable. It is faster too, since no constraint waits for
/// the one before it.
enum Colouring {
    /// Constraints by colour, those of one in the order that they came in.
    ///
    /// Greedy: each takes the first colour that none of its particles has. Constraints of a particle with more than 63
    /// come last, in their own order.
    ///
    /// - Parameters:
    ///   - count: of constraints.
    ///   - particles: how many there are.
    ///   - members: calls its second argument with each free particle of a constraint.
    /// - Returns: for each place in the new order, the constraint's present place.
    static func order(count: Int, particles: Int, members: (Int, (Int) -> Void) -> Void) -> [Int] {
        var used = [UInt64](repeating: 0, count: particles)
        var colours = [UInt8](repeating: 0, count: count)
        var sizes = [Int](repeating: 0, count: 64)
        for c in 0..<count {
            var taken: UInt64 = 0
            members(c) { taken |= used[$0] }
            let colour = min((~taken).trailingZeroBitCount, 63)
            members(c) { used[$0] |= 1 << UInt64(colour) }
            colours[c] = UInt8(colour)
            sizes[colour] += 1
        }
        var next = [Int](repeating: 0, count: 64)
        for k in 1..<64 { next[k] = next[k - 1] + sizes[k - 1] }
        var order = [Int](repeating: 0, count: count)
        for c in 0..<count {
            order[next[Int(colours[c])]] = c
            next[Int(colours[c])] += 1
        }
        return order
    }

    /// The same for constraints of two or four particles each, of which those without an inverse mass don't count.
    static func order<Members: SIMD, Scalar: PhysicsScalar>(
        _ constraints: [Members], inverseMasses w: [Scalar]
    ) -> [Int] where Members.Scalar == Int32 {
        order(count: constraints.count, particles: w.count) { c, use in
            for k in constraints[c].indices where w[Int(constraints[c][k])] > 0 { use(Int(constraints[c][k])) }
        }
    }
}

extension Array {
    /// Puts elements in another order: place `k` gets the element of place `order[k]`.
    mutating func reorder(_ order: [Int]) { self = order.map { self[$0] } }
}

extension World {
    /// Orders constraints and finds free bodies anew where something was added.
    mutating func prepare() {
        guard isStale else { return }
        isStale = false
        let w = particles.inverseMasses
        distances.order(inverseMasses: w)
        let foldOrder = Colouring.order(bendings.corners, inverseMasses: w)
        bendings.corners.reorder(foldOrder)
        bendings.angles.reorder(foldOrder)
        bendings.compliances.reorder(foldOrder)
        let volumeOrder = Colouring.order(volumes.corners, inverseMasses: w)
        volumes.corners.reorder(volumeOrder)
        volumes.volumes.reorder(volumeOrder)
        volumes.compliances.reorder(volumeOrder)
        let limitOrder = Colouring.order(limits.ends, inverseMasses: w)
        limits.ends.reorder(limitOrder)
        limits.lower.reorder(limitOrder)
        limits.upper.reorder(limitOrder)
        findFreeBodies()
    }
}
