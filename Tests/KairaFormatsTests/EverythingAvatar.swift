import KairaGeometry
import KairaImage
import KairaMotion
import KairaScene

/// A small made-up avatar that uses each property of the scene model once, with values that no default has.
enum EverythingAvatar {
    /// - Parameter vertices: of the larger of two skinned primitives; above 65534 its indices take 32 bits.
    /// - Returns: the scene, with its avatar.
    static func scene(vertices: Int) -> Scene {
        var scene = Scene()
        let required: [(HumanBone, Int?)] = [
            (.hips, nil), (.spine, 0), (.head, 1), (.leftUpperLeg, 0), (.leftLowerLeg, 3), (.leftFoot, 4),
            (.rightUpperLeg, 0), (.rightLowerLeg, 6), (.rightFoot, 7), (.leftUpperArm, 1), (.leftLowerArm, 9),
            (.leftHand, 10), (.rightUpperArm, 1), (.rightLowerArm, 12), (.rightHand, 13), (.leftEye, 2),
        ]
        scene.nodes = required.enumerated().map { i, entry in
            Node(
                name: entry.0.rawValue + " \"\\\n\u{1}é",
                transform: Transform(
                    translation: [0.1 * Float(i), 1 / 3, -0.25],
                    rotation: Quaternion(angle: 0.1 * Float(i), axis: [0, 1, 0]), scale: [1, 1.5, 1]))
        }
        var avatar = AvatarDescription(bones: [:])
        for (i, entry) in required.enumerated() {
            avatar.bones[entry.0] = NodeID(i)
            if let parent = entry.1 {
                scene.nodes[i].parent = NodeID(parent)
                scene.nodes[parent].children.append(NodeID(i))
            }
        }
        scene.roots = [NodeID(0)]
        func add(_ node: Node) -> NodeID {
            scene.nodes.append(node)
            scene.roots.append(NodeID(scene.nodes.count - 1))
            return NodeID(scene.nodes.count - 1)
        }
        let body = add(Node(name: "body", mesh: MeshID(0), skin: SkinID(0), morphWeights: [0.25, 0.5]))
        let shear = Matrix4([1, 0, 0, 0], [0.5, 1, 0, 0], [0, 0, 2, 0], [3, 4, 5, 1])
        _ = add(Node(transform: Transform(shear), matrix: shear, mesh: MeshID(1)))
        _ = add(Node(camera: CameraID(0), light: LightID(0)))
        _ = add(Node(camera: CameraID(1), light: LightID(1)))
        _ = add(Node(camera: CameraID(2), light: LightID(2)))

        scene.images = [
            TextureImage(name: "checker", image: picture(4, 3)), TextureImage(image: picture(2, 2)),
        ]
        scene.textures = [
            Texture(
                image: ImageID(0), wrapS: .clampToEdge, wrapT: .mirroredRepeat, magnification: .nearest,
                minification: .nearest, mipmap: .linear),
            Texture(image: ImageID(1), magnification: .linear, minification: .linear, mipmap: nil),
            Texture(image: ImageID(1), minification: .nearest, mipmap: nil),
            Texture(image: ImageID(1), minification: .linear, mipmap: .nearest),
        ]
        scene.materials = materials
        scene.meshes = [
            Mesh(
                name: "body", primitives: [skinned(vertices: 5, width: 8), skinned(vertices: vertices, width: 4)],
                morphNames: ["smile", ""], defaultMorphWeights: [0.125, 0]),
            Mesh(primitives: [
                Primitive(
                    topology: .points, positions: [[0, 0, 0], [1, 2, 3]], indices: [1, 0], material: MaterialID(1)),
                Primitive(topology: .lines, positions: [[0, 0, 0], [1, 2, 3]], indices: [0, 1]),
            ]),
        ]
        scene.skins = [
            Skin(
                name: "skin", joints: [NodeID(0), NodeID(1), NodeID(2)],
                inverseBindMatrices: (0..<3).map { Transform(translation: [Float($0), 0.1, 0]).matrix },
                skeleton: NodeID(0))
        ]
        scene.cameras = [
            Camera(name: "a", lens: .perspective(verticalFieldOfView: 0.7, aspect: 1.5, near: 0.1, far: 100)),
            Camera(lens: .perspective(verticalFieldOfView: 1.1, aspect: nil, near: 0.01, far: .infinity)),
            Camera(lens: .orthographic(halfWidth: 2, halfHeight: 3, near: 0, far: 7)),
        ]
        scene.lights = [
            Light(name: "sun", kind: .directional, color: [1, 0.5, 0.25], intensity: 3),
            Light(kind: .point, intensity: 10, range: 4),
            Light(kind: .spot(innerConeAngle: 0.2, outerConeAngle: 0.6)),
        ]
        scene.animations = [
            AnimationClip(
                name: "all",
                channels: [
                    .init(
                        node: NodeID(0), path: .translation, interpolation: .cubicSpline, times: [0, 0.5],
                        values: (0..<18).map { Float($0) / 7 }),
                    .init(
                        node: NodeID(1), path: .rotation, interpolation: .linear, times: [0, 0.5],
                        values: [0, 0, 0, 1, 0.6, 0, 0, 0.8]),
                    .init(node: NodeID(2), path: .scale, interpolation: .step, times: [0.25], values: [1, 2, 3]),
                    .init(
                        node: body, path: .weights, interpolation: .linear, times: [0, 1, 2],
                        values: [0, 1, 0.5, 0.25, 1, 0]),
                ])
        ]
        describe(&avatar, body: body)
        scene.avatar = avatar
        scene.physics = physics(body: body)
        return scene
    }

