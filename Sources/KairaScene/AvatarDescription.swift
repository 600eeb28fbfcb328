import KairaGeometry
import KairaMotion

/// What a VRM file says beyond its glTF scene; VRM 0.x is turned into VRM 1.0's terms when read.
public struct AvatarDescription: Sendable {
    /// The version of the file it came from.
    public enum Version: Sendable, Hashable {
        /// VRM 0.x: faces -Z in the file; `Scene.roots` are turned by half a turn about +Y when drawn or posed.
        case vrm0
        /// VRM 1.0: faces +Z.
        case vrm1
    }

    /// The version of the file it came from.
    public var version: Version
    /// Which node is which bone.
    public var bones: [HumanBone: NodeID]
    /// Who made it, and what may be done with it.
    public var meta: AvatarMeta
    /// Expressions by name: presets (`happy`, `aa`, `blink`...) and custom ones.
    public var expressions: [Expression]
    /// How the eyes follow a gaze, or nil.
    public var lookAt: LookAt?
    /// In which views each mesh node is drawn; absent nodes are `auto`.
    public var firstPerson: [NodeID: FirstPersonKind]
    /// Spring bones; `SpringBoneMotion` moves them.
    public var springBones: SpringBones
    /// Node constraints.
    public var constraints: [NodeConstraint]

    /// A description from its parts.
    public init(
        version: Version = .vrm1, bones: [HumanBone: NodeID], meta: AvatarMeta = AvatarMeta(),
        expressions: [Expression] = [], lookAt: LookAt? = nil, firstPerson: [NodeID: FirstPersonKind] = [:],
        springBones: SpringBones = SpringBones(), constraints: [NodeConstraint] = []
    ) {
        self.version = version
        self.bones = bones
        self.meta = meta
        self.expressions = expressions
        self.lookAt = lookAt
        self.firstPerson = firstPerson
        self.springBones = springBones
        self.constraints = constraints
    }

    /// In which views a mesh is drawn.
    public enum FirstPersonKind: String, Sendable, Hashable {
        /// Decided by triangle: those moved by the head are for third persons only.
        case auto
        /// In all views.
        case both
        /// Not in the wearer's own view.
        case thirdPersonOnly
        /// Only in the wearer's own view.
        case firstPersonOnly
    }
}

/// Who made an avatar and what may be done with it: the file's own terms, printed and carried into outputs.
public struct AvatarMeta: Sendable, Hashable {
    /// The avatar's name.
    public var name = ""
    /// The avatar's version.
    public var version = ""
    /// Who made it.
    public var authors: [String] = []
    /// The licence's address or name.
    public var license = ""
    /// Every other term of the file by its own name, values as text.
    public var terms: [String: String] = [:]

    /// An empty meta.
    public init() {}
}

/// A named change of face: morphs, colours and texture transforms.
public struct Expression: Sendable {
    /// How it suppresses the procedural blink, gaze or mouth.
    public enum Override: String, Sendable, Hashable {
        /// Not at all.
        case none
        /// Wholly, at any weight above 0.
        case block
        /// In proportion to the weight.
        case blend
    }

    /// A weight added to a node's morph target.
    public struct MorphBind: Sendable, Hashable {
        /// The node with the mesh.
        public var node: NodeID
        /// The morph target.
        public var target: Int
        /// Added at expression weight 1.
        public var weight: Float
        /// A bind from its parts.
        public init(node: NodeID, target: Int, weight: Float) {
            self.node = node
            self.target = target
            self.weight = weight
        }
    }

    /// A colour of a material.
    public struct ColorBind: Sendable, Hashable {
        /// VRM 1.0's names.
        public enum Target: String, Sendable, Hashable {
            case color, emissionColor, shadeColor, matcapColor, rimColor, outlineColor
        }
        /// The material.
        public var material: MaterialID
        /// Which colour.
        public var target: Target
        /// Linear RGBA at expression weight 1.
        public var value: SIMD4<Float>
        /// A bind from its parts.
        public init(material: MaterialID, target: Target, value: SIMD4<Float>) {
            self.material = material
            self.target = target
            self.value = value
        }
    }

