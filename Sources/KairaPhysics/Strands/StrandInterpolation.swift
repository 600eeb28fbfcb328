import KairaGeometry

/// Many drawn strands from few simulated guides: each is a weighted mean of guides, moved to its own root and brought
/// back to its own lengths.
public struct StrandInterpolation: Sendable {
    /// Strands that a child follows, up to three, and how much; weights add up to 1.
    public struct Child: Sendable, Hashable {
        /// Guides by index.
        public var guides: SIMD3<Int32>
        /// Barycentric weights.
        public var weights: SIMD3<Float>
        /// The root in the root's frame, metres.
        public var root: SIMD3<Float>

        /// A child from its parts.
        public init(guides: SIMD3<Int32>, weights: SIMD3<Float>, root: SIMD3<Float>) {
            self.guides = guides
            self.weights = weights
            self.root = root
        }
    }
    /// The children.
    public let children: [Child]
    /// Points a strand.
    public let pointCount: Int
    /// Segment lengths at rest, children by segments.
    public let lengths: [Float]

    /// Children of guides that all have the same number of points; their lengths are the weighted guides' at rest.
    ///
    /// - Throws: `PhysicsError` if a guide does not exist or guides differ.
    public init(children: [Child], guides: Strands) throws(PhysicsError) {
        let points = guides.count > 0 ? guides.range(of: 0).count : 0
        for s in 0..<guides.count where guides.range(of: s).count != points {
            throw .badValue(what: "guides of different numbers of points")
        }
        var lengths: [Float] = []
        for child in children {
            for k in 0..<3 where !(0..<guides.count).contains(Int(child.guides[k])) {
                throw .noSuchElement(what: "guide", index: Int(child.guides[k]), count: guides.count)
            }
            for i in 1..<max(points, 1) {
                var l: Float = 0
                for k in 0..<3 {
                    l += child.weights[k] * guides.lengths[guides.range(of: Int(child.guides[k])).lowerBound + i]
                }
                lengths.append(l)
            }
        }
        self.children = children
        pointCount = points
        self.lengths = lengths
    }

    /// Writes the children's points, children by points.
    ///
    /// - Parameters:
    ///   - guides: the simulated strands.
    ///   - points: written; at least `children.count * pointCount`.
    public func interpolate(_ guides: Strands, into points: inout [SIMD3<Float>]) {
        guard points.count >= children.count * pointCount, pointCount > 1 else { return }
        var segment = 0
        for (c, child) in children.enumerated() {
            let (a, b, d) = (
                Int(guides.starts[Int(child.guides.x)]), Int(guides.starts[Int(child.guides.y)]),
                Int(guides.starts[Int(child.guides.z)])
            )
            let w = child.weights
            var leader = guides.rootRotation.act(child.root) + guides.rootPosition
            points[c * pointCount] = leader
            for i in 1..<pointCount {
                // Directions are averaged and lengths kept: a mean of positions would be too short.
                var way = (guides.positions[a + i] - guides.positions[a + i - 1]) * w.x
                way += (guides.positions[b + i] - guides.positions[b + i - 1]) * w.y
                way += (guides.positions[d + i] - guides.positions[d + i - 1]) * w.z
                leader += direction(way, else: [0, -1, 0]) * lengths[segment]
                points[c * pointCount + i] = leader
                segment += 1
            }
        }
    }
}
