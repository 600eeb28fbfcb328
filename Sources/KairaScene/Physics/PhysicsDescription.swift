/// Which parts of a scene obey physics beyond spring bones: the glTF extension `KAIRA_physics`, documented in
/// `docs/formats/kaira-physics.md`. SI units throughout.
///
/// Readers guarantee what each part says of its nodes; a description made by hand that breaks it loses that part, and
/// `ScenePhysics.warnings` says so.
public struct PhysicsDescription: Sendable, Hashable {
    /// A cage of mass points and springs round a part of a mesh.
    public struct Lattice: Sendable, Hashable {
        /// Where an expression takes control points at weight 1.
        public struct Pose: Sendable, Hashable {
            /// The expression's name.
            public var expression: String
            /// Corners by number, x fastest, then y, then z; each at most once.
            public var corners: [Int]
            /// How far each goes, metres, in the cage's frame; one a corner.
            public var offsets: [SIMD3<Float>]
            /// A pose from its parts.
            public init(expression: String, corners: [Int], offsets: [SIMD3<Float>]) {
                self.expression = expression
                self.corners = corners
                self.offsets = offsets
            }
        }

        /// What it is called, possibly empty.
        public var name: String
        /// The cage moves with this node and is laid out in its space.
        public var node: NodeID
        /// Nodes whose meshes it carries; only vertices inside the box are moved.
        public var meshes: [NodeID]
        /// A morph target of these meshes at whose full weight vertices are tied to cells, or nil for the mesh as it is. A
        /// mouth that is shut at rest is tied while it is open, so that upper and lower lip lie in different cells.
        public var bindTarget: Int?
        /// Cells along x, y, z.
        public var cells: SIMD3<Int>
        /// The corner with the least coordinates.
        public var origin: SIMD3<Float>
        /// Of the whole box, > 0.
        public var size: SIMD3<Float>
        /// Axes along which vertices follow smooth curves through the corners: 0 is x, 1 y, 2 z. Along the others each cell
        /// is linear.
        public var cubicAxes: [Int] = []
        /// Of the whole cage, kilograms, > 0.
        public var mass: Float = 0.05
        /// Compliance of springs along edges, m/N.
        public var structural: Float = 1e-3
        /// Compliance of springs across faces and bodies, m/N.
        public var shear: Float = 2e-3
        /// Compliance of springs over two cells in a line, m/N.
        public var bend: Float = 5e-3
        /// Compliance of the volume of all cells together, those that are hollow aside, m^3/Pa; 0 keeps it.
        public var volume: Float = 0
        /// Compliance of each such cell's own volume, m^3/Pa.
        public var cell: Float = 1e-7
        /// Rate at which each point loses speed against the frame, 1/s.
        public var damping: Float = 20
        /// Part of the frame's own acceleration that the points feel, 0...1.
        public var inertia: Float = 0
        /// Time in which driven points reach 63 % of the way to where expressions want them, seconds.
        public var easing: Float = 0.03
        /// Corners that stay where they are in the frame.
        public var fixed: [Int] = []
        /// Cells that are empty space, x fastest: their volume is free.
        public var hollow: [Int] = []
        /// Pairs of corners that never come nearer than they are at rest: the lips.
        public var apart: [SIMD2<Int>] = []
        /// Where expressions take control points; a corner of any pose is driven, the rest is left to springs.
        public var poses: [Pose] = []

        /// A cage with default material.
        public init(
            name: String = "", node: NodeID, meshes: [NodeID], cells: SIMD3<Int>, origin: SIMD3<Float>,
            size: SIMD3<Float>
        ) {
            self.name = name
            self.node = node
            self.meshes = meshes
            self.cells = cells
            self.origin = origin
            self.size = size
        }

        /// How many corners.
        public var cornerCount: Int { (cells.x + 1) * (cells.y + 1) * (cells.z + 1) }
        /// The number of a corner.
        public func corner(_ x: Int, _ y: Int, _ z: Int) -> Int { (z * (cells.y + 1) + y) * (cells.x + 1) + x }
        /// The most corners that a cage may have.
        public static let maximumCorners = 2048
    }