    private static func picture(_ width: Int, _ height: Int) -> Image {
        var image = Image(width: width, height: height)
        for i in image.bytes.indices {
            image.bytes[i] = UInt8(truncatingIfNeeded: 37 * i + 11) | (i % 4 == 3 ? 0x80 : 0)
        }
        return image
    }

    private static var materials: [Material] {
        var plain = Material(name: "plain")
        plain.baseColor = [0.1, 0.2, 0.3, 0.4]
        plain.baseColorTexture = TextureSlot(
            texture: TextureID(0), texCoord: 1, offset: [0.5, 0.25], rotation: 0.3, scale: [2, 3])
        (plain.metallic, plain.roughness, plain.normalScale, plain.occlusionStrength) = (0.3, 0.6, 0.7, 0.8)
        plain.metallicRoughnessTexture = TextureSlot(texture: TextureID(1))
        plain.normalTexture = TextureSlot(texture: TextureID(1))
        plain.occlusionTexture = TextureSlot(texture: TextureID(2), texCoord: 1)
        plain.emissive = [0.5, 0.25, 1]
        plain.emissiveTexture = TextureSlot(texture: TextureID(3))
        plain.alphaMode = .mask(cutoff: 0.3)
        plain.isDoubleSided = true
        var unlit = Material(name: "unlit")
        unlit.shading = .unlit
        unlit.alphaMode = .blend(writesDepth: false)
        var glow = Material(name: "glow")
        glow.emissive = [8, 2, 4]
        var toon = ToonParameters()
        toon.shadeColor = [0.9, 0.1, 0.2]
        toon.shadeTexture = TextureSlot(texture: TextureID(1))
        (toon.shadingShift, toon.shadingShiftTextureScale) = (-0.2, 0.4)
        toon.shadingShiftTexture = TextureSlot(texture: TextureID(1), offset: [0.1, 0])
        (toon.shadingToony, toon.giEqualization) = (0.7, 0.6)
        toon.matcapFactor = [0.1, 0.2, 0.3]
        toon.matcapTexture = TextureSlot(texture: TextureID(0))
        toon.rimColor = [0.3, 0.2, 0.1]
        toon.rimMultiplyTexture = TextureSlot(texture: TextureID(0))
        (toon.rimLightingMix, toon.rimFresnelPower, toon.rimLift) = (0.25, 3, 0.1)
        (toon.outlineMode, toon.outlineWidth, toon.outlineLightingMix) = (.screenCoordinates, 0.01, 0.4)
        toon.outlineWidthTexture = TextureSlot(texture: TextureID(0))
        toon.outlineColor = [0.6, 0.5, 0.4]
        toon.uvAnimationMaskTexture = TextureSlot(texture: TextureID(0))
        toon.uvAnimationScroll = [0.1, -0.2]
        toon.uvAnimationRotation = 0.7
        var drawn = Material(name: "toon")
        drawn.shading = .toon(toon)
        drawn.alphaMode = .blend(writesDepth: true)
        drawn.renderOrder = 4
        return [plain, unlit, glow, drawn]
    }

