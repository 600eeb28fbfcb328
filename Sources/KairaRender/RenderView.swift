import KairaGeometry

/// A camera, a picture's size, and how it is drawn.
public struct RenderView: Sendable {
    /// What high light values become.
    public enum ToneMapping: Sendable, Hashable {
        /// Khronos PBR Neutral for metallic-roughness materials, nothing for toon and unlit ones.
        case automatic
        /// Values above 1 are cut off.
        case none
    }

    /// From world to view space.
    public var viewFromWorld: Matrix4
    /// From view to clip space (`Projection`).
    public var clipFromView: Matrix4
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Samples a pixel that are asked for: 0 or 4.
    public var samples: Int
    /// How what `partModes` does not name is drawn.
    public var mode: RenderMode
    /// Parts that are drawn in another mode.
    public var partModes = PartModes()
    /// What cuts parts in solid mode; nil for whole ones.
    public var section: SectionPlane?
    /// Soft light from above, linear RGB; the ambient part of a white surface that faces up.
    public var ambientSky: SIMD3<Float> = [0.55, 0.57, 0.60]
    /// Soft light from below.
    public var ambientGround: SIMD3<Float> = [0.30, 0.28, 0.27]
    /// What high light values become.
    public var toneMapping = ToneMapping.automatic
    /// Lines of wires and drawings.
    public var lines = LineStyle()
    /// Hidden-line: edges whose triangles' normals differ by more than this are drawn, radians.
    public var creaseAngle: Float = 0.6
    /// Hidden-line: the same for edges that are shaded as smooth, their triangles having the same normals at both ends.
    public var smoothCreaseAngle: Float = 0.85

    /// A view from its parts.
    public init(
        viewFromWorld: Matrix4, clipFromView: Matrix4, width: Int, height: Int, samples: Int = 4,
        mode: RenderMode = .surface
    ) {
        self.viewFromWorld = viewFromWorld
        self.clipFromView = clipFromView
        self.width = width
        self.height = height
        self.samples = samples
        self.mode = mode
    }
}
