import KairaMotion
import KairaScene

/// The VRM 1.0 extensions of an avatar: `VRMC_vrm` and `VRMC_springBone`.
struct VRMWriter {
    let avatar: AvatarDescription
    /// How many pictures the file has.
    let images: Int

    /// Whether a collider or joint needs `VRMC_springBone_extended_collider`.
    var hasExtendedColliders: Bool {
        if avatar.springBones.springs.contains(where: { $0.joints.contains { $0.angleLimit != nil } }) { return true }
        return avatar.springBones.colliders.contains { collider in
            switch collider.shape {
            case .sphere(_, _, let inside), .capsule(_, _, _, let inside): inside
            case .plane: true
            }
        }
    }

    /// Names and values of the extensions at the root of the document.
    func extensions() -> [(String, JSONValue)] {
        var out = [("VRMC_vrm", vrm())]
        if !avatar.springBones.springs.isEmpty || !avatar.springBones.colliders.isEmpty {
            out.append(("VRMC_springBone", springBones()))
        }
        return out
    }

    private func vrm() -> JSONValue {
        let bones = HumanBone.allCases.compactMap { bone in
            avatar.bones[bone].map { node in
                JSONValue.Member(name: bone.rawValue, value: .object(of: ["node": .integer(node.value)]))
            }
        }
        let presets = avatar.expressions.filter(\.isPreset)
        let customs = avatar.expressions.filter { !$0.isPreset }
        func table(_ list: [Expression]) -> JSONValue? {
            list.isEmpty ? nil : .object(list.map { JSONValue.Member(name: $0.name, value: json($0)) })
        }
        let annotations = avatar.firstPerson.sorted { $0.key.value < $1.key.value }.map { node, kind in
            JSONValue.object(of: ["node": .integer(node.value), "type": .string(kind.rawValue)])
        }
        return .object(of: [
            "specVersion": .string("1.0"), "meta": meta(), "humanoid": .object(of: ["humanBones": .object(bones)]),
            "firstPerson": annotations.isEmpty
                ? nil : .object(of: ["meshAnnotations": .array(annotations)]),
            "lookAt": avatar.lookAt.map(json),
            "expressions": avatar.expressions.isEmpty
                ? nil : .object(of: ["preset": table(presets), "custom": table(customs)]),
        ])
    }

    private func meta() -> JSONValue {
        let meta = avatar.meta
        var members: [JSONValue.Member] = [
            .init(name: "name", value: .string(meta.name.isEmpty ? "unnamed" : meta.name)),
            .init(
                name: "authors",
                value: .array((meta.authors.isEmpty ? ["unknown"] : meta.authors).map { .string($0) })),
            .init(
                name: "licenseUrl",
                value: .string(meta.license.isEmpty ? "https://vrm.dev/licenses/1.0/" : meta.license)),
        ]
        if !meta.version.isEmpty { members.append(.init(name: "version", value: .string(meta.version))) }
        for (name, text) in meta.terms.sorted(by: { $0.key < $1.key })
        where !members.contains(where: { $0.name == name }) {
            if let value = term(name, text) { members.append(.init(name: name, value: value)) }
        }
        return .object(members)
    }

    private static let flags: Set<String> = [
        "allowExcessivelyViolentUsage", "allowExcessivelySexualUsage", "allowPoliticalOrReligiousUsage",
        "allowAntisocialOrHateUsage", "allowRedistribution",
    ]

    /// Terms are kept as text; those that VRM 1.0 has as flags, lists or indices become these again. Nil where they cannot.
    private func term(_ name: String, _ text: String) -> JSONValue? {
        if Self.flags.contains(name) { return text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil }
        if name == "references" {
            let parts = text.split(separator: ", ").map { JSONValue.string(String($0)) }
            return parts.isEmpty ? nil : .array(parts)
        }
        if name == "thumbnailImage" { return Int(text).flatMap { 0..<images ~= $0 ? .integer($0) : nil } }
        return .string(text)
    }

    private func json(_ expression: Expression) -> JSONValue {
        func numbers(_ v: SIMD2<Float>) -> JSONValue { .numbers([v.x, v.y]) }
        let morphs = expression.morphs.map { bind in
            JSONValue.object(of: [
                "node": .integer(bind.node.value), "index": .integer(bind.target),
                "weight": .number(Double(bind.weight)),
            ])
        }
        let colors = expression.colors.map { bind in
            JSONValue.object(of: [
                "material": .integer(bind.material.value), "type": .string(bind.target.rawValue),
                "targetValue": .numbers([bind.value.x, bind.value.y, bind.value.z, bind.value.w]),
            ])
        }
        let transforms = expression.textureTransforms.map { bind in
            JSONValue.object(of: [
                "material": .integer(bind.material.value), "scale": numbers(bind.scale), "offset": numbers(bind.offset),
            ])
        }
        return .object(of: [
            "isBinary": .bool(expression.isBinary),
            "morphTargetBinds": morphs.isEmpty ? nil : .array(morphs),
            "materialColorBinds": colors.isEmpty ? nil : .array(colors),
            "textureTransformBinds": transforms.isEmpty ? nil : .array(transforms),
            "overrideBlink": .string(expression.overrideBlink.rawValue),
            "overrideLookAt": .string(expression.overrideLookAt.rawValue),
            "overrideMouth": .string(expression.overrideMouth.rawValue),
        ])
    }

