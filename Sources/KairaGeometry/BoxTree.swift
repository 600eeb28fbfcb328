/// A binary tree of boxes in Morton order, which finds those that meet: leaves of four, the children of node i are 2 i and
/// 2 i + 1, the root is 1.
package struct BoxTree: Sendable {
    /// The items, leaf after leaf.
    private let order: [Int32]
    private let items: [DoubleBox]
    /// One a node.
    private var boxes: [DoubleBox] = []
    private let leaves: Int
    private static let leafSize = 4

    /// A tree of some boxes, all of them finite.
    package init(_ items: [DoubleBox]) {
        var bounds = DoubleBox.empty
        for box in items { bounds.formUnion(box) }
        let scale = 2_097_151 / Swift.max(bounds.size.max(), 1e-300)
        var keyed: [(key: UInt64, index: Int32)] = []
        keyed.reserveCapacity(items.count)
        for (i, box) in items.enumerated() {
            let p = (box.center - bounds.min) * scale
            var key: UInt64 = 0
            for k in 0..<3 { key |= Self.spread(UInt64(Swift.max(0, Swift.min(2_097_151, p[k])))) << UInt64(k) }
            keyed.append((key, Int32(i)))
        }
        keyed.sort { ($0.key, $0.index) < ($1.key, $1.index) }
        order = keyed.map(\.index)
        self.items = keyed.map { items[Int($0.index)] }
        var leaves = 1
        while leaves * Self.leafSize < items.count { leaves *= 2 }
        self.leaves = leaves
        boxes = unions(of: items)
    }

    private static func spread(_ x: UInt64) -> UInt64 {
        var x = x & 0x1f_ffff
        x = (x | x << 32) & 0x1f_0000_0000_ffff
        x = (x | x << 16) & 0x1f_0000_ff00_00ff
        x = (x | x << 8) & 0x100f_00f0_0f00_f00f
        x = (x | x << 4) & 0x10c3_0c30_c30c_30c3
        x = (x | x << 2) & 0x1249_2492_4924_9249
        return x
    }

    /// The box of all.
    package var bounds: DoubleBox { boxes[1] }

    /// The smallest box round some property of the items below each node.
    ///
    /// - Parameter values: one an item.
    /// - Returns: one a node, from 1; that of a node without items is empty.
    package func unions(of values: [DoubleBox]) -> [DoubleBox] {
        var result = [DoubleBox](repeating: .empty, count: 2 * leaves)
        for (place, item) in order.enumerated() {
            result[leaves + place / Self.leafSize].formUnion(values[Int(item)])
        }
        for node in stride(from: leaves - 1, through: 1, by: -1) {
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
        var stack = [(1, 1)]
        while let (a, b) = stack.popLast() {
            guard boxes[a].intersects(boxes[b]), !isIdle(a, b) else { continue }
            guard a >= leaves else {
                stack.append((2 * a, 2 * b))
                stack.append((2 * a, 2 * b + 1))
                if a != b { stack.append((2 * a + 1, 2 * b)) }
                stack.append((2 * a + 1, 2 * b + 1))
                continue
            }
            for i in places(a) {
                for j in places(b) where (a != b || j > i) && items[i].intersects(items[j]) {
                    guard body(Int(order[i]), Int(order[j])) else { return }
                }
            }
        }
    }

    /// Where a leaf's items stand.
    private func places(_ leaf: Int) -> Range<Int> {
        let first = Swift.min((leaf - leaves) * Self.leafSize, items.count)
        return first..<Swift.min(first + Self.leafSize, items.count)
    }
}
