import KairaGeometry

/// A place in space with what hangs on it.
public struct Node: Sendable {
    /// What it is called, possibly empty; names may repeat.
    public var name: String
    /// Its place relative to its parent; ignored while `matrix` is set.
    public var transform: Transform
    /// A local matrix that is no translation, rotation and scale (it has shear), or nil.
    public var matrix: Matrix4?
    /// The node above, or nil for a root.
    public var parent: NodeID?
    /// The nodes below.
    public var children: [NodeID]
    /// What it draws.
    public var mesh: MeshID?
    /// What deforms the mesh; the node's own transform is then without effect on it.
    public var skin: SkinID?
    /// Weights that replace the mesh's default ones, or nil.
    public var morphWeights: [Float]?
    /// A camera that looks along the node's -Z.
    public var camera: CameraID?
    /// A light that shines along the node's -Z.
    public var light: LightID?

    /// A node from its parts.
    public init(
        name: String = "", transform: Transform = .identity, matrix: Matrix4? = nil, parent: NodeID? = nil,
        children: [NodeID] = [], mesh: MeshID? = nil, skin: SkinID? = nil, morphWeights: [Float]? = nil,
        camera: CameraID? = nil, light: LightID? = nil
    ) {
        self.name = name
        self.transform = transform
        self.matrix = matrix
        self.parent = parent
        self.children = children
        self.mesh = mesh
        self.skin = skin
        self.morphWeights = morphWeights
        self.camera = camera
        self.light = light
    }

    /// From the parent's space to this node's own: the rest place, before any animation.
    public var localMatrix: Matrix4 { matrix ?? transform.matrix }
}
