import KairaGeometry
import KairaMotion
import Testing

@Suite("HumanoidSkeleton")
struct HumanoidSkeletonTests {
    static func skeleton(_ places: [HumanBone: SIMD3<Float>]) -> HumanoidSkeleton {
        HumanoidSkeleton(restPositions: HumanBone.allCases.map { places[$0] })
    }

    static let arm: [HumanBone: SIMD3<Float>] = [
        .hips: [0, 1, 0], .spine: [0, 1.1, 0], .upperChest: [0, 1.3, 0], .leftUpperArm: [0.2, 1.4, 0],
        .leftLowerArm: [0.5, 1.4, 0], .leftHand: [0.7, 1.4, 0],
    ]

    /// Oracle: VRM 1.0's parent rule: an absent bone's children hang on the nearest bone above that is there.
    @Test("absent bones are skipped")
    func parents() {
        let rig = Self.skeleton(Self.arm)
        #expect(rig.parent(of: .hips) == nil)
        #expect(rig.parent(of: .upperChest) == .spine)
        #expect(rig.parent(of: .leftUpperArm) == .upperChest)
        #expect(rig.parent(of: .leftIndexDistal) == .leftHand)
        #expect(rig.parent(of: .head) == .upperChest)
        #expect(Self.skeleton([:]).parent(of: .leftHand) == nil)
        #expect(!rig.has(.neck) && rig.has(.spine))
        #expect(rig.hipsHeight == 1)
    }

    /// Oracle: closed form: quarter turns move the joints along the axes.
    @Test("joints of a pose of quarter turns")
    func forward() throws {
        let rig = Self.skeleton(Self.arm)
        var pose = HumanoidPose(restHipsHeight: 2)
        pose.hipsTranslation = [4, 2, 0]
        let quarter = Float.pi / 2
        // The whole body turns to its left: +X goes to -Z. The shoulder is absent: its turn raises the arm all the same.
        pose[.hips] = Quaternion(angle: quarter, axis: [0, 1, 0])
        pose[.leftShoulder] = Quaternion(angle: quarter, axis: [0, 0, 1])
        pose[.leftLowerArm] = Quaternion(angle: quarter, axis: [0, -1, 0])
        let at = rig.jointPositions(in: pose)
        func off(_ bone: HumanBone, _ p: SIMD3<Float>) throws -> Float { distance(try #require(at[bone.index]), p) }
        // Hips rest at 1 m here and at 2 m in the pose's source: half the way.
        #expect(try off(.hips, [2, 1, 0]) < 1e-6)
        #expect(try off(.leftUpperArm, [2, 1.4, -0.2]) < 1e-6)
        #expect(try off(.leftLowerArm, [2, 1.7, -0.2]) < 1e-6)
        // The forearm goes forward of the chest: the avatar now faces +X.
        #expect(try off(.leftHand, [2.2, 1.7, -0.2]) < 1e-6)
        #expect(at[HumanBone.neck.index] == nil)
        let world = rig.worldRotations(in: pose)
        #expect(distance(world[HumanBone.leftHand.index].act([1, 0, 0]), [1, 0, 0]) < 1e-6)
    }
}
