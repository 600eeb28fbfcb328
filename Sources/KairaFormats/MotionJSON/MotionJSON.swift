import KairaGeometry
import KairaMotion

/// Motions as JSON, `kaira.motion/1`; see `docs/formats/motion.md`.
public enum MotionJSON {
    /// The schema's name.
    public static let schema = "kaira.motion/1"

    /// Writes a clip: bones that never move and are never measured are left out.
    ///
    /// - Parameter clip: hips of poses that speak of other leg lengths are brought to those of the first pose.
    /// - Returns: the whole file.
    /// - Throws: `FormatsError.cannotWrite` for a number that is not finite: JSON has none.
    public static func write(_ clip: MotionClip) throws(FormatsError) -> [UInt8] {
        let height = clip.poses.first?.restHipsHeight ?? 1
        for pose in clip.poses where !isFinite(pose) {
            throw .cannotWrite("the pose at \(pose.time) s has a number that is not finite, which JSON cannot hold")
        }
        let moving = HumanBone.allCases.filter { bone in
            clip.poses.contains { $0[bone] != .identity || $0.confidence[bone.index] > 0 }
        }
        let poses = clip.poses.map { pose -> JSONValue in
            let rotations = moving.flatMap { bone -> [Float] in
                let q = pose[bone].vector
                return [q.x, q.y, q.z, q.w]
            }
            let expressions = pose.expressions.sorted { $0.key < $1.key }.map {
                JSONValue.Member(name: $0.key, value: .number(Double($0.value)))
            }
            let hips =
                pose.restHipsHeight == height
                ? pose.hipsTranslation : pose.hipsTranslation * (height / pose.restHipsHeight)
            return .object(of: [
                "time": .number(pose.time), "hips": .numbers([hips.x, hips.y, hips.z]),
                "rotations": .numbers(rotations), "confidence": .numbers(moving.map { pose.confidence[$0.index] }),
                "expressions": expressions.isEmpty ? nil : .object(expressions),
                "gaze": pose.gaze.map { .numbers([$0.x, $0.y]) },
            ])
        }
        return JSONWriter.write(
            .object(of: [
                "schema": .string(schema), "name": .string(clip.name),
                "rest_hips_height": .number(Double(height)),
                "bones": .array(moving.map { .string($0.rawValue) }), "poses": .array(poses),
            ])) + [0x0A]
    }

    private static func isFinite(_ pose: HumanoidPose) -> Bool {
        pose.time.isFinite && pose.hipsTranslation.isFinite && pose.restHipsHeight.isFinite && pose.restHipsHeight > 0
            && pose.rotations.allSatisfy(\.isFinite) && pose.confidence.allSatisfy(\.isFinite)
            && pose.expressions.values.allSatisfy(\.isFinite)
            && (pose.gaze.map { $0.x.isFinite && $0.y.isFinite } ?? true)
    }

    /// Reads a clip.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: the name for messages.
    /// - Returns: the clip; rotations are brought to unit length.
    /// - Throws: `FormatsError.malformed` with the JSON path.
    public static func read(_ bytes: [UInt8], file: String) throws(FormatsError) -> MotionClip {
        let root = JSONNode(value: try JSONParser.parse(bytes, file: file), path: "", file: file)
        let schemaNode = try root.required("schema")
        guard try schemaNode.string() == schema else {
            throw schemaNode.failure("this is no motion file: \(schema) is expected here")
        }
        let heightNode = try root.optional("rest_hips_height")
        let height = try heightNode?.float() ?? 1
        guard height > 0 else { throw (heightNode ?? root).failure("the height has to be positive") }
        var bones: [HumanBone] = []
        // At most one of each: a hostile list ends at its first repetition.
        for node in try root.required("bones").elements() {
            guard let bone = HumanBone(rawValue: try node.string()) else { throw node.failure("no bone has this name") }
            guard !bones.contains(bone) else { throw node.failure("the bone stands here twice") }
            bones.append(bone)
        }
        var poses: [HumanoidPose] = []
        for node in try root.required("poses").elements() {
            var pose = HumanoidPose(time: try node.required("time").number(), restHipsHeight: height)
            guard pose.time.isFinite else { throw node.failure("the time is not finite") }
            pose.hipsTranslation = try node.required("hips").vector3()
            let rotations = try node.required("rotations").floats(bones.count * 4)
            let confidence = try node.optional("confidence")?.floats(bones.count)
            for (i, bone) in bones.enumerated() {
                let q = Quaternion(
                    x: rotations[i * 4], y: rotations[i * 4 + 1], z: rotations[i * 4 + 2], w: rotations[i * 4 + 3])
                pose[bone] = q.normalized
                if let confidence { pose.confidence[bone.index] = min(max(confidence[i], 0), 1) }
            }
            for (name, value) in try node.optional("expressions")?.members() ?? [] {
                pose.expressions[name] = min(max(try value.float(), 0), 1)
            }
            pose.gaze = try node.optional("gaze")?.vector2()
            poses.append(pose)
        }
        return MotionClip(name: try root.string("name"), poses: poses)
    }
}