    /// Triangles over a spiral, with every attribute and two morph targets, one of which moves few vertices.
    private static func skinned(vertices: Int, width: Int) -> Primitive {
        let angles = (0..<vertices).map { 2.4 * Float($0) }
        let at = angles.map { Quaternion(angle: $0, axis: [0, 0, 1]) }
        let positions = (0..<vertices).map { i in
            SIMD3<Float>(0.1 * Float(i % 100), Float(i / 100), 0.001 * Float(i)) - 0.05
        }
        var joints: [UInt16] = []
        var weights: [Float] = []
        for i in 0..<vertices {
            for k in 0..<width {
                joints.append(k < 3 ? UInt16((i + k) % 3) : 0)
                weights.append(k == 0 ? 0.5 : k == 1 ? 0.25 : k == 2 ? 0.25 : 0)
            }
        }
        var few = [SIMD3<Float>](repeating: .zero, count: vertices)
        few[1] = [0.5, -1, 0.25]
        return Primitive(
            positions: positions, indices: (0..<UInt32(vertices - 2)).flatMap { [$0, $0 + 1, $0 + 2] },
            normals: at.map { $0.act([1, 0, 0]) }, tangents: at.map { SIMD4($0.act([0, 1, 0]), -1) },
            texCoords0: positions.map { [$0.x, $0.z] }, texCoords1: positions.map { [$0.z, $0.x] },
            colors: (0..<vertices).map { [Float($0 % 2), 0.5, 0.25, 1] },
            influences: JointInfluences(perVertex: width, joints: joints, weights: weights),
            morphTargets: [
                MorphTarget(positions: few, normals: few, tangents: few), MorphTarget(positions: positions),
            ], material: MaterialID(width == 8 ? 0 : 3))
    }

    private static func describe(_ avatar: inout AvatarDescription, body: NodeID) {
        avatar.meta.name = "Everything"
        avatar.meta.version = "7"
        avatar.meta.authors = ["A", "B"]
        avatar.meta.license = "https://vrm.dev/licenses/1.0/"
        avatar.meta.terms = [
            "allowRedistribution": "true", "allowAntisocialOrHateUsage": "false", "references": "https://a, https://b",
            "thumbnailImage": "1", "copyrightInformation": "true", "avatarPermission": "everyone",
            "commercialUsage": "corporation", "creditNotation": "required", "modification": "prohibited",
            "otherLicenseUrl": "https://c",
        ]
        avatar.expressions = [
            Expression(
                name: "happy", isBinary: true, morphs: [.init(node: body, target: 1, weight: 0.75)],
                colors: [.init(material: MaterialID(3), target: .rimColor, value: [0.1, 0.2, 0.3, 0.4])],
                textureTransforms: [.init(material: MaterialID(0), scale: [2, 3], offset: [0.5, 0.25])],
                overrideBlink: .block, overrideLookAt: .blend, overrideMouth: .none),
            Expression(name: "wink & more", isPreset: false),
        ]
        avatar.lookAt = LookAt(
            kind: .expression, offsetFromHeadBone: [0.01, 0.07, 0.02],
            horizontalInner: .init(inputMaxValue: 80, outputScale: 0.5),
            horizontalOuter: .init(inputMaxValue: 70, outputScale: 0.6),
            verticalDown: .init(inputMaxValue: 60, outputScale: 0.7),
            verticalUp: .init(inputMaxValue: 50, outputScale: 0.8))
        avatar.firstPerson = [body: .thirdPersonOnly, NodeID(17): .both]
        var springs = SpringBones()
        springs.colliders = [
            .init(node: NodeID(1), shape: .sphere(offset: [0, 0.1, 0], radius: 0.2, inside: false)),
            .init(node: NodeID(1), shape: .sphere(offset: [0, 0.1, 0], radius: 0.3, inside: true)),
            .init(node: NodeID(2), shape: .capsule(offset: [0, 1, 0], tail: [0, 2, 0], radius: 0.1, inside: false)),
            .init(node: NodeID(2), shape: .capsule(offset: [0, 1, 0], tail: [0, 2, 0], radius: 0.4, inside: true)),
            .init(node: NodeID(0), shape: .plane(offset: [0, -1, 0], normal: [0, 1, 0])),
        ]
        springs.colliderGroups = [.init(name: "all", colliders: [0, 1, 2, 3]), .init(colliders: [4])]
        var joint = SpringBones.Joint(node: NodeID(9))
        (joint.hitRadius, joint.stiffness, joint.gravityPower, joint.dragForce) = (0.02, 0.7, 0.3, 0.4)
        joint.gravityDir = [0, 0, -1]
        joint.angleLimit = 0.7
        springs.springs = [
            .init(
                name: "sleeve", joints: [joint, SpringBones.Joint(node: NodeID(10))], colliderGroups: [1, 0],
                center: NodeID(0)), .init(joints: [SpringBones.Joint(node: NodeID(12))]),
        ]
        avatar.springBones = springs
        avatar.constraints = [
            NodeConstraint(node: NodeID(4), source: NodeID(7), kind: .roll(.y), weight: 0.5),
            NodeConstraint(node: NodeID(5), source: NodeID(8), kind: .aim(.negativeZ), weight: 0.75),
            NodeConstraint(node: NodeID(18), source: NodeID(8), kind: .rotation, weight: 1),
        ]
    }