    /// Hair or antennae: chains of nodes that hang on one frame and never stretch. Geometry is skinned to the nodes; more
    /// strands than chains follow several chains by their weights.
    public struct Strands: Sendable, Hashable {
        /// What they are called, possibly empty.
        public var name: String
        /// The frame that carries the roots and in which the rest shape is kept.
        public var node: NodeID
        /// Nodes from root to tip, at least 2 each, every one the child of the one before.
        public var chains: [[NodeID]]
        /// Rate at which a segment turns to its direction at rest in the frame, 1/s.
        public var globalStiffness: Float = 30
        /// Rate at which a segment turns to its direction at rest against the one before, 1/s.
        public var localStiffness: Float = 30
        /// Rate at which it takes up the air's velocity, 1/s.
        public var drag: Float = 4
        /// Acceleration of free fall, m/s^2, world axes.
        public var gravity: SIMD3<Float> = [0, -9.80665, 0]
        /// Mean velocity of the air, m/s, world axes.
        public var wind: SIMD3<Float> = .zero
        /// Greatest gust over the mean speed, >= 0.
        public var gusts: Float = 0
        /// How far they keep from colliders, metres.
        public var radius: Float = 0.01
        /// Shapes that they keep out of, by number in `PhysicsDescription.colliders`.
        public var colliders: [Int] = []
        /// How they are drawn by themselves, or nil where only skinned meshes show them.
        public var ribbons: Ribbons?

        /// Flat bands along the chains that face the camera.
        public struct Ribbons: Sendable, Hashable {
            /// What they are drawn with; u runs across from 0 to 1, v along from the root to the tip.
            public var material: MaterialID
            /// Width at the root, metres.
            public var width: Float
            /// Width at the tip over that at the root, 0...1.
            public var taper: Float
            /// Ribbons from their parts.
            public init(material: MaterialID, width: Float = 0.01, taper: Float = 0.2) {
                self.material = material
                self.width = width
                self.taper = taper
            }
        }

        /// Strands with default material.
        public init(name: String = "", node: NodeID, chains: [[NodeID]]) {
            self.name = name
            self.node = node
            self.chains = chains
        }
    }

    /// Flagella: elastic rods in a viscous fluid, driven by travelling waves, in trees on one body.
    public struct Rods: Sendable, Hashable {
        /// How strongly rods beat.
        public struct Beat: Sendable, Hashable {
            /// Greatest rest curvature, 1/m.
            public var amplitude: Float
            /// Beats a second.
            public var frequency: Float
            /// A beat from its parts.
            public init(amplitude: Float, frequency: Float) {
                self.amplitude = amplitude
                self.frequency = frequency
            }
        }

        /// Light that runs along the rods: the emissive texture of a material is moved along u.
        public struct Pulse: Sendable, Hashable {
            /// The material; its own and no expression's.
            public var material: MaterialID
            /// Textures a second that the light moves, idle (x) and active (y).
            public var rate: SIMD2<Float>
            /// Factor of the emission, idle (x) and active (y).
            public var strength: SIMD2<Float>
            /// A pulse from its parts.
            public init(material: MaterialID, rate: SIMD2<Float>, strength: SIMD2<Float>) {
                self.material = material
                self.rate = rate
                self.strength = strength
            }
        }

        /// What they are called, possibly empty.
        public var name: String
        /// The body that they hang on.
        public var node: NodeID
        /// Nodes from base to tip, at least 2 each, every one the child of the one before. A chain whose first node is the
        /// child of a node of an earlier chain branches off there.
        public var chains: [[NodeID]]
        /// Resistance to bending E I, N m^2.
        public var bend: Float = 2e-4
        /// Resistance to twist G J, N m^2.
        public var twist: Float = 2e-4
        /// Resistance of the fluid along the rods, Pa s.
        public var dragAlong: Float = 0.01
        /// Resistance of the fluid across the rods, Pa s.
        public var dragAcross: Float = 0.02
        /// Length of the travelling wave, metres, > 0.
        public var wavelength: Float = 0.6
        /// Length over which the wave grows from the base, metres.
        public var onset: Float = 0.2
        /// Part of the wave out of its plane, -1...1.
        public var helicity: Float = 0.3
        /// Phase that each chain lags behind the one before, radians.
        public var lag: Float = 0.8
        /// The beat at rest.
        public var idle = Beat(amplitude: 1, frequency: 0.4)
        /// The beat at `activeSpeed` and above.
        public var active = Beat(amplitude: 3, frequency: 1.6)
        /// Speed of the bases at which rods are wholly active, m/s, > 0.
        public var activeSpeed: Float = 0.6
        /// Mean curvature that a stop from `activeSpeed` bends into the rods for a moment, 1/m.
        public var recoil: Float = 2
        /// The light along them, or nil.
        public var pulse: Pulse?

        /// Rods with default material.
        public init(name: String = "", node: NodeID, chains: [[NodeID]]) {
            self.name = name
            self.node = node
            self.chains = chains
        }
    }

    /// Shapes that strands keep out of; `inside` ones are passed over.
    public var colliders: [SpringBones.Collider] = []
    /// All cages.
    public var lattices: [Lattice] = []
    /// All hair.
    public var strands: [Strands] = []
    /// All flagella.
    public var rods: [Rods] = []

    /// Nothing.
    public init() {}

    /// Whether nothing obeys physics here.
    public var isEmpty: Bool { lattices.isEmpty && strands.isEmpty && rods.isEmpty }
}
