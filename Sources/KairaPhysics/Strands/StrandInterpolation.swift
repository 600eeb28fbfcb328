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
        try self.init(children: children, rests: guides.rests, starts: guides.starts)
    }

    /// Children of guides given by their points at rest, as `RodStrands` has them before its first step.
    ///
    /// - Parameters:
    ///   - children: which guides each follows.
    ///   - rests: points of all guides at rest, metres.
    ///   - starts: where each guide begins in them, and the count.
    /// - Throws: `PhysicsError` if a guide does not exist or guides differ.
    public init(children: [Child], rests: [SIMD3<Float>], starts: [Int32]) throws(PhysicsError) {
        let count = max(starts.count - 1, 0)
        let points = count > 0 ? Int(starts[1] - starts[0]) : 0
        for s in 0..<count {
            guard Int(starts[s + 1] - starts[s]) == points, starts[s] >= 0, Int(starts[s + 1]) <= rests.count else {
                throw .badValue(what: "guides of different numbers of points")
            }
        }
        var lengths: [Float] = []
        for child in children {
            for k in 0..<3 where !(0..<count).contains(Int(child.guides[k])) {
                throw .noSuchElement(what: "guide", index: Int(child.guides[k]), count: count)
            }
            for i in 1..<max(points, 1) {
                var l: Float = 0
                for k in 0..<3 {
                    let p = Int(starts[Int(child.guides[k])]) + i
                    l += child.weights[k] * distance(rests[p], rests[p - 1])
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
        interpolate(
            guides.positions, starts: guides.starts, root: (guides.rootPosition, guides.rootRotation), into: &points)
    }

    /// Writes the children's points, children by points.
    ///
    /// - Parameters:
    ///   - guides: the simulated rods.
    ///   - points: written; at least `children.count * pointCount`.
    public func interpolate(_ guides: RodStrands, into points: inout [SIMD3<Float>]) {
        interpolate(guides.positions, starts: guides.starts, root: guides.root, into: &points)
    }

    private func interpolate(
        _ guides: [SIMD3<Float>], starts: [Int32], root: (position: SIMD3<Float>, rotation: Quaternion),
        into points: inout [SIMD3<Float>]
    ) {
        guard points.count >= children.count * pointCount, pointCount > 1 else { return }
        var segment = 0
        for (c, child) in children.enumerated() {
            let a = Int(starts[Int(child.guides.x)])
            let b = Int(starts[Int(child.guides.y)])
            let d = Int(starts[Int(child.guides.z)])
            let w = child.weights
            var leader = root.rotation.act(child.root) + root.position
            points[c * pointCount] = leader
            for i in 1..<pointCount {
                // Directions are averaged and lengths kept: a mean of positions would be too short.
                var way = (guides[a + i] - guides[a + i - 1]) * w.x
                way += (guides[b + i] - guides[b + i - 1]) * w.y
                way += (guides[d + i] - guides[d + i - 1]) * w.z
                leader += direction(way, else: [0, -1, 0]) * lengths[segment]
                points[c * pointCount + i] = leader
                segment += 1
            }
        }
    }
}
