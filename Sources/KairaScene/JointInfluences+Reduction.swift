extension JointInfluences {
    /// The strongest influences of every vertex, renormalised to sum 1, for a path that takes only so many.
    ///
    /// Of equal weights the earlier is kept. A vertex whose kept weights are all zero keeps them so.
    ///
    /// - Parameter limit: influences kept a vertex, > 0; 8 is what the renderer takes.
    /// - Returns: the influences, strongest first where any had to be chosen, with `limit` or fewer a vertex, and of how
    ///   many vertices a weight above zero was dropped.
    public func reduced(to limit: Int = 8) -> (influences: JointInfluences, droppedVertices: Int) {
        precondition(limit > 0)
        guard perVertex > limit else { return (self, 0) }
        let vertices = joints.count / perVertex
        var (kept, keptWeights) = ([UInt16](), [Float]())
        kept.reserveCapacity(vertices * limit)
        keptWeights.reserveCapacity(vertices * limit)
        var dropped = 0
        for vertex in 0..<vertices {
            let range = vertex * perVertex..<(vertex + 1) * perVertex
            let order = range.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }
            let sum = order[..<limit].reduce(Float(0)) { $0 + weights[$1] }
            if order[limit...].contains(where: { weights[$0] > 0 }) { dropped += 1 }
            for i in order[..<limit] {
                kept.append(joints[i])
                keptWeights.append(sum > 0 ? weights[i] / sum : 0)
            }
        }
        return (JointInfluences(perVertex: limit, joints: kept, weights: keptWeights), dropped)
    }
}
