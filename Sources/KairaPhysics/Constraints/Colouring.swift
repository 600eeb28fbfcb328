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
        let folds = bendings.corners
        let foldOrder = Colouring.order(count: folds.count, particles: w.count) { c, use in
            for k in 0..<4 where w[Int(folds[c][k])] > 0 { use(Int(folds[c][k])) }
        }
        bendings.corners.reorder(foldOrder)
        bendings.angles.reorder(foldOrder)
        bendings.compliances.reorder(foldOrder)
        let tetrahedra = volumes.corners
        let volumeOrder = Colouring.order(count: tetrahedra.count, particles: w.count) { c, use in
            for k in 0..<4 where w[Int(tetrahedra[c][k])] > 0 { use(Int(tetrahedra[c][k])) }
        }
        volumes.corners.reorder(volumeOrder)
        volumes.volumes.reorder(volumeOrder)
        volumes.compliances.reorder(volumeOrder)
        let bounds = limits.ends
        let limitOrder = Colouring.order(count: bounds.count, particles: w.count) { c, use in
            for k in 0..<2 where w[Int(bounds[c][k])] > 0 { use(Int(bounds[c][k])) }
        }
        limits.ends.reorder(limitOrder)
        limits.lower.reorder(limitOrder)
        limits.upper.reorder(limitOrder)
        findFreeBodies()
    }
}
