import Kaira
import KairaGeometry
import KairaMotion
import KairaScene
import Testing

/// The mascot as it is shipped. Rules come from VRM 1.0 (humanoid, T-pose, expressions, spring bones) and from what is
/// asked of the mascot: three levels of detail, closed parts, smooth weights, everything of VRM 1.0's expressions.
@Suite struct KairaKunBuilderTests {
    static let scene = KairaKunBuilder().build()
    private var scene: Scene { Self.scene }
    private var avatar: AvatarDescription { get throws { try #require(scene.avatar) } }

    private func place(_ bone: HumanBone) throws -> SIMD3<Float> {
        let node = try #require(try avatar.bones[bone], "the mascot has a bone \(bone)")
        return SceneState(scene).worlds[node.value].translation
    }

    @Test("every required bone of VRM 1.0 is there, with eyes, jaw, hands, shoulders and toes")
    func bones() throws {
        let wanted: [HumanBone] =
            HumanBone.required + [
                .chest, .neck, .leftEye, .rightEye, .jaw, .leftShoulder, .rightShoulder, .leftToes, .rightToes,
                .leftThumbMetacarpal, .leftThumbProximal, .leftThumbDistal, .leftIndexProximal, .rightIndexDistal,
                .rightMiddleIntermediate, .leftLittleDistal,
            ]
        let bones = try avatar.bones
        for bone in wanted { #expect(bones[bone] != nil, "\(bone)") }
        // A bone's parent in the file is its parent in VRM, absent ones skipped.
        for (bone, node) in bones {
            var above = bone.parent
            while let candidate = above, bones[candidate] == nil { above = candidate.parent }
            if let above { #expect(scene.nodes[node].parent == bones[above], "\(bone) hangs on \(above)") }
            #expect(scene.nodes[node].transform.scale == .one && scene.nodes[node].transform.rotation == .identity)
        }
    }

    /// Oracle: VRM 1.0, tpose.md: faces +Z, soles at y = 0, arms along X, thumbs halfway between X and +Z.
    @Test("it stands in the T-pose")
    func tPose() throws {
        for (side, upper, lower, hand) in [
            (1, HumanBone.leftUpperArm, HumanBone.leftLowerArm, HumanBone.leftHand),
            (-1, .rightUpperArm, .rightLowerArm, .rightHand),
        ] as [(Float, HumanBone, HumanBone, HumanBone)] {
            for (a, b) in [(upper, lower), (lower, hand)] {
                let along = normalize(try place(b) - place(a))
                #expect(distance(along, [side, 0, 0]) < 1e-5)
            }
        }
        let thumb = normalize(try place(.leftThumbProximal) - place(.leftThumbMetacarpal))
        #expect(distance(thumb, normalize([1, 0, 1])) < 1e-3)
        for (a, b) in [(HumanBone.leftUpperLeg, HumanBone.leftLowerLeg), (.leftLowerLeg, .leftFoot)] {
            let along = normalize(try place(b) - place(a))
            #expect(distance(along, [0, -1, 0]) < 1e-5)
        }
        let eye = try place(.leftEye)
        #expect(eye.z > 0.1, "the eyes look along +Z")
        #expect(eye.x > 0, "its left is at +X")
        let lowest = scene.meshes.flatMap(\.primitives).flatMap(\.positions).map(\.y).min() ?? 1
        #expect(abs(lowest) < 0.001)
        let body = try #require(scene.meshes.first { $0.name == "Body" })
        let height = BoundingBox(body.primitives.flatMap(\.positions)).max.y
        #expect((1.2...1.5).contains(height))
    }

    private static func triangles(_ scene: Scene) -> Int {
        scene.meshes.flatMap(\.primitives).map { $0.indices.count / 3 }.reduce(0, +)
    }

    @Test("it has just below 20,000 triangles")
    func triangles() {
        let count = Self.triangles(scene)
        #expect((19_500...20_000).contains(count), "\(count)")
    }

    @Test("the other levels have about 6,000 and 70,000, the same bones, expressions and physics")
    func details() throws {
        for (detail, wanted) in [(MascotDetail.low, 6000.0), (.high, 70_000)] {
            var builder = KairaKunBuilder()
            builder.detail = detail
            builder.textureSize = 128
            let other = builder.build()
            let count = Self.triangles(other)
            #expect((0.95...1.0).contains(Double(count) / wanted), "\(detail): \(count)")
            #expect(other.avatar?.bones == scene.avatar?.bones)
            #expect(other.avatar?.expressions.map(\.name) == scene.avatar?.expressions.map(\.name))
            #expect(other.physics.rods == scene.physics.rods && other.physics.strands == scene.physics.strands)
            #expect(other.skins.first?.joints == scene.skins.first?.joints)
        }
    }

    @Test("it comes in two looks: MToon with outlines, and metallic-roughness")
    func looks() {
        var builder = KairaKunBuilder()
        builder.look = .pbr
        builder.detail = .low
        builder.textureSize = 128
        for material in builder.build().materials {
            guard case .metallicRoughness = material.shading else {
                Issue.record("\(material.name) is not metallic-roughness")
                continue
            }
        }
        for material in scene.materials {
            guard case .toon = material.shading else {
                Issue.record("\(material.name) is not MToon")
                continue
            }
        }
    }

    /// Oracle: the 18 presets of VRM 1.0, `expressions.md`, and what CC0 1.0 gives.
    @Test("every preset expression of VRM 1.0 is there, and the licence is CC0")
    func presets() throws {
        let presets: Set = [
            "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft",
            "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
        ]
        let own = Set(try avatar.expressions.filter(\.isPreset).map(\.name))
        #expect(own == presets)
        let closed = try #require(try avatar.expressions.first { $0.name == "closed" })
        #expect(!closed.isPreset && closed.overrideMouth == .blend)
        let meta = try avatar.meta
        #expect(meta.terms["otherLicenseUrl"] == "https://creativecommons.org/publicdomain/zero/1.0/")
        #expect(meta.terms["commercialUsage"] == "corporation" && meta.terms["avatarPermission"] == "everyone")
        #expect(meta.terms.filter { $0.key.hasPrefix("allow") }.allSatisfy { $0.value == "true" })
    }

    @Test("flagella are rods, antennae strands, the mouth a lattice; nothing is left out")
    func physics() throws {
        let physics = try #require(ScenePhysics(scene))
        #expect(physics.warnings.isEmpty && physics.springs == nil, "springs are for programs without rods")
        #expect(physics.rods.first?.nodes.count ?? 0 > 100 && physics.strands.count == 1 && physics.lattices.count == 1)
        let chained = Set(physics.rods.flatMap(\.nodes) + physics.strands.flatMap(\.nodes))
        #expect(chained == Set(try avatar.springBones.springs.flatMap { $0.joints.map(\.node) }))
    }

    @Test("light runs along the flagella from bead to bead")
    func pulse() throws {
        var physics = try #require(ScenePhysics(scene))
        var state = SceneState(scene)
        var offsets: [Float] = []
        for _ in 0..<60 {
            physics.update(&state, deltaTime: 1.0 / 60)
            let bead = try #require(state.materialOverrides.values.first)
            offsets.append(try #require(bead.emissiveTexture?.offset.x))
        }
        // It moves on every frame, by the idle rate in all.
        let rate = try #require(scene.physics.rods[0].pulse?.rate.x)
        #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $1 < $0 })
        #expect(abs(offsets[0] - offsets[59] - rate * 59 / 60) < 0.02)
        // Beads lie apart along the texture: they light up one after the other.
        let mesh = try #require(scene.meshes.first { $0.name == "Flagella" })
        #expect(Set(mesh.primitives[1].texCoords0.map(\.x)).count > 8)
    }

    /// Oracle: a closed, consistently turned surface has each directed edge once, and its reverse once; its signed volume
    /// (divergence theorem) is positive if triangles are counter-clockwise from outside.
    @Test("solid parts are closed and face outwards", arguments: ["Body", "Flagella", "Eyes", "EyeLines", "Brows"])
    func closed(name: String) throws {
        let mesh = try #require(scene.meshes.first { $0.name == name })
        for primitive in mesh.primitives {
            var first: [SIMD3<Float>: Int] = [:]
            let weld = primitive.positions.enumerated().map { i, p in
                if let j = first[p] { return j }
                first[p] = i
                return i
            }
            var edges: [SIMD2<Int>: Int] = [:]
            var volume: Double = 0
            for t in stride(from: 0, to: primitive.indices.count, by: 3) {
                let v = (0..<3).map { weld[Int(primitive.indices[t + $0])] }
                for k in 0..<3 { edges[SIMD2(v[k], v[(k + 1) % 3]), default: 0] += 1 }
                let p = v.map { primitive.positions[$0] }
                volume += Double(dot(p[0], cross(p[1], p[2])) / 6)
            }
            let open = edges.count { $0.value != 1 || edges[SIMD2($0.key.y, $0.key.x)] != 1 }
            #expect(open == 0, "\(name): \(open) of \(edges.count) directed edges have no partner")
            #expect(volume > 0)
        }
    }

    @Test("weights sum to 1, joints exist, normals and texture coordinates are valid")
    func vertices() {
        for node in scene.nodes {
            guard let id = node.mesh, let skin = node.skin else { continue }
            let joints = scene.skins[skin].joints.count
            for primitive in scene.meshes[id].primitives {
                let influences = primitive.influences
                #expect(influences?.perVertex == 4)
                for v in primitive.positions.indices {
                    let w = influences?.weights[v * 4..<v * 4 + 4] ?? []
                    let j = influences?.joints[v * 4..<v * 4 + 4] ?? []
                    #expect(abs(w.reduce(0, +) - 1) < 1e-5 && w.allSatisfy { $0 >= 0 })
                    #expect(j.allSatisfy { Int($0) < joints })
                    #expect(abs(length(primitive.normals[v]) - 1) < 1e-4)
                    #expect((0...1).contains(primitive.texCoords0[v].x) && (0...1).contains(primitive.texCoords0[v].y))
                }
                #expect(primitive.indices.allSatisfy { Int($0) < primitive.positions.count })
                #expect(primitive.positions.allSatisfy { $0.isFinite })
            }
        }
    }

    /// Oracle: linear blend skinning from its formula. A limb of radius r that folds by 90 degrees keeps every vertex at
    /// least half of r from the bones' axis; a collapsed joint brings some to the axis itself.
    @Test(
        "joints keep their thickness when they bend by 90 degrees",
        arguments: [
            (HumanBone.leftUpperArm, HumanBone.leftLowerArm, HumanBone.leftHand, SIMD3<Float>(0, -1, 0), Float(0.047)),
            (.leftUpperLeg, .leftLowerLeg, .leftFoot, SIMD3<Float>(1, 0, 0), 0.056),
        ] as [(HumanBone, HumanBone, HumanBone, SIMD3<Float>, Float)])
    func bending(upper: HumanBone, lower: HumanBone, end: HumanBone, axis: SIMD3<Float>, radius: Float) throws {
        let bones = try avatar.bones
        let (upperNode, lowerNode, endNode) = (
            try #require(bones[upper]), try #require(bones[lower]), try #require(bones[end])
        )
        var state = SceneState(scene)
        state.locals[lowerNode.value].rotation = Quaternion(angle: .pi / 2, axis: axis)
        state.updateWorld()
        let skin = try #require(scene.skins.first)
        let matrices = zip(skin.joints, skin.inverseBindMatrices).map { state.worlds[$0.value] * $1 }
        let chain = [upperNode, lowerNode, endNode].map { state.worlds[$0.value].translation }
        let joint = try place(lower)
        let body = try #require(scene.meshes.first { $0.name == "Body" })
        let limb = body.primitives[1]
        let influences = try #require(limb.influences)
        let ends = Set([upperNode, lowerNode].compactMap { skin.joints.firstIndex(of: $0) })
        var near: Float = 1
        var seen = 0
        for (v, p) in limb.positions.enumerated() where distance(p, joint) < 0.09 {
            var q = SIMD3<Float>.zero
            var own = true
            for k in 0..<4 where influences.weights[v * 4 + k] > 0 {
                let j = Int(influences.joints[v * 4 + k])
                own = own && ends.contains(j)
                q += matrices[j].transform(point: p) * influences.weights[v * 4 + k]
            }
            guard own else { continue }
            seen += 1
            for (a, b) in [(chain[0], chain[1]), (chain[1], chain[2])] {
                let t = min(max(dot(q - a, b - a) / dot(b - a, b - a), 0), 1)
                near = min(near, distance(q, a + (b - a) * t))
            }
        }
        #expect(seen > 40)
        #expect(near > 0.5 * radius, "\(near)")
    }

    @Test("every expression moves the face by at least 3 mm; only neutral is empty")
    func expressions() throws {
        let names = [
            "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft",
            "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight",
        ]
        let expressions = try avatar.expressions
        for name in names {
            let expression = try #require(expressions.first { $0.name == name }, "\(name)")
            #expect(expression.isPreset && !expression.morphs.isEmpty)
            for bind in expression.morphs {
                let mesh = scene.meshes[try #require(scene.nodes[bind.node].mesh)]
                let name = mesh.morphNames[bind.target]
                let deltas = mesh.primitives.flatMap { $0.morphTargets[bind.target].positions }
                #expect(deltas.contains { length($0) * bind.weight > 0.003 }, "\(expression.name): \(name)")
            }
        }
        for mesh in scene.meshes {
            for primitive in mesh.primitives {
                #expect(primitive.morphTargets.count == mesh.morphNames.count)
                #expect(primitive.morphTargets.allSatisfy { $0.positions.count == primitive.positions.count })
            }
        }
    }

    @Test("a blink of one eye leaves the other alone")
    func oneEye() throws {
        for (name, side) in [("blinkLeft", 1), ("blinkRight", -1)] as [(String, Float)] {
            let bind = try #require(try avatar.expressions.first { $0.name == name }?.morphs.first)
            let mesh = scene.meshes[try #require(scene.nodes[bind.node].mesh)]
            for primitive in mesh.primitives {
                for (p, d) in zip(primitive.positions, primitive.morphTargets[bind.target].positions) {
                    if p.x * side < 0 { #expect(d == .zero) }
                }
            }
        }
    }

    /// Oracle: VRMC_springBone 1.0: a joint is in one spring only, and each joint is below the one before it.
    @Test("flagella are chains that share no joint")
    func springs() throws {
        let springs = try avatar.springBones
        let mains = springs.springs.filter { !$0.name.contains("Branch") }
        #expect((6...10).contains(mains.count), "flagella and antennae")
        #expect(springs.springs.count - mains.count >= mains.count, "they branch")
        var seen: Set<NodeID> = []
        let bones = Set(try avatar.bones.values)
        for spring in springs.springs {
            #expect(spring.joints.count >= 3)
            for (k, joint) in spring.joints.enumerated() {
                #expect(seen.insert(joint.node).inserted, "\(scene.nodes[joint.node].name) is in two springs")
                #expect(!bones.contains(joint.node))
                #expect(joint.stiffness > 0 && (0...1).contains(joint.dragForce) && joint.hitRadius > 0)
                if k > 0 {
                    #expect(scene.nodes[joint.node].parent == spring.joints[k - 1].node)
                    #expect(length(scene.nodes[joint.node].transform.translation) > 0.02)
                }
            }
            #expect(spring.colliderGroups.allSatisfy { springs.colliderGroups.indices.contains($0) })
        }
        #expect(
            springs.colliderGroups.allSatisfy { $0.colliders.allSatisfy { springs.colliders.indices.contains($0) } })
    }

    @Test("two builds give the same bytes")
    func deterministic() throws {
        let again = KairaKunBuilder().build()
        #expect(again.images.map(\.image) == scene.images.map(\.image))
        #expect(again.nodes.map(\.name) == scene.nodes.map(\.name))
        #expect(again.nodes.map(\.transform) == scene.nodes.map(\.transform))
        for (a, b) in zip(again.meshes, scene.meshes) {
            #expect(a.morphNames == b.morphNames)
            for (p, q) in zip(a.primitives, b.primitives) {
                #expect(p.positions == q.positions && p.normals == q.normals && p.indices == q.indices)
                #expect(p.texCoords0 == q.texCoords0 && p.influences?.weights == q.influences?.weights)
                #expect(p.morphTargets.map(\.positions) == q.morphTargets.map(\.positions))
            }
        }
    }
}
