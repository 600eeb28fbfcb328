import KairaGeometry
import KairaPhysics
import KairaScene

/// The ribbons of a scene's strands: where a state and an eye put their triangles.
struct RibbonBands {
    /// The bands of one group of strands.
    struct Band {
        let ribbons: StrandRibbons
        let chains: [[Int]]
        /// Where each strand's points begin, and the count.
        let starts: [Int32]
        let material: Int
        let node: Int
    }

    /// One a group of strands that asks for ribbons.
    let bands: [Band]

    /// Pieces between two nodes of a chain: curves look round.
    private static let pieces = 4

    init(_ scene: Scene) {
        bands = scene.physics.strands.compactMap { strands in
            guard let own = strands.ribbons, own.width > 0, scene.nodes.indices.contains(strands.node.value),
                scene.materials.indices.contains(own.material.value)
            else {
                return nil
            }
            let chains = strands.chains.map { $0.map(\.value) }
                .filter { $0.count > 1 && $0.allSatisfy(scene.nodes.indices.contains) }
            var starts: [Int32] = [0]
            for chain in chains { starts.append((starts.last ?? 0) + Int32((chain.count - 1) * Self.pieces + 1)) }
            guard !chains.isEmpty else { return nil }
            return Band(
                ribbons: StrandRibbons(width: own.width, taper: own.taper), chains: chains, starts: starts,
                material: own.material.value, node: strands.node.value)
        }
    }

    /// The points of a band's curves in a state: through the nodes (Catmull and Rom 1974), world space.
    static func points(_ band: Band, in state: SceneState) -> [SIMD3<Float>] {
        var points: [SIMD3<Float>] = []
        for chain in band.chains {
            let p = chain.map { state.worlds[$0].translation }
            for k in 0..<p.count - 1 {
                let (b, c) = (p[k], p[k + 1])
                // Beyond the ends it goes on straight.
                let a = k > 0 ? p[k - 1] : b * 2 - c
                let d = k + 2 < p.count ? p[k + 2] : c * 2 - b
                for piece in 0..<pieces {
                    let t = Float(piece) / Float(pieces)
                    let linear = (c - a) * 0.5
                    let square = a - b * 2.5 + c * 2 - d * 0.5
                    let cube = (d - a) * 0.5 + (b - c) * 1.5
                    points.append(b + t * (linear + t * (square + t * cube)))
                }
            }
            points.append(p[p.count - 1])
        }
        return points
    }

    /// A band's corners, turned to an eye: a point (w 1), or the direction towards it (w 0); world space.
    static func corners(_ band: Band, points: [SIMD3<Float>], eye: SIMD4<Float>) -> [SIMD3<Float>] {
        var positions = [SIMD3<Float>](repeating: .zero, count: 2 * points.count)
        var normals = positions
        band.ribbons.build(
            points: points, starts: band.starts, eye: place(of: eye, seenFrom: points), vertices: &positions,
            normals: &normals)
        return positions
    }

    /// An eye as a place: a direction is one far away.
    static func place(of eye: SIMD4<Float>, seenFrom points: [SIMD3<Float>]) -> SIMD3<Float> {
        eye.w > 0 ? eye.xyz : BoundingBox(points).center + eye.xyz * 1e4
    }

    /// A band's triangles before any state; positions and normals are still to come.
    static func primitive(_ band: Band) -> Primitive {
        let count = Int(band.starts.last ?? 0)
        var coordinates: [SIMD2<Float>] = []
        for s in 0..<band.starts.count - 1 {
            let points = Int(band.starts[s + 1] - band.starts[s])
            for p in 0..<points {
                let v = Float(p) / Float(max(points - 1, 1))
                coordinates += [SIMD2(0, v), SIMD2(1, v)]
            }
        }
        return Primitive(
            positions: Array(repeating: .zero, count: 2 * count),
            indices: StrandRibbons.triangles(starts: band.starts).flatMap { [$0.x, $0.y, $0.z] },
            normals: Array(repeating: [0, 0, 1], count: 2 * count), texCoords0: coordinates)
    }
}
