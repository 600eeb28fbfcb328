import KairaGeometry
import KairaScene

/// A scene's bodies and where a state puts their vertices.
struct DeformedBodies: Sendable {
    let bodies: [DrawingBody]
    /// One a body; its positions are in world space.
    private(set) var geometry: [DeformedGeometry]
    /// Whether a body's node mirrors it, which turns its faces over.
    private(set) var isMirrored: [Bool]
    private let skins: [Skin]
    private let deformer: Deformer

    init(_ scene: Scene, skinning: Deformer.Method) {
        bodies = DrawingBody.all(of: scene)
        geometry = Array(repeating: DeformedGeometry(), count: bodies.count)
        isMirrored = Array(repeating: false, count: bodies.count)
        skins = scene.skins
        deformer = Deformer(method: skinning)
    }

    /// Follows a state; bodies that are not wanted stay as they were.
    mutating func update(_ state: SceneState, where isWanted: (DrawingBody) -> Bool = { _ in true }) {
        for (index, body) in bodies.enumerated() where isWanted(body) {
            let world = state.worlds[body.node]
            deformer.deform(
                body.shape, morphWeights: state.morphWeights[body.node],
                palette: body.skin.map { SkinPalette(skins[$0], state: state) }, worldFromMesh: world,
                into: &geometry[index])
            isMirrored[index] = body.skin == nil && world.linear.determinant < 0
        }
    }
}
