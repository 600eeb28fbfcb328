/// How far each node takes part in something, 0...1.
public struct NodeMask: Sendable, Hashable {
    /// One a node.
    public var weights: [Float]

    /// The same for every node.
    public init(_ scene: Scene, all weight: Float = 1) {
        weights = Array(repeating: weight, count: scene.nodes.count)
    }

    /// 1 for some nodes and all below them, 0 for the rest.
    public init(_ scene: Scene, below roots: [NodeID]) {
        self.init(scene, all: 0)
        for root in roots { set(1, below: root, of: scene) }
    }

    /// Sets a node and all below it.
    public mutating func set(_ weight: Float, below root: NodeID, of scene: Scene) {
        for node in scene.subtree(of: root) { weights[node.value] = weight }
    }

    /// The weight of a node; 0 outside the scene.
    public subscript(node: NodeID) -> Float { weights.indices.contains(node.value) ? weights[node.value] : 0 }
}
