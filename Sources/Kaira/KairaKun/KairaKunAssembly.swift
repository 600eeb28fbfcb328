import KairaGeometry
import KairaImage
import KairaMotion
import KairaScene

extension KairaKunBuilder {
    /// Puts pieces together into a scene: materials, nodes, one skin, and what makes it an avatar.
    struct Assembly {
        /// What a piece is drawn with; the raw value is its place in the scene's materials.
        enum Surface: Int, CaseIterable {
            /// The folded body.
            case cortex
            /// Solid parts with an outline.
            case paint
            /// Parts that lie on the face: no outline.
            case flat
            /// Dark lines.
            case line
            /// Eyeballs.
            case eye
            /// Beads that glow.
            case bead
        }

        private let rig: MascotRig
        private var scene = Scene()
        private var meshNodes: [String: NodeID] = [:]
        private static let firstJoint = 1

        init(rig: MascotRig, look: MascotLook, textureSize: Int, cortexTexture: Image) {
            self.rig = rig
            scene.images = [
                TextureImage(name: "cortex", image: cortexTexture),
                TextureImage(name: "ramps", image: MascotPalette.rampTexture()),
                TextureImage(name: "eye", image: MascotFace.eyeTexture(size: 256)),
                TextureImage(name: "pulse", image: MascotPalette.pulseTexture()),
            ]
            scene.textures = [
                Texture(image: ImageID(0), wrapS: .clampToEdge, wrapT: .clampToEdge),
                // No mip levels: they would mix neighbouring gradients.
                Texture(image: ImageID(1), wrapS: .clampToEdge, wrapT: .clampToEdge, mipmap: nil),
                Texture(image: ImageID(2), wrapS: .clampToEdge, wrapT: .clampToEdge),
                // The pulse comes round again.
                Texture(image: ImageID(3), wrapS: .repeat, wrapT: .clampToEdge, mipmap: nil),
            ]
            scene.materials = Surface.allCases.map { Self.material($0, look: look) }
            scene.nodes = [Node(name: "KairaKun")]
            scene.roots = [NodeID(0)]
            for i in rig.names.indices {
                let parent = rig.parents[i]
                let origin = parent < 0 ? SIMD3<Float>.zero : rig.positions[parent]
                let above = parent < 0 ? 0 : parent + Self.firstJoint
                scene.nodes.append(
                    Node(
                        name: rig.names[i], transform: Transform(translation: rig.positions[i] - origin),
                        parent: NodeID(above)))
                scene.nodes[above].children.append(NodeID(i + Self.firstJoint))
            }
            scene.skins = [
                Skin(
                    name: "KairaKun", joints: rig.names.indices.map { NodeID($0 + Self.firstJoint) },
                    inverseBindMatrices: rig.positions.map { Matrix4(translation: -$0) },
                    skeleton: NodeID(Self.firstJoint))
            ]
        }

