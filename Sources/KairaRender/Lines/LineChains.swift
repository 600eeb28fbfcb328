/// Puts lines that meet end to end one after the other.
enum LineChains {
    /// A line in a chain.
    struct Link {
        var line: Int32
        /// Whether it runs from its second end to its first.
        var isReversed: Bool
        /// Whether a chain begins with it.
        var isStart: Bool
    }

    /// Finds the line that goes on at each end of each line: where exactly two lines meet.
    ///
    /// - Parameters:
    ///   - ends: two nodes a line, different ones.
    ///   - nodes: how many nodes there are.
    /// - Returns: for each line the next one at its first and at its second end, -1 for none.
    static func simpleNeighbours(ends: [SIMD2<Int32>], nodes: Int) -> [SIMD2<Int32>] {
        // The first two lines at each node, and -2 in the second's place for more.
        var at = [SIMD2<Int32>](repeating: SIMD2(-1, -1), count: nodes)
        var more = [Bool](repeating: false, count: nodes)
        for (line, end) in ends.enumerated() {
            for side in 0..<2 {
                let node = Int(end[side])
                if at[node].x < 0 {
                    at[node].x = Int32(line)
                } else if at[node].y < 0 {
                    at[node].y = Int32(line)
                } else {
                    more[node] = true
                }
            }
        }
        return ends.enumerated().map { line, end in
            var next = SIMD2<Int32>(-1, -1)
            for side in 0..<2 {
                let node = Int(end[side])
                guard !more[node], at[node].y >= 0 else { continue }
                next[side] = at[node].x == Int32(line) ? at[node].y : at[node].x
            }
            return next
        }
    }

    /// All lines, chain by chain, in the order of the chains' lowest lines.
    static func order(ends: [SIMD2<Int32>], neighbours: [SIMD2<Int32>]) -> [Link] {
        var links: [Link] = []
        links.reserveCapacity(ends.count)
        var isDone = [Bool](repeating: false, count: ends.count)
        for first in ends.indices where !isDone[first] {
            // Back to where the chain begins, or once round.
            var (line, side) = (first, 0)
            while true {
                let before = Int(neighbours[line][side])
                guard before >= 0, before != first, !isDone[before] else { break }
                side = ends[before].x == ends[line][side] ? 1 : 0
                line = before
            }
            var isStart = true
            while true {
                links.append(Link(line: Int32(line), isReversed: side == 1, isStart: isStart))
                isDone[line] = true
                isStart = false
                let after = Int(neighbours[line][1 - side])
                guard after >= 0, !isDone[after] else { break }
                side = ends[after].x == ends[line][1 - side] ? 0 : 1
                line = after
            }
        }
        return links
    }
}
