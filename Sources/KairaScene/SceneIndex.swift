/// A place in one of a scene's arrays; the type says which, so that a node is never taken for a mesh.
@frozen public struct SceneIndex<Element>: Hashable, Sendable {
    /// The position in the array.
    public var value: Int

    /// The index of a position.
    @inlinable public init(_ value: Int) { self.value = value }
}

/// A place in `Scene.nodes`; stable for the scene's life.
public typealias NodeID = SceneIndex<Node>
/// A place in `Scene.meshes`.
public typealias MeshID = SceneIndex<Mesh>
/// A place in `Scene.materials`.
public typealias MaterialID = SceneIndex<Material>
/// A place in `Scene.textures`.
public typealias TextureID = SceneIndex<Texture>
/// A place in `Scene.images`.
public typealias ImageID = SceneIndex<TextureImage>
/// A place in `Scene.skins`.
public typealias SkinID = SceneIndex<Skin>
/// A place in `Scene.cameras`.
public typealias CameraID = SceneIndex<Camera>
/// A place in `Scene.lights`.
public typealias LightID = SceneIndex<Light>

extension Array {
    /// The element at a typed index.
    @inlinable public subscript(index: SceneIndex<Element>) -> Element {
        get { self[index.value] }
        _modify { yield &self[index.value] }
    }
}
