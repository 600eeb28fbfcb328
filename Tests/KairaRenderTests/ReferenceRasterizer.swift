/// Draws triangles the slow and plain way, straight from the rules of the OpenGL 4.5 specification (section 14.6): a pixel
/// belongs to a triangle if its centre lies inside, or on an edge that the fill rule gives to it; nearer ones win; blending
/// is `source + (1 - alpha) * destination` with premultiplied colours, in linear light.
struct ReferenceRasterizer {
    /// A corner: pixels from the picture's top left corner, and depth that grows away from the eye.
    typealias Corner = SIMD3<Double>

    struct Triangle {
        var corners: [Corner]
        /// Linear, premultiplied.
        var color: SIMD4<Double>
        var blends = false
        var culls = true
    }

    let width: Int
    let height: Int
    /// Whether horizontal edges give their pixels to the triangle below them; OpenGL leaves open which.
    let ownsTopEdges: Bool
    private(set) var colors: [SIMD4<Double>]
    private var depths: [Double]
    /// Pixels in which two depths were too near to each other to tell which wins.
    private(set) var uncertain: Set<Int> = []

    init(width: Int, height: Int, ownsTopEdges: Bool) {
        self.width = width
        self.height = height
        self.ownsTopEdges = ownsTopEdges
        colors = Array(repeating: .zero, count: width * height)
        depths = Array(repeating: .infinity, count: width * height)
    }

    mutating func draw(_ triangle: Triangle) {
        var (a, b, c) = (triangle.corners[0], triangle.corners[1], triangle.corners[2])
        // y points down here: seen counter-clockwise is a negative area.
        var area = cross(a, b, c)
        if area == 0 || (area > 0 && triangle.culls) { return }
        if area < 0 {
            swap(&b, &c)
            area = -area
        }
        for y in 0..<height {
            for x in 0..<width {
                let p = Corner(Double(x) + 0.5, Double(y) + 0.5, 0)
                guard covers(b, c, p), covers(c, a, p), covers(a, b, p) else { continue }
                let z = (cross(b, c, p) * a.z + cross(c, a, p) * b.z + cross(a, b, p) * c.z) / area
                let i = y * width + x
                if abs(z - depths[i]) < 1e-4 { uncertain.insert(i) }
                guard z <= depths[i] else { continue }
                if triangle.blends {
                    colors[i] = triangle.color + colors[i] * (1 - triangle.color.w)
                } else {
                    colors[i] = triangle.color
                    depths[i] = z
                }
            }
        }
    }

    private func cross(_ a: Corner, _ b: Corner, _ c: Corner) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }

    /// Whether a point is on the inner side of an edge, or on it and the edge is a left one or a top (bottom) one.
    private func covers(_ a: Corner, _ b: Corner, _ p: Corner) -> Bool {
        let side = cross(a, b, p)
        if side != 0 { return side > 0 }
        let isLeft = b.y < a.y
        let isHorizontal = a.y == b.y
        return isLeft || (isHorizontal && (b.x > a.x) == ownsTopEdges)
    }
}