        private static func material(_ surface: Surface, look: MascotLook) -> Material {
            var material = Material(name: "KairaKun_" + String(describing: surface))
            var toon = ToonParameters()
            var texture: Int?
            var roughness: Float = 0.62
            toon.shadingToony = 0.6
            toon.shadingShift = -0.14
            toon.giEqualization = 0.9
            toon.outlineMode = .worldCoordinates
            toon.outlineWidth = 0.0045
            toon.outlineColor = MascotPalette.linear(MascotPalette.rgb(92, 30, 72))
            toon.outlineLightingMix = 0
            var tint = MascotPalette.rgb(236, 196, 226)
            switch surface {
            case .cortex:
                texture = 0
                toon.shadingToony = 0.45
                toon.rimColor = MascotPalette.linear(MascotPalette.rgb(150, 84, 110))
                toon.rimFresnelPower = 3.5
            case .paint: texture = 1
            case .flat:
                texture = 1
                toon.outlineMode = .none
            case .line:
                texture = 1
                toon.outlineMode = .none
                tint = .one
            case .eye:
                texture = 2
                roughness = 0.12
                toon.outlineMode = .none
                tint = MascotPalette.rgb(236, 232, 250)
            case .bead:
                roughness = 0.3
                toon.outlineWidth = 0.0035
                toon.outlineColor = MascotPalette.linear(MascotPalette.rgb(30, 60, 150))
                material.baseColor = SIMD4(MascotPalette.linear(MascotPalette.rgb(62, 158, 232)), 1)
                tint = MascotPalette.rgb(48, 120, 210)
                material.emissive = MascotPalette.linear(MascotPalette.rgb(150, 255, 250))
                material.emissiveTexture = TextureSlot(texture: TextureID(3))
            }
            toon.shadeColor = MascotPalette.linear(tint)
            if let texture {
                let slot = TextureSlot(texture: TextureID(texture))
                toon.shadeTexture = slot
                material.baseColorTexture = slot
            }
            material.metallic = 0
            material.roughness = roughness
            material.shading = look == .toon ? .toon(toon) : .metallicRoughness
            return material
        }

        /// Adds a mesh node of some pieces; all have the morph targets named, in that order.
        mutating func add(_ name: String, _ parts: [(BodyPart, Surface)], morphs: [String] = []) {
            let primitives = parts.map { part, surface in
                Primitive(
                    positions: part.positions, indices: part.indices, normals: part.normals,
                    texCoords0: part.texCoords,
                    influences: JointInfluences(
                        perVertex: 4, joints: part.joints.flatMap { [$0.x, $0.y, $0.z, $0.w] },
                        weights: part.weights.flatMap { [$0.x, $0.y, $0.z, $0.w] }),
                    morphTargets: morphs.map { morph in
                        MorphTarget(
                            positions: part.morphs[morph]
                                ?? [SIMD3<Float>](repeating: .zero, count: part.positions.count))
                    }, material: MaterialID(surface.rawValue))
            }
            scene.meshes.append(
                Mesh(
                    name: name, primitives: primitives, morphNames: morphs,
                    defaultMorphWeights: [Float](repeating: 0, count: morphs.count)))
            let node = NodeID(scene.nodes.count)
            scene.nodes.append(
                Node(name: name, parent: NodeID(0), mesh: MeshID(scene.meshes.count - 1), skin: SceneIndex<Skin>(0)))
            scene.nodes[0].children.append(node)
            meshNodes[name] = node
        }

        /// The finished scene.
        func scene(
            flagella: [(name: String, joints: [UInt16], level: Int)], antennae: [(name: String, joints: [UInt16])],
            mouth: BodyPart
        ) -> Scene {
            var scene = scene
            var avatar = AvatarDescription(
                bones: rig.bones.mapValues { NodeID(Int($0) + Self.firstJoint) }, meta: Self.meta,
                expressions: expressions(), lookAt: lookAt())
            for (name, node) in meshNodes {
                // All of the mascot hangs on its head: its wearer sees limbs through the painted parts only.
                avatar.firstPerson[node] = name == "Body" || name == "Flagella" ? .auto : .thirdPersonOnly
            }
            avatar.springBones = springs(flagella, antennae)
            scene.avatar = avatar
            scene.physics = physics(flagella, antennae, mouth: mouth)
            return scene
        }

        private static var meta: AvatarMeta {
            var meta = AvatarMeta()
            meta.name = "KairaKun"
            meta.version = "2.0"
            meta.authors = ["Kaira contributors"]
            meta.license = "https://vrm.dev/licenses/1.0/"
            meta.terms = [
                // CC0 permits everything; VRM's terms say the same one by one.
                "avatarPermission": "everyone", "allowExcessivelyViolentUsage": "true",
                "allowExcessivelySexualUsage": "true", "commercialUsage": "corporation",
                "allowPoliticalOrReligiousUsage": "true", "allowAntisocialOrHateUsage": "true",
                "creditNotation": "unnecessary", "allowRedistribution": "true",
                "modification": "allowModificationRedistribution",
                "otherLicenseUrl": "https://creativecommons.org/publicdomain/zero/1.0/",
                "copyrightInformation": "CC0 1.0: dedicated to the public domain",
            ]
            return meta
        }

