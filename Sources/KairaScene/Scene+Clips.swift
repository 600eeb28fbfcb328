extension Scene {
    /// A clip by its name, or else by its place in the file, counted from 0.
    ///
    /// - Throws: `SceneError.noClip`, which lists what there is.
    public func clip(_ nameOrIndex: String) throws(SceneError) -> AnimationClip {
        if let named = animations.first(where: { $0.name == nameOrIndex }) { return named }
        if let index = Int(nameOrIndex), animations.indices.contains(index) { return animations[index] }
        throw .noClip(nameOrIndex, available: animations.map(\.name))
    }

    /// Every node under `root`, itself first, parents before children.
    public func subtree(of root: NodeID) -> [NodeID] {
        var found = [root]
        var next = 0
        while next < found.count {
            found.append(contentsOf: nodes[found[next]].children)
            next += 1
        }
        return found
    }

    /// The nodes of the default scene, parents before children.
    public var drawnNodes: [NodeID] { roots.flatMap(subtree(of:)) }
}
