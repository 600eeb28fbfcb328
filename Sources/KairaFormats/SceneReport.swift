import KairaMotion
import KairaScene

/// What is in a scene file: `kaira.inspect/1`.
public struct SceneReport: Sendable, Encodable {
    /// One animation.
    public struct Animation: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// Seconds.
        public var duration: Float
        /// Animated properties.
        public var channels: Int
    }

    /// What makes it an avatar.
    public struct AvatarPart: Sendable, Encodable {
        /// `0.x` or `1.0`.
        public var vrm: String
        /// The avatar's name.
        public var name: String
        /// Who made it.
        public var authors: [String]
        /// The licence.
        public var license: String
        /// All terms of the file.
        public var terms: [String: String]
        /// The bones it has.
        public var bones: [String]
        /// The expressions it has.
        public var expressions: [String]
        /// Spring chains and their joints.
        public var springs: Int
        /// Joints of all springs.
        public var springJoints: Int
    }

    /// The schema's name.
    public let schema = "kaira.inspect/1"
    /// The file.
    public var file: String
    /// Counts by kind.
    public var counts: [String: Int]
    /// Triangles of all nodes drawn.
    public var triangles: Int
    /// Materials by name and lighting model.
    public var materials: [String]
    /// The animations.
    public var animations: [Animation]
    /// The avatar, or nil.
    public var avatar: AvatarPart?
    /// What the reader left out or repaired.
    public var warnings: [String]

    /// A report on a scene.
    public init(_ scene: Scene, file: String) {
        self.file = file
        counts = [
            "nodes": scene.nodes.count, "meshes": scene.meshes.count, "materials": scene.materials.count,
            "textures": scene.textures.count, "images": scene.images.count, "skins": scene.skins.count,
            "cameras": scene.cameras.count, "lights": scene.lights.count,
            "morph_targets": scene.meshes.reduce(0) { $0 + $1.defaultMorphWeights.count },
        ]
        if !scene.physics.isEmpty {
            counts["lattices"] = scene.physics.lattices.count
            counts["strands"] = scene.physics.strands.reduce(0) { $0 + $1.chains.count }
            counts["rods"] = scene.physics.rods.reduce(0) { $0 + $1.chains.count }
        }
        triangles = scene.drawnNodes.reduce(0) { sum, node in
            guard let mesh = scene.nodes[node].mesh else { return sum }
            return sum
                + scene.meshes[mesh].primitives.reduce(0) {
                    $0 + ($1.topology == .triangles ? $1.indices.count / 3 : 0)
                }
        }
        materials = scene.materials.map { material in
            let kind =
                switch material.shading {
                case .unlit: "unlit"
                case .metallicRoughness: "metallic-roughness"
                case .toon: "toon"
                }
            return "\(material.name.isEmpty ? "unnamed" : material.name) (\(kind))"
        }
        animations = scene.animations.map {
            Animation(name: $0.name, duration: $0.duration, channels: $0.channels.count)
        }
        avatar = scene.avatar.map { avatar in
            AvatarPart(
                vrm: avatar.version == .vrm0 ? "0.x" : "1.0", name: avatar.meta.name, authors: avatar.meta.authors,
                license: avatar.meta.license, terms: avatar.meta.terms,
                bones: HumanBone.allCases.filter { avatar.bones[$0] != nil }.map(\.rawValue),
                expressions: avatar.expressions.map(\.name), springs: avatar.springBones.springs.count,
                springJoints: avatar.springBones.springs.reduce(0) { $0 + $1.joints.count })
        }
        warnings = scene.warnings
    }

    /// Lines for a person.
    public var text: String {
        var lines = ["\(file): \(triangles) triangles"]
        let shown = ["nodes", "meshes", "skins", "materials", "textures", "morph_targets", "cameras", "lights"]
        lines.append("  " + shown.map { "\(counts[$0] ?? 0) \($0.replacing("_", with: " "))" }.joined(separator: ", "))
        if counts["rods"] != nil {
            lines.append(
                "  physics: "
                    + ["lattices", "strands", "rods"].map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", "))
        }
        if !materials.isEmpty { lines.append("  materials: " + materials.joined(separator: ", ")) }
        for (i, animation) in animations.enumerated() {
            lines.append(
                "  animation \(i)\(animation.name.isEmpty ? "" : " \"\(animation.name)\""): \(animation.duration) s,"
                    + " \(animation.channels) channels")
        }
        if let avatar {
            lines.append("  VRM \(avatar.vrm) avatar \"\(avatar.name)\" by \(avatar.authors.joined(separator: ", "))")
            lines.append("  licence: \(avatar.license)")
            for (name, value) in avatar.terms.sorted(by: { $0.key < $1.key }) { lines.append("    \(name): \(value)") }
            lines.append("  \(avatar.bones.count) bones: " + avatar.bones.joined(separator: " "))
            lines.append("  \(avatar.expressions.count) expressions: " + avatar.expressions.joined(separator: " "))
            lines.append("  \(avatar.springs) spring chains, \(avatar.springJoints) joints")
        }
        for warning in warnings { lines.append("  note: \(warning)") }
        return lines.joined(separator: "\n")
    }
}

extension SceneFile {
    /// Reads a file and says what is in it.
    ///
    /// - Throws: `FormatsError`.
    public static func report(_ path: String) throws(FormatsError) -> SceneReport {
        SceneReport(try read(path), file: path)
    }
}
