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
    private let lattices: LatticeSkin

    init(_ scene: Scene, skinning: Deformer.Method) {
        bodies = DrawingBody.all(of: scene)
        geometry = Array(repeating: DeformedGeometry(), count: bodies.count)
        isMirrored = Array(repeating: false, count: bodies.count)
        skins = scene.skins
        deformer = Deformer(method: skinning)
        lattices = LatticeSkin(scene) { [bodies] node in
            bodies.enumerated().filter { $0.element.node == node.value }.map { ($0.offset, $0.element.shape) }
        }
    }

    /// What moves a body's vertices between morph targets and skin, or nil.
    func warp(of body: Int, by state: SceneState) -> ((inout [SIMD3<Float>], inout [SIMD3<Float>]) -> Void)? {
        let node = bodies[body].node
        guard lattices.moves(node: node, primitive: body) else { return nil }
        return { [lattices] in
            lattices.apply(positions: &$0, normals: &$1, node: node, primitive: body, offsets: state.latticeOffsets)
        }
    }

    /// The lattices that a body is tied to.
    func lattices(of body: Int) -> [Int] { lattices.lattices(node: bodies[body].node, primitive: body) }

    /// Follows a state; bodies that are not wanted stay as they were.
    mutating func update(_ state: SceneState, where isWanted: (DrawingBody) -> Bool = { _ in true }) {
        for (index, body) in bodies.enumerated() where isWanted(body) {
            let world = state.worlds[body.node]
            deformer.deform(
                body.shape, morphWeights: state.morphWeights[body.node],
                palette: body.skin.map { SkinPalette(skins[$0], state: state) }, worldFromMesh: world,
                warp: warp(of: index, by: state), into: &geometry[index])
            isMirrored[index] = body.skin == nil && world.linear.determinant < 0
        }
    }
}
