/// A primitive's vertices after morphs and skinning; its arrays are kept from frame to frame.
public struct DeformedGeometry: Sendable {
    /// Metres, world space; one a vertex.
    public internal(set) var positions: [SIMD3<Float>] = []
    /// Unit normals, or empty where the primitive has none.
    public internal(set) var normals: [SIMD3<Float>] = []
    /// Unit tangents and the sign of the bitangent, or empty where the primitive has none.
    public internal(set) var tangents: [SIMD4<Float>] = []
    /// The last palette's rows, for linear blending.
    var rows: [SIMD4<Float>] = []
    /// The last palette's dual quaternions.
    var joints: [SkinPalette.DualQuaternionJoint] = []

    /// No vertices yet.
    public init() {}

    /// Gives the arrays the primitive's sizes; allocates only where they differ.
    mutating func prepare(for primitive: Primitive) {
        if positions.count != primitive.positions.count {
            positions = Array(repeating: .zero, count: primitive.positions.count)
        }
        if normals.count != primitive.normals.count {
            normals = Array(repeating: .zero, count: primitive.normals.count)
        }
        if tangents.count != primitive.tangents.count {
            tangents = Array(repeating: .zero, count: primitive.tangents.count)
        }
    }
}
