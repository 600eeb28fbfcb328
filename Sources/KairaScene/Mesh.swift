import KairaGeometry

/// A shape of one or more primitives, with the morph targets that they share.
public struct Mesh: Sendable {
    /// What it is called, possibly empty.
    public var name: String
    /// Its parts, one material each.
    public var primitives: [Primitive]
    /// The names of the morph targets, in the order of each primitive's `morphTargets`; empty strings where unnamed.
    public var morphNames: [String]
    /// The weights that a node without its own uses, one a morph target.
    public var defaultMorphWeights: [Float]

    /// A mesh from its parts.
    public init(
        name: String = "", primitives: [Primitive], morphNames: [String] = [], defaultMorphWeights: [Float] = []
    ) {
        self.name = name
        self.primitives = primitives
        self.morphNames = morphNames
        self.defaultMorphWeights = defaultMorphWeights
    }
}

/// Vertices and how they are joined, drawn with one material.
///
/// Every per-vertex array is either empty or has as many entries as `positions`.
public struct Primitive: Sendable {
    /// What the indices describe. Strips, fans and loops are turned into these when read.
    public enum Topology: Sendable, Hashable {
        /// Each index a point.
        case points
        /// Each two indices a line.
        case lines
        /// Each three indices a triangle, counter-clockwise from its front.
        case triangles
    }

    /// What the indices describe.
    public var topology: Topology
    /// Metres, mesh space.
    public var positions: [SIMD3<Float>]
    /// Into the vertices; never empty for a drawn primitive.
    public var indices: [UInt32]
    /// Unit normals.
    public var normals: [SIMD3<Float>]
    /// Unit tangents and the sign of the bitangent, `cross(normal, tangent) * w`.
    public var tangents: [SIMD4<Float>]
    /// First texture coordinates; v points down.
    public var texCoords0: [SIMD2<Float>]
    /// Second texture coordinates.
    public var texCoords1: [SIMD2<Float>]
    /// Linear RGBA that multiplies the base colour.
    public var colors: [SIMD4<Float>]
    /// Which joints of the node's skin move each vertex; nil for a rigid primitive.
    public var influences: JointInfluences?
    /// Deltas added before skinning, in the order of the mesh's weights.
    public var morphTargets: [MorphTarget]
    /// What it is drawn with; nil for the default material.
    public var material: MaterialID?

    /// A primitive from its parts.
    public init(
        topology: Topology = .triangles, positions: [SIMD3<Float>], indices: [UInt32], normals: [SIMD3<Float>] = [],
        tangents: [SIMD4<Float>] = [], texCoords0: [SIMD2<Float>] = [], texCoords1: [SIMD2<Float>] = [],
        colors: [SIMD4<Float>] = [], influences: JointInfluences? = nil, morphTargets: [MorphTarget] = [],
        material: MaterialID? = nil
    ) {
        self.topology = topology
        self.positions = positions
        self.indices = indices
        self.normals = normals
        self.tangents = tangents
        self.texCoords0 = texCoords0
        self.texCoords1 = texCoords1
        self.colors = colors
        self.influences = influences
        self.morphTargets = morphTargets
        self.material = material
    }
}

/// Joint indices and weights of every vertex, all sets of the file.
public struct JointInfluences: Sendable {
    /// How many a vertex has: 4 times the number of sets.
    public var perVertex: Int
    /// `[vertices, perVertex]`, row-major: positions in the skin's `joints`.
    public var joints: [UInt16]
    /// `[vertices, perVertex]`, row-major: not negative, each vertex's sum is 1.
    public var weights: [Float]

    /// Influences from their parts.
    public init(perVertex: Int, joints: [UInt16], weights: [Float]) {
        precondition(joints.count == weights.count && perVertex > 0 && joints.count % perVertex == 0)
        self.perVertex = perVertex
        self.joints = joints
        self.weights = weights
    }
}

/// What a morph target adds at weight 1; each array is empty or has one entry a vertex.
public struct MorphTarget: Sendable {
    /// Metres.
    public var positions: [SIMD3<Float>]
    /// Added to the normals before they are renormalised.
    public var normals: [SIMD3<Float>]
    /// Added to the tangents' first three components.
    public var tangents: [SIMD3<Float>]

    /// A target from its parts.
    public init(positions: [SIMD3<Float>] = [], normals: [SIMD3<Float>] = [], tangents: [SIMD3<Float>] = []) {
        self.positions = positions
        self.normals = normals
        self.tangents = tangents
    }
}
