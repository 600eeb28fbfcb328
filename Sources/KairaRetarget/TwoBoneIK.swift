import KairaGeometry

/// Bends a two-bone chain so that its end reaches a target. Metres, any one space.
public struct TwoBoneIK: Sendable {
    /// Where the chain starts.
    public var root: SIMD3<Float>
    /// Where its end should be.
    public var target: SIMD3<Float>
    /// A point off the root-target line that the middle joint leans towards.
    public var pole: SIMD3<Float>
    /// Lengths of the upper (x) and lower (y) bone, > 0.
    public var lengths: SIMD2<Float>

    /// A chain and its goal.
    public init(root: SIMD3<Float>, target: SIMD3<Float>, pole: SIMD3<Float>, lengths: SIMD2<Float>) {
        (self.root, self.target, self.pole, self.lengths) = (root, target, pole, lengths)
    }

    /// Solves by the law of cosines.
    ///
    /// - Returns: middle and end; a target out of reach is moved along its line to the nearest reachable distance.
    /// - Throws: `RetargetError.degenerateChain` if a length is not positive or not finite.
    /// - Complexity: O(1), no allocation.
    public func solve() throws(RetargetError) -> (mid: SIMD3<Float>, end: SIMD3<Float>) {
        let (a, b) = (lengths.x, lengths.y)
        guard a > 0, b > 0, a.isFinite, b.isFinite else { throw .degenerateChain(lengths) }
        // Clamp, don't fail: a tracked ankle is often millimetres out of reach. 1e-6 keeps the division below finite.
        let reach = min(max(distance(root, target), abs(a - b), 1e-6), a + b)
        let axis = direction(target - root, else: [0, -1, 0])
        let side = direction(reject(pole - root, from: axis), else: perpendicular(to: axis))
        let along = (a * a - b * b + reach * reach) / (2 * reach)
        let aside = max(0, a * a - along * along).squareRoot()
        return (root + axis * along + side * aside, root + axis * reach)
    }
}