    /// A texture transform of all UV textures of a material.
    public struct TextureTransformBind: Sendable, Hashable {
        /// The material.
        public var material: MaterialID
        /// At expression weight 1.
        public var scale: SIMD2<Float>
        /// At expression weight 1.
        public var offset: SIMD2<Float>
        /// A bind from its parts.
        public init(material: MaterialID, scale: SIMD2<Float>, offset: SIMD2<Float>) {
            self.material = material
            self.scale = scale
            self.offset = offset
        }
    }

    /// VRM 1.0's preset name, or a custom one.
    public var name: String
    /// Whether the name is one of the presets.
    public var isPreset: Bool
    /// Whether the weight is rounded to 0 or 1.
    public var isBinary: Bool
    /// Morph targets.
    public var morphs: [MorphBind]
    /// Material colours.
    public var colors: [ColorBind]
    /// Texture transforms.
    public var textureTransforms: [TextureTransformBind]
    /// How it suppresses blinking.
    public var overrideBlink: Override
    /// How it suppresses the gaze.
    public var overrideLookAt: Override
    /// How it suppresses mouth shapes.
    public var overrideMouth: Override

    /// An expression from its parts.
    public init(
        name: String, isPreset: Bool = true, isBinary: Bool = false, morphs: [MorphBind] = [],
        colors: [ColorBind] = [], textureTransforms: [TextureTransformBind] = [], overrideBlink: Override = .none,
        overrideLookAt: Override = .none, overrideMouth: Override = .none
    ) {
        self.name = name
        self.isPreset = isPreset
        self.isBinary = isBinary
        self.morphs = morphs
        self.colors = colors
        self.textureTransforms = textureTransforms
        self.overrideBlink = overrideBlink
        self.overrideLookAt = overrideLookAt
        self.overrideMouth = overrideMouth
    }
}

/// How the eyes follow a gaze.
public struct LookAt: Sendable, Hashable {
    /// What is moved.
    public enum Kind: String, Sendable, Hashable {
        /// The eye bones.
        case bone
        /// The look expressions.
        case expression
    }

    /// `min(|v|, inputMaxValue) / inputMaxValue * outputScale`; degrees in, degrees or weight out.
    public struct RangeMap: Sendable, Hashable {
        /// Degrees.
        public var inputMaxValue: Float
        /// Degrees, or a weight.
        public var outputScale: Float
        /// A map from its parts.
        public init(inputMaxValue: Float = 90, outputScale: Float) {
            self.inputMaxValue = inputMaxValue
            self.outputScale = outputScale
        }
    }

    /// What is moved.
    public var kind: Kind
    /// Between the eyes, in the head bone's space, metres.
    public var offsetFromHeadBone: SIMD3<Float>
    /// Towards the nose.
    public var horizontalInner: RangeMap
    /// Away from the nose; for both eyes' expressions.
    public var horizontalOuter: RangeMap
    /// Downwards.
    public var verticalDown: RangeMap
    /// Upwards.
    public var verticalUp: RangeMap

    /// A look-at from its parts; VRM 1.0's defaults for bones.
    public init(
        kind: Kind = .bone, offsetFromHeadBone: SIMD3<Float> = [0, 0.06, 0],
        horizontalInner: RangeMap = RangeMap(outputScale: 10), horizontalOuter: RangeMap = RangeMap(outputScale: 10),
        verticalDown: RangeMap = RangeMap(outputScale: 10), verticalUp: RangeMap = RangeMap(outputScale: 10)
    ) {
        self.kind = kind
        self.offsetFromHeadBone = offsetFromHeadBone
        self.horizontalInner = horizontalInner
        self.horizontalOuter = horizontalOuter
        self.verticalDown = verticalDown
        self.verticalUp = verticalUp
    }
}

