import KairaMotion
import Testing

@Suite("HumanBone")
struct HumanBoneTests {
    /// Oracle: VRM 1.0 specification, VRMC_vrm-1.0/humanoid.md: bone, parent bone, whether it is required.
    static let specification = """
        hips - yes; spine hips yes; chest spine no; upperChest chest no; neck upperChest no; head neck yes;
        leftEye head no; rightEye head no; jaw head no;
        leftUpperLeg hips yes; leftLowerLeg leftUpperLeg yes; leftFoot leftLowerLeg yes; leftToes leftFoot no;
        rightUpperLeg hips yes; rightLowerLeg rightUpperLeg yes; rightFoot rightLowerLeg yes; rightToes rightFoot no;
        leftShoulder upperChest no; leftUpperArm leftShoulder yes; leftLowerArm leftUpperArm yes;
        leftHand leftLowerArm yes; rightShoulder upperChest no; rightUpperArm rightShoulder yes;
        rightLowerArm rightUpperArm yes; rightHand rightLowerArm yes;
        leftThumbMetacarpal leftHand no; leftThumbProximal leftThumbMetacarpal no;
        leftThumbDistal leftThumbProximal no; leftIndexProximal leftHand no;
        leftIndexIntermediate leftIndexProximal no; leftIndexDistal leftIndexIntermediate no;
        leftMiddleProximal leftHand no; leftMiddleIntermediate leftMiddleProximal no;
        leftMiddleDistal leftMiddleIntermediate no; leftRingProximal leftHand no;
        leftRingIntermediate leftRingProximal no; leftRingDistal leftRingIntermediate no;
        leftLittleProximal leftHand no; leftLittleIntermediate leftLittleProximal no;
        leftLittleDistal leftLittleIntermediate no;
        rightThumbMetacarpal rightHand no; rightThumbProximal rightThumbMetacarpal no;
        rightThumbDistal rightThumbProximal no; rightIndexProximal rightHand no;
        rightIndexIntermediate rightIndexProximal no; rightIndexDistal rightIndexIntermediate no;
        rightMiddleProximal rightHand no; rightMiddleIntermediate rightMiddleProximal no;
        rightMiddleDistal rightMiddleIntermediate no; rightRingProximal rightHand no;
        rightRingIntermediate rightRingProximal no; rightRingDistal rightRingIntermediate no;
        rightLittleProximal rightHand no; rightLittleIntermediate rightLittleProximal no;
        rightLittleDistal rightLittleIntermediate no
        """

    @Test("the 55 bones, their parents and which are required")
    func table() throws {
        let rows = Self.specification.split(separator: ";").map {
            $0.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        #expect(rows.count == 55)
        #expect(HumanBone.count == 55)
        #expect(Set(HumanBone.allCases.map(\.rawValue)) == Set(rows.map { $0[0] }))
        for row in rows {
            let bone = try #require(HumanBone(rawValue: row[0]))
            #expect(bone.parent?.rawValue ?? "-" == row[1])
            #expect(HumanBone.required.contains(bone) == (row[2] == "yes"))
        }
        #expect(HumanBone.required.count == 15)
    }

    /// Oracle: the definition.
    @Test("indices count the bones, parents first; sides are an involution")
    func order() {
        for (i, bone) in HumanBone.allCases.enumerated() {
            #expect(bone.index == i)
            if let parent = bone.parent { #expect(parent.index < i) }
            #expect(bone.mirrored.mirrored == bone)
            #expect(bone.mirrored.parent == bone.parent?.mirrored)
            #expect((bone.mirrored == bone) == !(bone.rawValue.hasPrefix("left") || bone.rawValue.hasPrefix("right")))
        }
    }
}
