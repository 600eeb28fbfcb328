import KairaScene

/// A scene in a state, and how each of its items is drawn.
struct DrawnPart {
    let scene: GPUScene
    let state: SceneState
    /// One an item.
    let modes: [RenderMode]
    /// One a band of ribbons.
    let ribbonModes: [RenderMode]

    init(_ scene: GPUScene, state: SceneState, view: RenderView) {
        self.scene = scene
        self.state = state
        modes =
            view.partModes.rules.isEmpty
            ? Array(repeating: view.mode, count: scene.items.count)
            : view.partModes.modes(of: scene.scene, else: view.mode)
        ribbonModes = view.partModes.modes(of: scene.ribbons.bands, in: scene.scene, else: view.mode)
    }

    /// The ribbons that are drawn in some modes.
    func ribbons(_ wanted: RenderMode...) -> [GPUScene.Item] {
        zip(scene.ribbonItems, ribbonModes).filter { wanted.contains($0.1) }.map(\.0)
    }

    /// The triangles' items that are drawn in some modes.
    func items(_ wanted: RenderMode...) -> [GPUScene.Item] {
        zip(scene.items, modes).filter { $0.0.primitive.topology == 4 && wanted.contains($0.1) }.map(\.0)
    }
}
