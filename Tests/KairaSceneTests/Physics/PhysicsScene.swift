import KairaGeometry
import KairaScene

/// A carrier that moves, with a spring chain, a strand, a rod with a branch, and a cube in a cage.
enum PhysicsScene {
    /// Nodes by what they are: the carrier, then root to tip.
    static let carrier = NodeID(0)
    static let spring = (1...4).map { NodeID($0) }
    static let strand = (5...10).map { NodeID($0) }
    static let rod = (11...16).map { NodeID($0) }
    static let branch = (17...19).map { NodeID($0) }
    static let cube = NodeID(20)

    /// - Returns: the scene; everything hangs on node 0, one metre up.
    static func scene() -> Scene {
        var scene = Scene()
        func add(_ name: String, _ place: SIMD3<Float>, below parent: Int?, turn: Quaternion = .identity) {
            let index = scene.nodes.count
            scene.nodes.append(
                Node(
                    name: name, transform: Transform(translation: place, rotation: turn),
                    parent: parent.map { NodeID($0) }))
            if let parent {
                scene.nodes[parent].children.append(NodeID(index))
            } else {
                scene.roots.append(NodeID(index))
            }
        }
        add("carrier", [0, 1, 0], below: nil)
        for k in 0..<4 { add("spring\(k)", k == 0 ? [0.2, 0, 0] : [0.05, 0, 0], below: k == 0 ? 0 : k) }
        // Rest rotations of their own must not matter.
        for k in 0..<6 {
            add(
                "strand\(k)", k == 0 ? [0, 0.2, 0] : [0.06, 0.02, 0], below: k == 0 ? 0 : 4 + k,
                turn: Quaternion(angle: 0.2, axis: [0, 0, 1]))
        }
        for k in 0..<6 {
            add("rod\(k)", k == 0 ? [0, 0, -0.2] : [0, 0.01 * Float(k % 2), -0.1], below: k == 0 ? 0 : 10 + k)
        }
        for k in 0..<3 { add("branch\(k)", k == 0 ? .zero : [0.08, 0, -0.05], below: k == 0 ? 13 : 16 + k) }
        add("cube", .zero, below: 0)
        scene.nodes[20].mesh = MeshID(0)
        var positions: [SIMD3<Float>] = []
        var normals: [SIMD3<Float>] = []
        for z in 0...4 {
            for y in 0...4 {
                for x in 0...4 {
                    let p = SIMD3<Float>(Float(x), Float(y), Float(z)) / 4 - SIMD3<Float>(repeating: 0.5)
                    positions.append(p * 0.2)
                    normals.append(direction(p + SIMD3<Float>(0.1, 0.2, 0.3), else: [0, 1, 0]))
                }
            }
        }
        scene.meshes = [Mesh(primitives: [Primitive(positions: positions, indices: [0, 1, 5], normals: normals)])]
        scene.materials = [Material(name: "light")]
        scene.materials[0].emissive = [0.5, 0.25, 1]
        scene.materials[0].emissiveTexture = TextureSlot(texture: TextureID(0))
        scene.images = [TextureImage(image: .init(width: 1, height: 1))]
        scene.textures = [Texture(image: ImageID(0))]
        var springs = SpringBones()
        springs.springs = [.init(joints: spring.map { SpringBones.Joint(node: $0) })]
        for k in springs.springs[0].joints.indices { springs.springs[0].joints[k].gravityPower = 0.3 }
        scene.avatar = AvatarDescription(
            bones: [:],
            expressions: [Expression(name: "aa"), Expression(name: "oh"), Expression(name: "closed", isPreset: false)],
            springBones: springs)
        scene.physics.strands = [.init(node: carrier, chains: [strand])]
        var rods = PhysicsDescription.Rods(node: carrier, chains: [rod, branch])
        rods.pulse = .init(material: MaterialID(0), rate: [0.25, 1], strength: [1, 3])
        scene.physics.rods = [rods]
        scene.physics.lattices = [cage()]
        return scene
    }

    /// Two cells a side round the cube: the lowest layer fixed, the middle of the top driven.
    static func cage() -> PhysicsDescription.Lattice {
        var cage = PhysicsDescription.Lattice(
            node: carrier, meshes: [cube], cells: [2, 2, 2], origin: SIMD3(repeating: -0.1),
            size: SIMD3(repeating: 0.2))
        cage.fixed = (0..<27).filter { ($0 / 3) % 3 == 0 }
        cage.poses = [
            .init(expression: "aa", corners: [16], offsets: [[0, 0.03, 0.01]]),
            .init(expression: "oh", corners: [16, 13], offsets: [[0, -0.02, 0], [0.01, 0, 0]]),
        ]
        return cage
    }
}