    private static func physics(body: NodeID) -> PhysicsDescription {
        var physics = PhysicsDescription()
        physics.colliders = [
            .init(node: NodeID(1), shape: .sphere(offset: [0, 0.1, 0], radius: 0.2, inside: false)),
            .init(node: NodeID(2), shape: .capsule(offset: [0, 1, 0], tail: [0, 2, 0], radius: 0.1, inside: true)),
            .init(node: NodeID(0), shape: .plane(offset: [0, -1, 0], normal: [0, 1, 0])),
        ]
        var strands = PhysicsDescription.Strands(
            name: "hair", node: NodeID(0), chains: [[NodeID(3), NodeID(4), NodeID(5)]])
        (strands.globalStiffness, strands.localStiffness, strands.drag, strands.gusts) = (1, 2, 3, 0.5)
        (strands.gravity, strands.wind, strands.radius) = ([0, -1, 0.5], [1, 0, 2], 0.25)
        strands.colliders = [2, 0, 1]
        strands.ribbons = .init(material: MaterialID(1), width: 0.125, taper: 0.5)
        physics.strands = [strands]
        var rods = PhysicsDescription.Rods(
            name: "flagella", node: NodeID(0), chains: [[NodeID(6), NodeID(7), NodeID(8)], [NodeID(13), NodeID(14)]])
        (rods.bend, rods.twist, rods.dragAlong, rods.dragAcross) = (0.125, 0.25, 0.5, 0.75)
        (rods.wavelength, rods.onset, rods.helicity, rods.lag) = (-1.5, 0.5, -0.25, 0.125)
        rods.idle = .init(amplitude: 0.5, frequency: 0.25)
        rods.active = .init(amplitude: 1.5, frequency: -2)
        (rods.activeSpeed, rods.recoil) = (0.75, -3)
        rods.pulse = .init(material: MaterialID(1), rate: [0.5, 2], strength: [1, 4])
        physics.rods = [rods, PhysicsDescription.Rods(node: NodeID(1), chains: [[NodeID(2), NodeID(15)]])]
        var lattice = PhysicsDescription.Lattice(
            name: "mouth", node: NodeID(2), meshes: [body], cells: [1, 2, 1], origin: [-1, -2, -3], size: [2, 3, 4])
        lattice.bindTarget = 1
        lattice.cubicAxes = [0, 2]
        (lattice.mass, lattice.structural, lattice.shear, lattice.bend) = (0.5, 0.25, 0.125, 0.75)
        (lattice.volume, lattice.damping, lattice.inertia, lattice.easing) = (0.0625, 3, 0.5, 0.25)
        lattice.cell = 0.03125
        (lattice.fixed, lattice.hollow, lattice.apart) = ([0, 3], [1], [[2, 4]])
        lattice.poses = [.init(expression: "happy", corners: [5, 1], offsets: [[0, 0.5, 0], [1, 0, 0]])]
        physics.lattices = [lattice]
        return physics
    }
}
