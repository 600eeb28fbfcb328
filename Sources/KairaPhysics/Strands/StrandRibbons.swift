import KairaGeometry

/// Flat bands that face the eye, to draw strands as triangles.
public struct StrandRibbons: Sendable {
    /// Width at the root, metres.
    public var width: Float
    /// Width at the tip over that at the root, 0...1.
    public var taper: Float

    /// Ribbons of some width.
    public init(width: Float = 0.002, taper: Float = 0.2) {
        self.width = width
        self.taper = taper
    }

    /// Triangles for strands of these point counts: two a segment, vertices 2 p and 2 p + 1 at point p.
    public static func triangles(starts: [Int32]) -> [SIMD3<UInt32>] {
        var result: [SIMD3<UInt32>] = []
        for s in 0..<max(starts.count - 1, 0) {
            for p in Int(starts[s])..<max(Int(starts[s + 1]) - 1, Int(starts[s])) {
                let v = UInt32(2 * p)
                result.append(SIMD3(v, v + 1, v + 2))
                result.append(SIMD3(v + 1, v + 3, v + 2))
            }
        }
        return result
    }

    /// Writes two vertices a point, left and right of the strand as the eye sees it, and their normals towards the eye.
    ///
    /// - Parameters:
    ///   - points: of all strands.
    ///   - starts: where each strand begins, and the count.
    ///   - eye: where the camera is.
    ///   - vertices: written, twice as many as points.
    ///   - normals: written, as many.
    public func build(
        points: [SIMD3<Float>], starts: [Int32], eye: SIMD3<Float>, vertices: inout [SIMD3<Float>],
        normals: inout [SIMD3<Float>]
    ) {
        guard vertices.count >= 2 * points.count, normals.count >= 2 * points.count else { return }
        for s in 0..<max(starts.count - 1, 0) {
            let (first, end) = (Int(starts[s]), Int(starts[s + 1]))
            guard first < end, end <= points.count else { continue }
            for p in first..<end {
                let along = points[min(p + 1, end - 1)] - points[max(p - 1, first)]
                let tangent = direction(along, else: [0, -1, 0])
                let view = direction(eye - points[p], else: [0, 0, 1])
                let side = direction(cross(tangent, view), else: perpendicular(to: tangent))
                let t = Float(p - first) / Float(max(end - 1 - first, 1))
                let half = width / 2 * (1 - t * (1 - taper))
                vertices[2 * p] = points[p] - side * half
                vertices[2 * p + 1] = points[p] + side * half
                let normal = direction(cross(side, tangent), else: view)
                normals[2 * p] = normal
                normals[2 * p + 1] = normal
            }
        }
    }
}
