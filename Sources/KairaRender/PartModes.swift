import KairaScene

/// Parts of a scene that are drawn in another mode than the rest, by name.
public struct PartModes: Sendable, Hashable {
    /// One part and its mode.
    public struct Rule: Sendable, Hashable {
        /// The name of a node (it and all below it), a mesh or a material.
        public var name: String
        /// How it is drawn.
        public var mode: RenderMode

        /// A rule from its parts.
        public init(name: String, mode: RenderMode) {
            self.name = name
            self.mode = mode
        }
    }

    /// Of two rules that name the same part the later one counts.
    public var rules: [Rule]

    /// Modes from rules; none by default.
    public init(_ rules: [Rule] = []) { self.rules = rules }

    /// Works out the mode of every drawn primitive.
    ///
    /// - Parameters:
    ///   - scene: whose primitives.
    ///   - mode: of those that no rule names.
    /// - Returns: one a primitive; nodes in the order of `Scene.drawnNodes`, their meshes' primitives in order.
    public func modes(of scene: Scene, else mode: RenderMode) -> [RenderMode] {
        let below = below(scene)
        var modes: [RenderMode] = []
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for primitive in scene.meshes[mesh].primitives {
                let names = [scene.meshes[mesh].name, primitive.material.map { scene.materials[$0].name }]
                modes.append(own(names, node: node.value, below: below) ?? mode)
            }
        }
        return modes
    }

    /// The mode of each of some ribbons: by the names of their materials, or of the node that their strands hang on.
    func modes(of bands: [RibbonBands.Band], in scene: Scene, else mode: RenderMode) -> [RenderMode] {
        guard !rules.isEmpty else { return Array(repeating: mode, count: bands.count) }
        let below = below(scene)
        return bands.map { own([scene.materials[MaterialID($0.material)].name], node: $0.node, below: below) ?? mode }
    }

    /// The nodes at and below those that each rule names.
    private func below(_ scene: Scene) -> [String: Set<Int>] {
        var below: [String: Set<Int>] = [:]
        for rule in rules where below[rule.name] == nil {
            let roots = scene.nodes.indices.filter { scene.nodes[$0].name == rule.name }
            below[rule.name] = Set(roots.flatMap { scene.subtree(of: NodeID($0)).map(\.value) })
        }
        return below
    }

    /// The mode that rules give a part with some names, at a node.
    private func own(_ names: [String?], node: Int, below: [String: Set<Int>]) -> RenderMode? {
        rules.last { names.contains($0.name) || below[$0.name]?.contains(node) == true }?.mode
    }

    /// Throws where a rule names nothing in any of some scenes.
    ///
    /// - Throws: `RenderError.unknownPart`, with the name that was perhaps meant.
    public func check(against scenes: [Scene]) throws(RenderError) {
        guard !rules.isEmpty else { return }
        var known: Set<String> = []
        for scene in scenes {
            known.formUnion(scene.nodes.map(\.name))
            known.formUnion(scene.meshes.map(\.name))
            known.formUnion(scene.materials.map(\.name))
        }
        known.remove("")
        for rule in rules where !known.contains(rule.name) {
            let names = known.sorted()
            throw .unknownPart(
                rule.name, suggestion: NameMatch.nearest(to: rule.name, among: names), known: names)
        }
    }
}
