import KairaGeometry
import KairaMotion
import KairaScene

/// A repeatable source of numbers (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func float(_ range: ClosedRange<Float> = -1...1) -> Float { .random(in: range, using: &self) }
    mutating func vector(_ range: ClosedRange<Float> = -1...1) -> SIMD3<Float> {
        SIMD3(float(range), float(range), float(range))
    }
    mutating func rotation() -> Quaternion { Quaternion(SIMD4(vector(), float())).normalized }
}

/// A chain of nodes, each the child of the one before.
func chain(_ transforms: [Transform]) -> Scene {
    var scene = Scene()
    for (i, transform) in transforms.enumerated() {
        scene.nodes.append(
            Node(
                name: "n\(i)", transform: transform, parent: i > 0 ? NodeID(i - 1) : nil,
                children: i + 1 < transforms.count ? [NodeID(i + 1)] : []))
    }
    scene.roots = [NodeID(0)]
    return scene
}

/// Nodes from names, parents and transforms; a parent comes before its children.
func forest(_ nodes: [(name: String, parent: String?, transform: Transform)]) -> Scene {
    var scene = Scene()
    var indices: [String: Int] = [:]
    for (name, parent, transform) in nodes {
        let index = scene.nodes.count
        indices[name] = index
        let above = parent.flatMap { indices[$0] }
        scene.nodes.append(Node(name: name, transform: transform, parent: above.map { NodeID($0) }))
        if let above { scene.nodes[above].children.append(NodeID(index)) } else { scene.roots.append(NodeID(index)) }
    }
    return scene
}

/// Where each bone of a simple T-posed body is, model space, metres.
let bodyPositions: [HumanBone: SIMD3<Float>] = [
    .hips: [0, 0.95, 0.01], .spine: [0, 1.05, 0], .chest: [0, 1.2, 0], .neck: [0, 1.45, 0], .head: [0, 1.52, 0.02],
    .leftEye: [0.03, 1.6, 0.08], .rightEye: [-0.03, 1.6, 0.08],
    .leftUpperLeg: [0.09, 0.9, 0], .leftLowerLeg: [0.09, 0.5, 0], .leftFoot: [0.09, 0.08, -0.02],
    .rightUpperLeg: [-0.09, 0.9, 0], .rightLowerLeg: [-0.09, 0.5, 0], .rightFoot: [-0.09, 0.08, -0.02],
    .leftUpperArm: [0.17, 1.4, 0], .leftLowerArm: [0.42, 1.4, 0], .leftHand: [0.67, 1.4, 0],
    .rightUpperArm: [-0.17, 1.4, 0], .rightLowerArm: [-0.42, 1.4, 0], .rightHand: [-0.67, 1.4, 0],
]

/// An avatar at `bodyPositions`; `turned` gives every node some rest rotation of its own, which moves no bone.
///
/// For VRM 0.x the same body faces -Z in the file. Between two bones lies a node that is none.
func body(version: AvatarDescription.Version = .vrm1, without absent: Set<HumanBone> = [], turned: Bool = false)
    -> Scene
{
    var numbers = SeededNumbers(7)
    let toFile: (SIMD3<Float>) -> SIMD3<Float> = { version == .vrm0 ? [-$0.x, $0.y, -$0.z] : $0 }
    var scene = Scene()
    scene.nodes = [Node(name: "root")]
    scene.roots = [NodeID(0)]
    var worlds = [Transform.identity]
    var bones: [HumanBone: NodeID] = [:]
    func add(_ name: String, at position: SIMD3<Float>, below parent: Int) -> Int {
        let rotation = turned ? numbers.rotation() : .identity
        let above = worlds[parent]
        let local = Transform(
            translation: above.rotation.conjugate.act(position - above.translation),
            rotation: (above.rotation.conjugate * rotation).normalized)
        let index = scene.nodes.count
        scene.nodes.append(Node(name: name, transform: local, parent: NodeID(parent)))
        scene.nodes[parent].children.append(NodeID(index))
        worlds.append(Transform(translation: position, rotation: rotation))
        return index
    }
    for bone in HumanBone.allCases {
        guard let position = bodyPositions[bone], !absent.contains(bone) else { continue }
        var above = bone.parent
        while let candidate = above, bones[candidate] == nil { above = candidate.parent }
        var parent = above.flatMap { bones[$0]?.value } ?? 0
        if bone == .leftLowerArm { parent = add("between", at: toFile([0.3, 1.4, 0]), below: parent) }
        bones[bone] = NodeID(add(bone.rawValue, at: toFile(position), below: parent))
    }
    scene.avatar = AvatarDescription(version: version, bones: bones)
    return scene
}

/// Largest difference of two lists of vectors.
func largestDifference(_ a: [SIMD3<Float>], _ b: [SIMD3<Float>]) -> Float {
    zip(a, b).map { distance($0, $1) }.max() ?? .infinity
}
