import KairaGeometry
import KairaMotion

extension Humanoid {
    /// A motion as keyed changes of the avatar's own nodes: the rotations of its bones and the translation of its hips.
    ///
    /// Linear keys at the poses' times, counted from the first; bones that the motion never turns get no channel.
    public func animation(of clip: MotionClip, scene: Scene) -> AnimationClip {
        let start = clip.poses.first?.time ?? 0
        let times = clip.poses.map { Float($0.time - start) }
        var states: [SceneState] = []
        var state = SceneState(scene)
        for pose in clip.poses {
            apply(pose, to: &state)
            states.append(state)
        }
        var channels: [AnimationClip.Channel] = []
        guard !states.isEmpty else { return AnimationClip(name: clip.name, channels: []) }
        for bone in HumanBone.allCases {
            guard let node = nodes[bone.index] else { continue }
            let rest = scene.nodes[node].transform
            var last = rest.rotation
            let rotations = states.map { state in
                last = state.locals[node.value].rotation.near(last)
                return last
            }
            if rotations.contains(where: { $0.angle(to: rest.rotation) > 1e-6 }) {
                channels.append(
                    AnimationClip.Channel(
                        node: node, path: .rotation, interpolation: .linear, times: times,
                        values: rotations.flatMap { [$0.vector.x, $0.vector.y, $0.vector.z, $0.vector.w] }))
            }
            if bone == .hips {
                channels.append(
                    AnimationClip.Channel(
                        node: node, path: .translation, interpolation: .linear, times: times,
                        values: states.flatMap { state in
                            let t = state.locals[node.value].translation
                            return [t.x, t.y, t.z]
                        }))
            }
        }
        return AnimationClip(name: clip.name, channels: channels)
    }
}
