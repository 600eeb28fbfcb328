import KairaScene

/// Reads glTF 2.0, GLB, VRM 1.0 and VRM 0.x.
///
/// What is read, refused and repaired stands in `docs/formats/gltf.md`. The scene that comes back holds what `Scene`
/// promises: valid indices, a forest, finite numbers, unit quaternions (rotation keys: as unit as the file's own), weights
/// that sum to 1, rising key times.
public struct GLTFReader: Sendable {
    /// Whether missing normals, and tangents that a normal map needs, are made. Vertices are then split where
    /// triangles disagree, the copies after the file's own; without, every primitive has exactly the file's vertices.
    public var completesNormals = true
    /// Whether pictures are decoded; without, each is one white pixel.
    public var decodesImages = true

    /// A reader with the usual choices.
    public init() {}

    /// Reads a scene.
    ///
    /// - Parameters:
    ///   - bytes: a GLB or VRM, or the JSON of a `.gltf`.
    ///   - file: the name for messages.
    ///   - external: what a `.gltf` may read beside it; nil for nothing. A GLB or VRM never reads another file.
    /// - Returns: the scene, with `warnings` for what was left out or repaired.
    /// - Throws: `FormatsError`; every message names the place in the file.
    public func read(
        _ bytes: [UInt8], file: String = "glTF", external: ExternalFiles? = nil
    ) throws(FormatsError) -> Scene {
        var builder = GLTFSceneBuilder(
            document: try GLTFDocument(bytes, file: file, external: external), options: self)
        return try builder.build()
    }

    /// The extensions that are read; a file that requires another one is refused.
    public static let extensions: Set<String> = [
        "KHR_lights_punctual", "KHR_materials_unlit", "KHR_texture_transform", "KHR_mesh_quantization",
        "KHR_materials_emissive_strength", "VRM", "VRMC_vrm", "VRMC_materials_mtoon", "VRMC_springBone",
        "VRMC_springBone_extended_collider", "VRMC_node_constraint", "KAIRA_physics",
    ]
}