        private func lookAt() -> LookAt {
            let eyes = (rig.position(.leftEye) + rig.position(.rightEye)) / 2
            return LookAt(
                kind: .bone, offsetFromHeadBone: eyes - rig.position(.head),
                horizontalInner: .init(inputMaxValue: 60, outputScale: 14),
                horizontalOuter: .init(inputMaxValue: 60, outputScale: 16),
                verticalDown: .init(inputMaxValue: 50, outputScale: 8),
                verticalUp: .init(inputMaxValue: 50, outputScale: 8))
        }

        private func expressions() -> [Expression] {
            func bind(_ mesh: String, _ morph: String, _ weight: Float = 1) -> Expression.MorphBind? {
                guard let node = meshNodes[mesh], let id = scene.nodes[node].mesh,
                    let target = scene.meshes[id].morphNames.firstIndex(of: morph)
                else { return nil }
                return Expression.MorphBind(node: node, target: target, weight: weight)
            }
            func expression(
                _ name: String, _ binds: [Expression.MorphBind?], blink: Expression.Override = .none,
                mouth: Expression.Override = .none
            ) -> Expression {
                Expression(name: name, morphs: binds.compactMap(\.self), overrideBlink: blink, overrideMouth: mouth)
            }
            return [
                expression(
                    "happy", [bind("Mouth", "mouthHappy"), bind("Lids", "lidHappy"), bind("Brows", "browHappy")],
                    blink: .blend, mouth: .blend),
                expression(
                    "angry", [bind("Mouth", "mouthAngry"), bind("Lids", "lidAngry"), bind("Brows", "browAngry")],
                    blink: .none, mouth: .blend),
                expression(
                    "sad", [bind("Mouth", "mouthSad"), bind("Lids", "lidSad"), bind("Brows", "browSad")],
                    blink: .none, mouth: .blend),
                expression(
                    "relaxed",
                    [bind("Mouth", "mouthRelaxed"), bind("Lids", "lidRelaxed"), bind("Brows", "browHappy", 0.4)],
                    blink: .none, mouth: .none),
                expression(
                    "surprised",
                    [
                        bind("Mouth", "mouthSurprised"), bind("Eyes", "wide"), bind("EyeLines", "wide"),
                        bind("Brows", "browUp"),
                    ],
                    blink: .blend, mouth: .blend),
                expression("aa", [bind("Mouth", "aa")]),
                expression("ih", [bind("Mouth", "ih")]),
                expression("ou", [bind("Mouth", "ou")]),
                expression("ee", [bind("Mouth", "ee")]),
                expression("oh", [bind("Mouth", "oh")]),
                expression("blink", [bind("Lids", "blinkLeft"), bind("Lids", "blinkRight")]),
                expression("blinkLeft", [bind("Lids", "blinkLeft")]),
                expression("blinkRight", [bind("Lids", "blinkRight")]),
                expression("lookUp", [bind("Eyes", "lookUp")]),
                expression("lookDown", [bind("Eyes", "lookDown")]),
                expression("lookLeft", [bind("Eyes", "lookLeft")]),
                expression("lookRight", [bind("Eyes", "lookRight")]),
                expression("neutral", []),
                // Lips that meet, for p, b and m: whatever vowel is asked for gives way.
                Expression(
                    name: "closed", isPreset: false, morphs: [bind("Mouth", "closed")].compactMap(\.self),
                    overrideMouth: .blend),
            ]
        }