/// Chains of joints that swing (VRMC_springBone 1.0; VRM 0.x is turned into it).
public struct SpringBones: Sendable {
    /// A shape that joints are kept out of, or in.
    public struct Collider: Sendable, Hashable {
        /// The shape, in the node's space; metres.
        public enum Shape: Sendable, Hashable {
            /// A sphere; `inside` keeps joints in.
            case sphere(offset: SIMD3<Float>, radius: Float, inside: Bool)
            /// A capsule from `offset` to `tail`; `inside` keeps joints in.
            case capsule(offset: SIMD3<Float>, tail: SIMD3<Float>, radius: Float, inside: Bool)
            /// A plane; joints stay on the normal's side.
            case plane(offset: SIMD3<Float>, normal: SIMD3<Float>)
        }
        /// What it moves with.
        public var node: NodeID
        /// The shape.
        public var shape: Shape
        /// A collider from its parts.
        public init(node: NodeID, shape: Shape) {
            self.node = node
            self.shape = shape
        }
    }

    /// Colliders that springs name together.
    public struct ColliderGroup: Sendable, Hashable {
        /// What it is called, possibly empty.
        public var name: String
        /// Positions in `colliders`.
        public var colliders: [Int]
        /// A group from its parts.
        public init(name: String = "", colliders: [Int]) {
            self.name = name
            self.colliders = colliders
        }
    }

    /// One joint's parameters; it turns so that its tail, the next joint, swings.
    public struct Joint: Sendable, Hashable {
        /// The node.
        public var node: NodeID
        /// Metres, the tail's.
        public var hitRadius: Float = 0
        /// How strongly it goes back to its rest direction.
        public var stiffness: Float = 1
        /// How strongly `gravityDir` pulls.
        public var gravityPower: Float = 0
        /// A unit vector in world space.
        public var gravityDir: SIMD3<Float> = [0, -1, 0]
        /// 1 stops inertia.
        public var dragForce: Float = 0.5
        /// Greatest angle from the rest direction, radians, or nil (VRMC_springBone_extended_collider's `angleLimit`).
        public var angleLimit: Float?
        /// A joint with VRM 1.0's defaults.
        public init(node: NodeID) { self.node = node }
    }

    /// A chain, root first; the last joint is only a tail.
    public struct Spring: Sendable, Hashable {
        /// What it is called, possibly empty.
        public var name: String
        /// Root first.
        public var joints: [Joint]
        /// Positions in `colliderGroups`.
        public var colliderGroups: [Int]
        /// Inertia is felt relative to this node's space, or to the world.
        public var center: NodeID?
        /// A spring from its parts.
        public init(name: String = "", joints: [Joint], colliderGroups: [Int] = [], center: NodeID? = nil) {
            self.name = name
            self.joints = joints
            self.colliderGroups = colliderGroups
            self.center = center
        }
    }

    /// All colliders.
    public var colliders: [Collider] = []
    /// All collider groups.
    public var colliderGroups: [ColliderGroup] = []
    /// All chains.
    public var springs: [Spring] = []

    /// No springs.
    public init() {}
}

/// A node's rotation bound to another node (VRMC_node_constraint 1.0).
public struct NodeConstraint: Sendable, Hashable {
    /// An axis of the constrained node.
    public enum Axis: String, Sendable, Hashable {
        case x = "X"
        case y = "Y"
        case z = "Z"
        case positiveX = "PositiveX"
        case negativeX = "NegativeX"
        case positiveY = "PositiveY"
        case negativeY = "NegativeY"
        case positiveZ = "PositiveZ"
        case negativeZ = "NegativeZ"
    }

    /// What is copied.
    public enum Kind: Sendable, Hashable {
        /// The source's twist about an axis (`x`, `y` or `z`).
        case roll(Axis)
        /// An axis is pointed at the source (`positiveX`...).
        case aim(Axis)
        /// The source's whole rotation.
        case rotation
    }

    /// The node that is moved.
    public var node: NodeID
    /// The node that moves it.
    public var source: NodeID
    /// What is copied.
    public var kind: Kind
    /// 0...1.
    public var weight: Float

    /// A constraint from its parts.
    public init(node: NodeID, source: NodeID, kind: Kind, weight: Float = 1) {
        self.node = node
        self.source = source
        self.kind = kind
        self.weight = weight
    }
}
