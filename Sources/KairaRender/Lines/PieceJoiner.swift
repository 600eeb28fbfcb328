/// Joins the pieces of edges to paths.
struct PieceJoiner {
    let edges: [ProjectedEdge]
    let pieces: [EdgePiece]
    /// How many vertices there are, over all bodies.
    let nodes: Int

    /// Paths of one class and visibility each: pieces go on where two of a kind meet, and of more those that are straightest.
    func paths() -> [LineDrawing.Path] {
        var paths: [LineDrawing.Path] = []
        for edge in EdgeClass.allCases {
            for isVisible in [true, false] {
                let own = pieces.filter {
                    let line = edges[Int($0.edge)]
                    return line.edge == edge && $0.isVisible == isVisible && (isVisible || !line.isWire)
                }
                if !own.isEmpty { join(own, edge: edge, isVisible: isVisible, into: &paths) }
            }
        }
        return paths
    }

    private func join(
        _ own: [EdgePiece], edge: EdgeClass, isVisible: Bool, into paths: inout [LineDrawing.Path]
    ) {
        // Ends that are no vertices get numbers of their own.
        var fresh = Int32(nodes)
        func node(_ end: Int32, _ isWhole: Bool) -> Int32 {
            if isWhole, end >= 0 { return end }
            fresh += 1
            return fresh - 1
        }
        let ends = own.map { piece in
            let line = edges[Int(piece.edge)]
            return SIMD2(node(line.nodes.x, piece.from == 0), node(line.nodes.y, piece.to == 1))
        }
        let neighbours = neighbours(of: own, ends: ends, nodes: Int(fresh))
        var points: [SIMD2<Double>] = []
        var (first, last) = (Int32(-1), Int32(-1))
        func close() {
            guard points.count > 1 else { return }
            let isClosed = first == last && points.count > 3
            if isClosed { points.removeLast() }
            paths.append(LineDrawing.Path(edge: edge, isVisible: isVisible, points: points, isClosed: isClosed))
        }
        for link in LineChains.order(ends: ends, neighbours: neighbours) {
            let index = Int(link.line)
            var (from, to) = (place(own[index], at: own[index].from), place(own[index], at: own[index].to))
            if link.isReversed { swap(&from, &to) }
            if link.isStart {
                close()
                points = [from]
                first = link.isReversed ? ends[index].y : ends[index].x
            }
            points.append(to)
            last = link.isReversed ? ends[index].x : ends[index].y
        }
        close()
    }

    private func place(_ piece: EdgePiece, at t: Double) -> SIMD2<Double> {
        let edge = edges[Int(piece.edge)]
        let p = t == 1 ? edge.b : edge.a + (edge.b - edge.a) * t
        return SIMD2(p.x, p.y)
    }

    /// For each piece the one that goes on at each end, -1 for none.
    private func neighbours(of own: [EdgePiece], ends: [SIMD2<Int32>], nodes: Int) -> [SIMD2<Int32>] {
        var next = LineChains.simpleNeighbours(ends: ends, nodes: nodes)
        var meeting: [Int32: [(piece: Int, side: Int)]] = [:]
        var count = [UInt8](repeating: 0, count: nodes)
        for end in ends { for side in 0..<2 { count[Int(end[side])] = min(count[Int(end[side])] + 1, 3) } }
        for (index, end) in ends.enumerated() {
            for side in 0..<2 where count[Int(end[side])] == 3 {
                meeting[end[side], default: []].append((index, side))
            }
        }
        for node in meeting.keys.sorted() {
            let all = meeting[node] ?? []
            guard all.count <= 16 else { continue }
            // The directions in which they leave; the nearer two are to opposite, the straighter the line through both.
            let ways = all.map { entry in
                let edge = edges[Int(own[entry.piece].edge)]
                let d = SIMD2(edge.b.x - edge.a.x, edge.b.y - edge.a.y) * (entry.side == 0 ? 1 : -1)
                return d / max((d.x * d.x + d.y * d.y).squareRoot(), 1e-12)
            }
            var pairs: [(i: Int, j: Int, cosine: Double)] = []
            for i in all.indices {
                for j in all.indices where j > i && all[i].piece != all[j].piece {
                    let cosine = ways[i].x * ways[j].x + ways[i].y * ways[j].y
                    if cosine < -0.5 { pairs.append((i, j, cosine)) }
                }
            }
            pairs.sort { $0.cosine != $1.cosine ? $0.cosine < $1.cosine : ($0.i, $0.j) < ($1.i, $1.j) }
            var isTaken = [Bool](repeating: false, count: all.count)
            for pair in pairs where !isTaken[pair.i] && !isTaken[pair.j] {
                (isTaken[pair.i], isTaken[pair.j]) = (true, true)
                next[all[pair.i].piece][all[pair.i].side] = Int32(all[pair.j].piece)
                next[all[pair.j].piece][all[pair.j].side] = Int32(all[pair.i].piece)
            }
        }
        return next
    }
}
