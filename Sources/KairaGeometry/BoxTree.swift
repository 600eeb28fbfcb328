/// A binary tree of boxes in Morton order, which finds those that meet: leaves of four, the children of node i are 2 i and
/// 2 i + 1, the root is 1.
package struct BoxTree: Sendable {
    /// A box in four dimensions; the empty one has `least > greatest`.
    package struct Span: Sendable {
        package var least, greatest: SIMD4<Float>

        package static let empty = Span(
            least: SIMD4(repeating: .infinity), greatest: SIMD4(repeating: -.infinity))

        /// Grows to hold another.
        @inlinable package mutating func formUnion(_ other: Span) {
            least = pointwiseMin(least, other.least)
            greatest = pointwiseMax(greatest, other.greatest)
        }

        /// Whether the first three dimensions have a point in common.
        @inlinable func meets(_ other: Span) -> Bool {
            let gap = pointwiseMax(least - other.greatest, other.least - greatest)
            return Swift.max(gap.x, Swift.max(gap.y, gap.z)) <= 0
        }
    }

    /// The boxes of a leaf's items, lane by lane, so that one box is compared with all four at once; infinite where there is none.
    private struct Leaf {
        var minX = SIMD4<Float>(repeating: .infinity)
        var minY = SIMD4<Float>(repeating: .infinity)
        var minZ = SIMD4<Float>(repeating: .infinity)
        var maxX = SIMD4<Float>(repeating: -.infinity)
        var maxY = SIMD4<Float>(repeating: -.infinity)
        var maxZ = SIMD4<Float>(repeating: -.infinity)

        /// In which lanes this is not above 0 the box meets.
        @inline(__always)
        func gaps(to box: Span) -> SIMD4<Float> {
            let x = pointwiseMax(minX - box.greatest.x, box.least.x - maxX)
            let y = pointwiseMax(minY - box.greatest.y, box.least.y - maxY)
            let z = pointwiseMax(minZ - box.greatest.z, box.least.z - maxZ)
            return pointwiseMax(x, pointwiseMax(y, z))
        }
    }

    /// The items, leaf after leaf.
    private let order: [Int32]
    /// Their boxes in that order.
    private let items: [Span]
    private let leaves: [Leaf]
    /// One a node.
    private var boxes: [Span] = []
    private static let leafSize = 4

    /// A tree of some boxes, all of them finite.
    package init(_ items: [BoundingBox]) {
        var bounds = BoundingBox.empty
        for box in items { bounds.formUnion(box) }
        // Of the sizes, the quarter is taken first: the difference of two finite numbers need not be finite.
        let quarter = bounds.max / 4 - bounds.min / 4
        let scale = 2_097_151 / Swift.max(quarter.max(), 1e-30)
        var keyed: [(key: UInt64, index: Int32)] = []
        keyed.reserveCapacity(items.count)
        for (i, box) in items.enumerated() {
            let p = ((box.min / 8 + box.max / 8) - bounds.min / 4) * scale
            let key = Self.spread(p.x) | Self.spread(p.y) << 1 | Self.spread(p.z) << 2
            keyed.append((key, Int32(i)))
        }
        keyed.sort { ($0.key, $0.index) < ($1.key, $1.index) }
        order = keyed.map(\.index)
        self.items = keyed.map {
            let box = items[Int($0.index)]
            return Span(least: SIMD4(box.min, 0), greatest: SIMD4(box.max, 0))
        }
        var count = 1
        while count * Self.leafSize < items.count { count *= 2 }
        var leaves = [Leaf](repeating: Leaf(), count: count)
        for (place, box) in self.items.enumerated() {
            let (leaf, lane) = (place / Self.leafSize, place % Self.leafSize)
            leaves[leaf].minX[lane] = box.least.x
            leaves[leaf].minY[lane] = box.least.y
            leaves[leaf].minZ[lane] = box.least.z
            leaves[leaf].maxX[lane] = box.greatest.x
            leaves[leaf].maxY[lane] = box.greatest.y
            leaves[leaf].maxZ[lane] = box.greatest.z
        }
        self.leaves = leaves
        boxes = unions { self.items[$0] }
    }

    private static func spread(_ value: Float) -> UInt64 {
        var x = UInt64(Swift.max(0, Swift.min(2_097_151, value)))
        x = (x | x << 32) & 0x1f_0000_0000_ffff
        x = (x | x << 16) & 0x1f_0000_ff00_00ff
        x = (x | x << 8) & 0x100f_00f0_0f00_f00f
        x = (x | x << 4) & 0x10c3_0c30_c30c_30c3
        x = (x | x << 2) & 0x1249_2492_4924_9249
        return x
    }

    /// The smallest span round some property of the items below each node.
    ///
    /// - Parameter values: one an item.
    /// - Returns: one a node, from 1; that of a node without items is empty.
    package func unions(of values: [SIMD4<Float>]) -> [Span] {
        unions { place in
            let value = values[Int(order[place])]
            return Span(least: value, greatest: value)
        }
    }

    private func unions(_ span: (_ place: Int) -> Span) -> [Span] {
        var result = [Span](repeating: .empty, count: 2 * leaves.count)
        for place in items.indices { result[leaves.count + place / Self.leafSize].formUnion(span(place)) }
        for node in stride(from: leaves.count - 1, through: 1, by: -1) {
            result[node] = result[2 * node]
            result[node].formUnion(result[2 * node + 1])
        }
        return result
    }

    /// Calls `body` for pairs of items whose boxes meet, each pair once, until it answers false.
    ///
    /// - Parameters:
    ///   - isIdle: whether no pair of an item below one node and an item below the other matters; a node may be paired
    ///     with itself.
    ///   - body: takes two items.
    package func forEachPair(
        unless isIdle: (_ node: Int, _ other: Int) -> Bool = { _, _ in false },
        _ body: (_ item: Int, _ other: Int) -> Bool
    ) {
        var stack: [SIMD2<Int32>] = [[1, 1]]
        while let pair = stack.popLast() {
            let (a, b) = (Int(pair.x), Int(pair.y))
            guard boxes[a].meets(boxes[b]), !isIdle(a, b) else { continue }
            guard a >= leaves.count else {
                let (first, other) = (2 * pair.x, 2 * pair.y)
                stack.append([first, other])
                stack.append([first, other + 1])
                if a != b { stack.append([first + 1, other]) }
                stack.append([first + 1, other + 1])
                continue
            }
            let start = (b - leaves.count) * Self.leafSize
            for i in places(a) {
                let gaps = leaves[b - leaves.count].gaps(to: items[i])
                guard any(gaps .<= 0) else { continue }
                for lane in 0..<Self.leafSize where gaps[lane] <= 0 && (a != b || start + lane > i) {
                    guard body(Int(order[i]), Int(order[start + lane])) else { return }
                }
            }
        }
    }

    /// Where a leaf's items stand.
    private func places(_ leaf: Int) -> Range<Int> {
        let first = Swift.min((leaf - leaves.count) * Self.leafSize, items.count)
        return first..<Swift.min(first + Self.leafSize, items.count)
    }
}
