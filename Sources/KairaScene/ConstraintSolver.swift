import KairaGeometry

/// Moves nodes that are bound to others: roll, aim and rotation constraints.
///
/// Source: VRM specification, VRMC_node_constraint 1.0. A constraint is evaluated after those that move what it reads: its
/// source, and for an aim also what both hang on.
public struct ConstraintSolver: Sendable {
    /// The constraints in the order of evaluation.
    public let constraints: [NodeConstraint]
    private let rest: [(node: Quaternion, source: Quaternion)]
    private let parents: [Int]

    /// A solver for a scene's avatar.
    ///
    /// - Throws: `SceneError.constraintCycle`; `.invalidAvatar` for a node that does not exist, or has two constraints.
    public init(_ scene: Scene) throws(SceneError) {
        let all = scene.avatar?.constraints ?? []
        var byNode: [Int: Int] = [:]
        for (i, constraint) in all.enumerated() {
            for node in [constraint.node, constraint.source] where !scene.nodes.indices.contains(node.value) {
                throw .invalidAvatar(at: "constraint \(i)", "there is no node \(node.value)")
            }
            guard byNode.updateValue(i, forKey: constraint.node.value) == nil else {
                throw .invalidAvatar(
                    at: "nodes[\(constraint.node.value)]", "one node cannot have two constraints")
            }
        }
        constraints = try Self.sorted(all, byNode: byNode, scene: scene)
        rest = constraints.map {
            (scene.nodes[$0.node].restTransform.rotation, scene.nodes[$0.source].restTransform.rotation)
        }
        parents = scene.nodes.map { $0.parent?.value ?? -1 }
    }

    /// Sets the constrained nodes' local rotations. World matrices are neither read nor updated.
    ///
    /// - Complexity: O(constraints * depth), no allocation.
    public func solve(_ state: inout SceneState) {
        for (constraint, rest) in zip(constraints, rest) {
            let target = target(of: constraint, rest: rest, state: state)
            let node = constraint.node.value
            // A node with shear keeps its translation and scale as near as they can be.
            if let matrix = state.localMatrices[node] {
                state.locals[node] = Transform(matrix)
                state.localMatrices[node] = nil
            }
            state.locals[node].rotation = .slerp(rest.node, target, constraint.weight)
        }
    }

    private func target(
        of constraint: NodeConstraint, rest: (node: Quaternion, source: Quaternion), state: SceneState
    ) -> Quaternion {
        let source = state.localRotation(constraint.source.value)
        switch constraint.kind {
        case .rotation:
            return rest.node * (rest.source.conjugate * source)
        case .roll(let axis):
            let delta = rest.source.conjugate * source
            let inParent = rest.source * delta * rest.source.conjugate
            let inNode = rest.node.conjugate * inParent * rest.node
            let direction = axis.direction
            let swing = Quaternion.from(direction, to: inNode.act(direction))
            return rest.node * swing.conjugate * inNode
        case .aim(let axis):
            let parent = parents[constraint.node.value]
            let parentRotation = rotation(of: parent, state: state)
            let from = (parentRotation * rest.node).act(axis.direction)
            let local =
                state.localMatrices[constraint.node.value]?.translation
                ?? state.locals[constraint.node.value].translation
            let here = position(local, in: parent, state: state)
            let there = position(.zero, in: constraint.source.value, state: state)
            let to = direction(there - here, else: from)
            return parentRotation.conjugate * .from(from, to: to) * parentRotation * rest.node
        }
    }

    /// A node's rotation relative to the scene's root.
    private func rotation(of node: Int, state: SceneState) -> Quaternion {
        var rotation = Quaternion.identity
        var at = node
        while at >= 0 {
            rotation = state.localRotation(at) * rotation
            at = parents[at]
        }
        return rotation.normalized
    }

    /// A point of a node's space relative to the scene's root.
    private func position(_ point: SIMD3<Float>, in node: Int, state: SceneState) -> SIMD3<Float> {
        var p = point
        var at = node
        while at >= 0 {
            p = state.localMatrices[at]?.transform(point: p) ?? state.locals[at].transform(point: p)
            at = parents[at]
        }
        return p
    }

    /// Depth-first by what each constraint reads, without recursion: the depth is the file's.
    ///
    /// A graph of two kinds of vertices: the place of node `n` in the world (`n`) reads its parent's place and its own
    /// constraint; constraint `c` (`nodes + c`) reads its source's constraint, or for an aim the places of its source and
    /// its parent. Two edges a vertex at most, so that sorting is linear.
    private static func sorted(
        _ all: [NodeConstraint], byNode: [Int: Int], scene: Scene
    ) throws(SceneError) -> [NodeConstraint] {
        let nodes = scene.nodes.count
        func edges(_ vertex: Int) -> (Int?, Int?) {
            if vertex < nodes {
                return (scene.nodes[vertex].parent?.value, byNode[vertex].map { nodes + $0 })
            }
            let constraint = all[vertex - nodes]
            switch constraint.kind {
            case .roll, .rotation: return (byNode[constraint.source.value].map { nodes + $0 }, nil)
            case .aim: return (constraint.source.value, scene.nodes[constraint.node].parent?.value)
            }
        }
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: nodes + all.count)
        var order: [NodeConstraint] = []
        for start in all.indices where marks[nodes + start] == .new {
            var stack = [(vertex: nodes + start, next: 0)]
            marks[nodes + start] = .open
            while let (top, next) = stack.last {
                guard next < 2 else {
                    marks[top] = .done
                    if top >= nodes { order.append(all[top - nodes]) }
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                guard let needed = next == 0 ? edges(top).0 : edges(top).1 else { continue }
                switch marks[needed] {
                case .done: break
                case .new:
                    marks[needed] = .open
                    stack.append((needed, 0))
                case .open:
                    let from = stack.firstIndex { $0.vertex == needed } ?? 0
                    let circle = (stack[from...].map(\.vertex) + [needed]).filter { $0 >= nodes }
                    throw .constraintCycle(
                        circle.map { vertex in
                            let node = all[vertex - nodes].node
                            let name = scene.nodes[node].name
                            return name.isEmpty ? "node \(node.value)" : name
                        })
                }
            }
        }
        return order
    }
}

extension NodeConstraint.Axis {
    /// The unit vector in the node's space.
    var direction: SIMD3<Float> {
        switch self {
        case .x, .positiveX: [1, 0, 0]
        case .y, .positiveY: [0, 1, 0]
        case .z, .positiveZ: [0, 0, 1]
        case .negativeX: [-1, 0, 0]
        case .negativeY: [0, -1, 0]
        case .negativeZ: [0, 0, -1]
        }
    }
}

extension SceneState {
    /// A node's local rotation, also where it has a matrix.
    func localRotation(_ node: Int) -> Quaternion {
        localMatrices[node].map { Transform($0).rotation } ?? locals[node].rotation
    }
}
