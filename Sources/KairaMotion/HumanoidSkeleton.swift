import KairaGeometry

/// Where the bones of a humanoid are in its T-pose: all that a solver needs to know of an avatar.
public struct HumanoidSkeleton: Sendable, Hashable {
    /// The head of each bone in model space (metres, +Y up, facing +Z, soles at y = 0), nil for a bone it lacks, in the
    /// order of `HumanBone.allCases`.
    public var restPositions: [SIMD3<Float>?]

    /// A skeleton; `restPositions` has one entry a bone.
    public init(restPositions: [SIMD3<Float>?]) {
        precondition(restPositions.count == HumanBone.count)
        self.restPositions = restPositions
    }

    /// The head of a bone in the T-pose, or nil.
    public subscript(bone: HumanBone) -> SIMD3<Float>? { restPositions[bone.index] }

    /// Whether it has a bone.
    public func has(_ bone: HumanBone) -> Bool { restPositions[bone.index] != nil }

    /// The nearest bone above that the skeleton has: absent ones are skipped (VRM 1.0 parent rule).
    public func parent(of bone: HumanBone) -> HumanBone? {
        var parent = bone.parent
        while let candidate = parent, !has(candidate) { parent = candidate.parent }
        return parent
    }

    /// The height of the hips above the soles in the T-pose, metres.
    public var hipsHeight: Float { self[.hips]?.y ?? 1 }

    /// Where each bone's head is in a pose, model space, metres: forward kinematics over the normalised rotations.
    ///
    /// - Returns: one entry a bone in the order of `HumanBone.allCases`, nil for a bone that the skeleton lacks.
    ///   The rotations of absent bones are multiplied into their children's.
    public func jointPositions(in pose: HumanoidPose) -> [SIMD3<Float>?] { forward(pose).positions }

    /// The world rotation of each bone in a pose relative to the T-pose, in the order of `HumanBone.allCases`.
    public func worldRotations(in pose: HumanoidPose) -> [Quaternion] { forward(pose).rotations }

    private func forward(_ pose: HumanoidPose) -> (positions: [SIMD3<Float>?], rotations: [Quaternion]) {
        var positions = [SIMD3<Float>?](repeating: nil, count: HumanBone.count)
        var rotations = [Quaternion](repeating: .identity, count: HumanBone.count)
        for bone in HumanBone.allCases {
            let i = bone.index
            let above = bone.parent.map { rotations[$0.index] } ?? .identity
            rotations[i] = above * pose.rotations[i]
            guard let rest = restPositions[i] else { continue }
            guard let parent = parent(of: bone), let parentRest = self[parent], let origin = positions[parent.index]
            else {
                positions[i] = pose.hipsTranslation * (hipsHeight / pose.restHipsHeight)
                continue
            }
            // Rotations of absent bones act on their children's own rotation, not on where those children are.
            positions[i] = origin + rotations[parent.index].act(rest - parentRest)
        }
        return (positions, rotations)
    }
}
