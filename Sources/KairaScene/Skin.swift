import KairaGeometry

/// Nodes that deform a mesh: `v' = sum of weight * world(joint) * inverseBind(joint) * v`.
public struct Skin: Sendable {
    /// What it is called, possibly empty.
    public var name: String
    /// The joints, in the order that vertices refer to.
    public var joints: [NodeID]
    /// One a joint: from mesh space to the joint's space at rest.
    public var inverseBindMatrices: [Matrix4]
    /// The common root, for tools; without effect on the deformation.
    public var skeleton: NodeID?

    /// A skin from its parts.
    public init(name: String = "", joints: [NodeID], inverseBindMatrices: [Matrix4], skeleton: NodeID? = nil) {
        precondition(joints.count == inverseBindMatrices.count)
        self.name = name
        self.joints = joints
        self.inverseBindMatrices = inverseBindMatrices
        self.skeleton = skeleton
    }
}
