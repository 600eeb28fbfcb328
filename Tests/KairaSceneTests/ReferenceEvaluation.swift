import Foundation
import KairaGeometry
import KairaScene

/// What `Tests/Support/gltf_reference.py` wrote: a model as plain arrays, and where its vertices are.
struct ReferenceEvaluation {
    struct Pose: Decodable {
        var clip: Int?
        var time: Double
        var node, primitive, vertices, stride: Int
        var size: Float
        var positions: [Int]
    }
    private struct Content: Decodable {
        struct Node: Decodable {
            var translation, rotation, scale, matrix, weights: [Float]?
            var children: [Int]?
            var mesh, skin: Int?
        }
        struct Mesh: Decodable {
            struct Primitive: Decodable {
                var positions: [Int]
                var targets: [[Int]]
                var perVertex: Int?
                var joints, weights: [Int]?
            }
            var primitives: [Primitive]
            var weights: [Float]
        }
        struct Skin: Decodable {
            var joints: [Int]
            var inverseBindMatrices: [Int]
        }
        struct Clip: Decodable {
            struct Channel: Decodable {
                var node: Int
                var path, interpolation: String
                var times, values: [Int]
            }
            var name: String
            var channels: [Channel]
        }
        var nodes: [Node]
        var roots: [Int]
        var meshes: [Mesh]
        var skins: [Skin]
        var clips: [Clip]
        var poses: [Pose]
    }

    let scene: Scene
    let poses: [Pose]
    private let numbers: [Float]

    init(_ name: String, in folder: URL) throws {
        let data = try Data(contentsOf: folder.appending(path: "\(name).f32"))
        let numbers = stride(from: 0, to: data.count, by: 4).map { at in
            Float(bitPattern: data[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        let content = try JSONDecoder().decode(
            Content.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
        func floats(_ place: [Int]) -> [Float] { Array(numbers[place[0]..<place[0] + place[1]]) }
        func vectors(_ place: [Int]) -> [SIMD3<Float>] {
            let f = floats(place)
            return stride(from: 0, to: f.count, by: 3).map { [f[$0], f[$0 + 1], f[$0 + 2]] }
        }
        func matrix(_ f: ArraySlice<Float>) -> Matrix4 {
            let c = stride(from: f.startIndex, to: f.endIndex, by: 4).map {
                SIMD4(f[$0], f[$0 + 1], f[$0 + 2], f[$0 + 3])
            }
            return Matrix4(c[0], c[1], c[2], c[3])
        }
        var scene = Scene()
        scene.nodes = content.nodes.map { node in
            Node(
                transform: Transform(
                    translation: node.translation.map { [$0[0], $0[1], $0[2]] } ?? .zero,
                    rotation: node.rotation.map { Quaternion(x: $0[0], y: $0[1], z: $0[2], w: $0[3]).normalized }
                        ?? .identity,
                    scale: node.scale.map { [$0[0], $0[1], $0[2]] } ?? .one),
                matrix: node.matrix.map { matrix($0[...]) }, children: (node.children ?? []).map { NodeID($0) },
                mesh: node.mesh.map { MeshID($0) }, skin: node.skin.map { SkinID($0) }, morphWeights: node.weights)
        }
        for (i, node) in content.nodes.enumerated() {
            for child in node.children ?? [] { scene.nodes[child].parent = NodeID(i) }
        }
        scene.roots = content.roots.map { NodeID($0) }
        scene.meshes = content.meshes.map { mesh in
            let targets = mesh.primitives.first?.targets.count ?? 0
            return Mesh(
                primitives: mesh.primitives.map { primitive in
                    var influences: JointInfluences?
                    if let joints = primitive.joints, let weights = primitive.weights, let count = primitive.perVertex {
                        influences = JointInfluences(
                            perVertex: count, joints: floats(joints).map { UInt16($0) }, weights: floats(weights))
                    }
                    return Primitive(
                        positions: vectors(primitive.positions), indices: [], influences: influences,
                        morphTargets: primitive.targets.map { MorphTarget(positions: vectors($0)) })
                }, defaultMorphWeights: mesh.weights.isEmpty ? Array(repeating: 0, count: targets) : mesh.weights)
        }
        scene.skins = content.skins.map { skin in
            let f = floats(skin.inverseBindMatrices)
            return Skin(
                joints: skin.joints.map { NodeID($0) },
                inverseBindMatrices: skin.joints.indices.map { matrix(f[$0 * 16..<$0 * 16 + 16]) })
        }
        scene.animations = content.clips.map { clip in
            AnimationClip(
                name: clip.name,
                channels: clip.channels.compactMap { channel in
                    guard let path = AnimationClip.Channel.Path(rawValue: channel.path),
                        let interpolation = AnimationClip.Channel.Interpolation(rawValue: channel.interpolation)
                    else { return nil }
                    return .init(
                        node: NodeID(channel.node), path: path, interpolation: interpolation,
                        times: floats(channel.times), values: floats(channel.values))
                })
        }
        self.scene = scene
        self.numbers = numbers
        poses = content.poses
    }

    /// The reference's positions of a pose, every `stride`-th vertex.
    func positions(_ pose: Pose) -> [SIMD3<Float>] {
        stride(from: pose.positions[0], to: pose.positions[0] + pose.positions[1], by: 3).map {
            [numbers[$0], numbers[$0 + 1], numbers[$0 + 2]]
        }
    }
}
