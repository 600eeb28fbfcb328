/// Everything that a file describes: nodes in a forest, and what hangs on them. Metres, +Y up, right-handed, radians.
///
/// A scene does not change while it is animated: what moves is in a `SceneState`.
/// Readers guarantee that every index in it is valid, that the nodes form a forest and that all numbers are finite.
public struct Scene: Sendable {
    /// All nodes; parents may come after children.
    public var nodes: [Node] = []
    /// The nodes drawn: those of the default scene that have no parent.
    public var roots: [NodeID] = []
    /// All meshes.
    public var meshes: [Mesh] = []
    /// All materials; a primitive without one is drawn with `Material()`.
    public var materials: [Material] = []
    /// Images with their samplers.
    public var textures: [Texture] = []
    /// Decoded pictures.
    public var images: [TextureImage] = []
    /// All skins.
    public var skins: [Skin] = []
    /// All animations.
    public var animations: [AnimationClip] = []
    /// All cameras.
    public var cameras: [Camera] = []
    /// All lights.
    public var lights: [Light] = []
    /// What makes the scene an avatar (VRM), or nil for a plain scene.
    public var avatar: AvatarDescription?
    /// What obeys physics beyond spring bones.
    public var physics = PhysicsDescription()
    /// What the reader had to leave out or repair, one sentence each.
    public var warnings: [String] = []

    /// An empty scene.
    public init() {}
}
