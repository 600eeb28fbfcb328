import KairaGeometry

/// Nodes that each hang on the one before, turned so that they lie along simulated points.
struct NodeChain: Sendable {
    /// Root first.
    let nodes: [Int]
    /// The node above the first, -1 for none.
    let parent: Int
    /// Local transforms at rest.
    let rests: [Transform]
    /// Direction to the next node in each node's own space; the last has none.
    let axes: [SIMD3<Float>]

    /// A chain, nil unless every node is the child of the one before and no two are in one place.
    init?(_ ids: [NodeID], of scene: Scene) {
        guard ids.count >= 2, ids.allSatisfy({ scene.nodes.indices.contains($0.value) }) else { return nil }
        for (above, below) in zip(ids, ids.dropFirst()) {
            guard scene.nodes[below].parent == above else { return nil }
            guard length(scene.nodes[below].restTransform.translation) > 1e-5 else { return nil }
        }
        nodes = ids.map(\.value)
        parent = scene.nodes[ids[0]].parent?.value ?? -1
        rests = ids.map { scene.nodes[$0].restTransform }
        axes = ids.dropFirst().map { direction(scene.nodes[$0].restTransform.translation, else: [0, 1, 0]) }
    }

    /// Turns the nodes; `point(k)` is where node k should be, of which only directions count: lengths stay.
    ///
    /// - Parameters:
    ///   - state: whose nodes; world matrices are not updated.
    ///   - above: the matrix of what the chain hangs on; nil for the state's.
    ///   - matrices: receives the nodes' new world matrices.
    ///   - point: world space.
    func pose(
        _ state: inout SceneState, above: Matrix4? = nil, matrices: inout [Matrix4], _ point: (Int) -> SIMD3<Float>
    ) {
        var above = above ?? state.world(parent)
        for k in nodes.indices {
            guard k < axes.count else {
                matrices[k] = above * rests[k].matrix
                break
            }
            let rest = rests[k]
            let atRest = above * rest.matrix
            let way = point(k + 1) - point(k)
            let local = atRest.affineInverse.transform(vector: way)
            var transform = rest
            if local.isFinite {
                transform.rotation = rest.rotation * Quaternion.from(axes[k], to: direction(local, else: axes[k]))
            }
            state.locals[nodes[k]] = transform
            state.localMatrices[nodes[k]] = nil
            above = above * transform.matrix
            matrices[k] = above
        }
    }
}

extension SceneState {
    /// The matrix of a node, or what is above all roots for -1.
    func world(_ node: Int) -> Matrix4 { node < 0 ? worldFromRoot : worlds[node] }
}
