import KairaGeometry

/// Boxes round what a scene draws, in world space.
///
/// `box(of:)` is quick and never too small for linear skinning: a blended vertex lies between the places where its joints
/// would put it. `exactBox(of:)` moves every vertex.
public struct SceneBounds: Sendable {
    private struct Part: Sendable {
        var node: Int
        var skin: Int?
        /// Mesh space, by joint of the skin; one for a rigid primitive.
        var boxes: [(joint: Int, box: BoundingBox)]
        /// What each morph target adds at weight 1.
        var deltas: [BoundingBox]
    }

    private let scene: Scene
    private let parts: [Part]

    /// The bounds of a scene; reads every vertex once.
    public init(_ scene: Scene) {
        self.scene = scene
        var parts: [Part] = []
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for primitive in scene.meshes[mesh].primitives {
                let skin = scene.nodes[node].skin
                var boxes: [(joint: Int, box: BoundingBox)] = []
                let joints = skin.map { scene.skins[$0].joints.count } ?? 0
                if let influences = primitive.influences, joints > 0 {
                    var byJoint = [BoundingBox](repeating: .empty, count: joints)
                    for (vertex, position) in primitive.positions.enumerated() where position.isFinite {
                        let range = vertex * influences.perVertex..<(vertex + 1) * influences.perVertex
                        for at in range where influences.weights[at] > 0 {
                            byJoint[min(Int(influences.joints[at]), joints - 1)].formUnion(position)
                        }
                    }
                    boxes = byJoint.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
                } else {
                    boxes = [(0, BoundingBox(primitive.positions))]
                }
                // A vertex that a target does not move counts as moved by zero.
                let deltas = primitive.morphTargets.map { target in
                    var box = BoundingBox(target.positions)
                    box.formUnion(.zero)
                    return box
                }
                parts.append(
                    Part(
                        node: node.value, skin: primitive.influences == nil || joints == 0 ? nil : skin?.value,
                        boxes: boxes,
                        deltas: deltas))
            }
        }
        self.parts = parts
    }

    /// A box that holds the scene in a state whose world matrices are up to date; empty for a scene that draws nothing.
    ///
    /// - Complexity: O(primitives * (joints + morph targets)).
    public func box(of state: SceneState) -> BoundingBox {
        var result = BoundingBox.empty
        for part in parts {
            var (low, high) = (SIMD3<Float>.zero, SIMD3<Float>.zero)
            for (delta, weight) in zip(part.deltas, state.morphWeights[part.node]) where weight != 0 {
                low += pointwiseMin(delta.min * weight, delta.max * weight)
                high += pointwiseMax(delta.min * weight, delta.max * weight)
            }
            for (joint, box) in part.boxes where !box.isEmpty {
                let matrix: Matrix4
                if let skin = part.skin {
                    let skin = scene.skins[skin]
                    matrix = state.worlds[skin.joints[joint].value] * skin.inverseBindMatrices[joint]
                } else {
                    matrix = state.worlds[part.node]
                }
                result.formUnion(BoundingBox(min: box.min + low, max: box.max + high).transformed(by: matrix))
            }
        }
        return result
    }

    /// The smallest box round every vertex that an index refers to, by skinning all of them on the CPU.
    public func exactBox(of state: SceneState, deformer: Deformer = Deformer()) -> BoundingBox {
        var result = BoundingBox.empty
        for item in GeometryBaker(scene, deformer: deformer).bake(state) {
            guard let mesh = scene.nodes[item.node].mesh else { continue }
            let primitive = scene.meshes[mesh].primitives[item.primitive]
            for index in primitive.indices where Int(index) < item.geometry.positions.count {
                let p = item.geometry.positions[Int(index)]
                if p.isFinite { result.formUnion(p) }
            }
        }
        return result
    }
}