        private func springs(
            _ flagella: [(name: String, joints: [UInt16], level: Int)], _ antennae: [(name: String, joints: [UInt16])]
        ) -> SpringBones {
            var springs = SpringBones()
            func node(_ bone: HumanBone) -> NodeID { NodeID(Int(rig[bone]) + Self.firstJoint) }
            func local(_ p: SIMD3<Float>, _ bone: HumanBone) -> SIMD3<Float> { p - rig.position(bone) }
            springs.colliders = [
                .init(
                    node: node(.head),
                    shape: .sphere(offset: local([0, 0.985, -0.01], .head), radius: 0.385, inside: false)),
                .init(
                    node: node(.chest),
                    shape: .sphere(offset: local([0, 0.66, -0.12], .chest), radius: 0.20, inside: false)),
                .init(
                    node: node(.hips),
                    shape: .sphere(offset: local([0, 0.56, 0], .hips), radius: 0.20, inside: false)),
            ]
            springs.colliderGroups = [.init(name: "body", colliders: [0, 1, 2])]
            let all = flagella + antennae.map { (name: $0.name, joints: $0.joints, level: 0) }
            for chain in all {
                let count = chain.joints.count
                let joints = chain.joints.enumerated().map { k, joint in
                    // Firm at the root, loose at the tip.
                    let t = Float(k) / Float(max(count - 2, 1))
                    var out = SpringBones.Joint(node: NodeID(Int(joint) + Self.firstJoint))
                    out.stiffness = chain.level == 0 ? lerp(1.5, 0.65, min(t, 1)) : lerp(0.7, 0.5, min(t, 1))
                    out.dragForce = chain.level == 0 ? lerp(0.45, 0.30, min(t, 1)) : 0.35
                    out.gravityPower = 0.04
                    out.hitRadius = 0.02
                    return out
                }
                springs.springs.append(.init(name: chain.name, joints: joints, colliderGroups: [0]))
            }
            return springs
        }

        /// What of it obeys physics beyond springs.
        private func physics(
            _ flagella: [(name: String, joints: [UInt16], level: Int)], _ antennae: [(name: String, joints: [UInt16])],
            mouth: BodyPart
        ) -> PhysicsDescription {
            func nodes(_ joints: [UInt16]) -> [NodeID] { joints.map { NodeID(Int($0) + Self.firstJoint) } }
            let head = NodeID(Int(rig[.head]) + Self.firstJoint)
            var physics = PhysicsDescription()
            physics.colliders = [
                .init(
                    node: head,
                    shape: .sphere(offset: SIMD3(0, 0.985, -0.01) - rig.position(.head), radius: 0.385, inside: false))
            ]
            var rods = PhysicsDescription.Rods(name: "flagella", node: head, chains: flagella.map { nodes($0.joints) })
            rods.bend = 6e-3
            rods.twist = 6e-3
            rods.dragAlong = 0.012
            rods.dragAcross = 0.024
            rods.wavelength = 0.62
            rods.onset = 0.25
            rods.helicity = 0.45
            rods.lag = 0.9
            rods.idle = .init(amplitude: 1.5, frequency: 0.32)
            rods.active = .init(amplitude: 3.4, frequency: 1.4)
            rods.activeSpeed = 0.9
            rods.recoil = 2.6
            rods.pulse = .init(
                material: MaterialID(Surface.bead.rawValue), rate: [0.45, 1.5], strength: [1, 1.6])
            physics.rods = [rods]
            var hair = PhysicsDescription.Strands(
                name: "antennae", node: head, chains: antennae.map { nodes($0.joints) })
            hair.globalStiffness = 16
            hair.localStiffness = 24
            hair.drag = 3
            hair.radius = 0.012
            physics.strands = [hair]
            if let node = meshNodes["Mouth"] {
                physics.lattices = [
                    MascotMouthCage(mouth: mouth, head: rig.position(.head)).lattice(
                        node: head, mesh: node, morphs: MascotFace.mouths.dropFirst().map(\.name))
                ]
            }
            return physics
        }
    }
}
