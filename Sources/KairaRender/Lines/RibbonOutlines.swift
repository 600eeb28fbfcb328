import KairaGeometry
import KairaPhysics
import KairaScene

/// The lines of a band of ribbons, and the triangles by which it hides what is behind it.
///
/// A ribbon stands for a round strand: its sides are silhouettes, whatever way it is seen, its two ends are borders. A
/// band that is nowhere two lines wide is one silhouette a strand, along its middle, and hides nothing.
struct RibbonOutlines {
    /// World space: of the ribbons' corners, or of the strands' points where `isThin`.
    private(set) var positions: [SIMD3<Float>]
    /// The lines between them.
    private(set) var lines: [FeatureLine] = []
    /// What hides; none where `isThin`.
    private(set) var triangles: [SIMD3<Int32>] = []
    /// Every edge of the triangles, for wires.
    private(set) var meshLines: [FeatureLine] = []
    /// Whether a line a strand is all there is room for.
    let isThin: Bool

    init(_ band: RibbonBands.Band, in state: SceneState, view: RenderView) {
        let points = RibbonBands.points(band, in: state)
        isThin = Self.width(of: band, points: points, view: view) < 2 * view.lines.width(of: .silhouette)
        if isThin {
            positions = points
        } else {
            positions = RibbonBands.corners(band, points: points, eye: FeatureEdges.eye(of: view))
            triangles = StrandRibbons.triangles(starts: band.starts).map { SIMD3<Int32>(truncatingIfNeeded: $0) }
        }
        for s in 0..<band.starts.count - 1 {
            let (first, last) = (band.starts[s], band.starts[s + 1] - 1)
            if isThin {
                for p in first..<last {
                    lines.append(Self.line(p, p + 1, .silhouette))
                    meshLines.append(Self.line(p, p + 1, .mesh))
                }
                continue
            }
            meshLines.append(Self.line(2 * first, 2 * first + 1, .mesh))
            lines.append(Self.line(2 * first, 2 * first + 1, .border))
            for p in first..<last {
                lines.append(Self.line(2 * p, 2 * p + 2, .silhouette))
                lines.append(Self.line(2 * p + 1, 2 * p + 3, .silhouette))
                for (a, b) in [(0, 2), (1, 3), (1, 2), (2, 3)] as [(Int32, Int32)] {
                    meshLines.append(Self.line(2 * p + a, 2 * p + b, .mesh))
                }
            }
            lines.append(Self.line(2 * last, 2 * last + 1, .border))
        }
    }

    private static func line(_ a: Int32, _ b: Int32, _ edge: EdgeClass) -> FeatureLine {
        FeatureLine(a: a, b: b, edge: edge, isBack: false)
    }

    /// How wide the roots are in the picture, pixels, at the point that is nearest to the eye.
    private static func width(of band: RibbonBands.Band, points: [SIMD3<Float>], view: RenderView) -> Float {
        let clip = view.clipFromView * view.viewFromWorld
        var nearest = Float.infinity
        for p in points {
            let w = (clip * SIMD4(p, 1)).w
            if w > 1e-6 { nearest = min(nearest, w) }
        }
        return band.ribbons.width * abs(view.clipFromView.y.y) * Float(view.height) / (2 * nearest)
    }
}