    private func json(_ lookAt: LookAt) -> JSONValue {
        func map(_ map: LookAt.RangeMap) -> JSONValue {
            .object(of: [
                "inputMaxValue": .number(Double(map.inputMaxValue)), "outputScale": .number(Double(map.outputScale)),
            ])
        }
        let o = lookAt.offsetFromHeadBone
        return .object(of: [
            "offsetFromHeadBone": .numbers([o.x, o.y, o.z]), "type": .string(lookAt.kind.rawValue),
            "rangeMapHorizontalInner": map(lookAt.horizontalInner),
            "rangeMapHorizontalOuter": map(lookAt.horizontalOuter),
            "rangeMapVerticalDown": map(lookAt.verticalDown), "rangeMapVerticalUp": map(lookAt.verticalUp),
        ])
    }

    private func springBones() -> JSONValue {
        let bones = avatar.springBones
        func xyz(_ v: SIMD3<Float>) -> JSONValue { .numbers([v.x, v.y, v.z]) }
        func number(_ v: Float) -> JSONValue { .number(Double(v)) }
        let colliders = bones.colliders.map { collider -> JSONValue in
            var shape: JSONValue
            var extended: JSONValue?
            // Readers without the extension see a sphere that is out of the way.
            let elsewhere: JSONValue = .object(of: [
                "sphere": .object(of: ["offset": .numbers([0, -10000, 0]), "radius": number(0)])
            ])
            switch collider.shape {
            case .sphere(let offset, let radius, let inside):
                shape = .object(of: ["sphere": .object(of: ["offset": xyz(offset), "radius": number(radius)])])
                if inside {
                    shape = elsewhere
                    extended = .object(of: [
                        "sphere": .object(of: ["offset": xyz(offset), "radius": number(radius), "inside": .bool(true)])
                    ])
                }
            case .capsule(let offset, let tail, let radius, let inside):
                shape = .object(of: [
                    "capsule": .object(of: ["offset": xyz(offset), "radius": number(radius), "tail": xyz(tail)])
                ])
                if inside {
                    shape = elsewhere
                    extended = .object(of: [
                        "capsule": .object(of: [
                            "offset": xyz(offset), "radius": number(radius), "tail": xyz(tail), "inside": .bool(true),
                        ])
                    ])
                }
            case .plane(let offset, let normal):
                shape = elsewhere
                extended = .object(of: ["plane": .object(of: ["offset": xyz(offset), "normal": xyz(normal)])])
            }
            return .object(of: [
                "node": .integer(collider.node.value), "shape": shape,
                "extensions": extended.map {
                    .object(of: [
                        "VRMC_springBone_extended_collider": .object(of: ["specVersion": .string("1.0"), "shape": $0])
                    ])
                },
            ])
        }
        let groups = bones.colliderGroups.map { group in
            JSONValue.object(of: [
                "name": group.name.isEmpty ? nil : .string(group.name), "colliders": .integers(group.colliders),
            ])
        }
        let springs = bones.springs.map { spring in
            JSONValue.object(of: [
                "name": spring.name.isEmpty ? nil : .string(spring.name),
                "joints": .array(
                    spring.joints.map { joint in
                        .object(of: [
                            "node": .integer(joint.node.value), "hitRadius": number(joint.hitRadius),
                            "stiffness": number(joint.stiffness), "gravityPower": number(joint.gravityPower),
                            "gravityDir": xyz(joint.gravityDir), "dragForce": number(joint.dragForce),
                            "extensions": joint.angleLimit.map { limit in
                                .object(of: [
                                    "VRMC_springBone_extended_collider": .object(of: [
                                        "specVersion": .string("1.0"), "angleLimit": .number(Double(limit) * 180 / .pi),
                                    ])
                                ])
                            },
                        ])
                    }),
                "colliderGroups": spring.colliderGroups.isEmpty ? nil : .integers(spring.colliderGroups),
                "center": spring.center.map { .integer($0.value) },
            ])
        }
        return .object(of: [
            "specVersion": .string("1.0"), "colliders": colliders.isEmpty ? nil : .array(colliders),
            "colliderGroups": groups.isEmpty ? nil : .array(groups),
            "springs": springs.isEmpty ? nil : .array(springs),
        ])
    }
}
