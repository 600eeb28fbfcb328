import KairaGeometry
import Testing

@Suite("BoundingBox and Ray")
struct BoundsTests {
    /// Oracle: closed form.
    @Test("boxes grow, and pass over points that are not finite")
    func grow() {
        var box = BoundingBox([[1, 2, 3], [-1, 5, 0], [.nan, 0, 0], [0, .infinity, 0]] as [SIMD3<Float>])
        #expect(box == BoundingBox(min: [-1, 2, 0], max: [1, 5, 3]))
        #expect(box.center == [0, 3.5, 1.5])
        #expect(box.size == [2, 3, 3])
        box.formUnion(BoundingBox(min: [0, 0, 0], max: [9, 1, 1]))
        #expect(box == BoundingBox(min: [-1, 0, 0], max: [9, 5, 3]))
        box.formUnion(.empty)
        #expect(box == BoundingBox(min: [-1, 0, 0], max: [9, 5, 3]))
        #expect(BoundingBox([SIMD3<Float>]()).isEmpty)
        #expect(BoundingBox.empty.transformed(by: .identity).isEmpty)
        #expect(!BoundingBox(min: .zero, max: .zero).isEmpty)
    }

    /// Oracle: the box round the eight transformed corners.
    @Test("a transformed box holds its corners and no more", arguments: GeometryReference.transforms)
    func transformed(c: GeometryReference.TransformCase) {
        let m = Matrix4(c.matrix)
        let box = BoundingBox(min: [-1, 0.5, 2], max: [3, 0.75, 7])
        let corners = (0..<8).map { k in
            m.transform(
                point: [
                    k & 1 == 0 ? box.min.x : box.max.x, k & 2 == 0 ? box.min.y : box.max.y,
                    k & 4 == 0 ? box.min.z : box.max.z,
                ])
        }
        let (seen, expected) = (box.transformed(by: m), BoundingBox(corners))
        #expect(gap(seen.min, expected.min) < 2e-5)
        #expect(gap(seen.max, expected.max) < 2e-5)
    }

    /// Oracle: closed form.
    @Test("rays meet boxes")
    func slabs() {
        let box = BoundingBox(min: [-1, -1, -1], max: [1, 1, 1])
        #expect(Ray(origin: [-5, 0, 0], direction: [2, 0, 0]).intersection(box) == 2...3)
        #expect(Ray(origin: .zero, direction: [0, 0, -1]).intersection(box) == 0...1, "from within")
        #expect(Ray(origin: [5, 0, 0], direction: [1, 0, 0]).intersection(box) == nil, "behind")
        #expect(Ray(origin: [-5, 1.01, 0], direction: [1, 0, 0]).intersection(box) == nil)
        #expect(Ray(origin: [-5, 1, 0], direction: [1, 0, 0]).intersection(box) == 4...6, "along a face")
        #expect(Ray(origin: [-2, -2, -2], direction: [1, 1, 1]).intersection(box) == 1...3, "corner to corner")
        #expect(Ray(origin: [-2, 0, 0], direction: [1, 1.01, 0]).intersection(box) == nil)
        #expect(Ray(origin: [-2, 0, 0], direction: [1, 0, 0]).point(at: 3) == [1, 0, 0])
        #expect(Ray(origin: [-2, 0, 0], direction: [1, 0, 0]).intersection(.empty) == nil)
    }

    /// Oracle: closed form. A ray that starts in a face's plane makes 0 / 0 in the slab method.
    @Test("garbage neither traps nor hits", arguments: [Float.nan, .infinity, -.infinity])
    func garbage(x: Float) {
        let box = BoundingBox(min: [-1, -1, -1], max: [1, 1, 1])
        _ = Ray(origin: [x, 0, 0], direction: [1, 0, 0]).intersection(box)
        _ = Ray(origin: [0, 0, 0], direction: [x, x, 1]).intersection(box)
        _ = Ray(origin: [0, 0, 0], direction: [0, 0, 1]).intersection(BoundingBox(min: [x, x, x], max: [x, x, x]))
        #expect(Ray(origin: [x, 0, 0], direction: [0, 0, 1]).intersection(box) == nil)
        #expect(
            Ray(origin: [x, 0, 5], direction: [0, 0, -1]).intersection([-1, -1, 0], [1, -1, 0], [0, 1, 0]) == nil)
        #expect(Ray(origin: .zero, direction: .zero).intersection([-1, -1, 0], [1, -1, 0], [0, 1, 0]) == nil)
    }

    /// Oracle: closed form: the point a + u (b - a) + v (c - a) is hit at its own weights.
    @Test("rays meet triangles", arguments: [(0.25, 0.5), (0, 0), (1, 0), (0, 1), (0.1, 0.1)] as [(Float, Float)])
    func triangles(u: Float, v: Float) throws {
        let (a, b, c): (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) = ([0, 0, 0], [4, 0, 0], [0, 2, 0])
        let p = a + u * (b - a) + v * (c - a)
        for side in [1, -1] as [Float] {
            let hit = try #require(
                Ray(origin: p + [0, 0, 8 * side], direction: [0, 0, -2 * side]).intersection(a, b, c))
            #expect(hit.distance == 4)
            #expect(abs(hit.u - u) < 1e-6 && abs(hit.v - v) < 1e-6)
            #expect(Ray(origin: p + [0, 0, 8 * side], direction: [0, 0, 2 * side]).intersection(a, b, c) == nil)
        }
        #expect(Ray(origin: [3, 1.5, 1], direction: [0, 0, -1]).intersection(a, b, c) == nil)
        #expect(Ray(origin: [-0.1, 0.5, 1], direction: [0, 0, -1]).intersection(a, b, c) == nil)
        #expect(Ray(origin: [1, 1, 1], direction: [1, 0, 0]).intersection(a, b, c) == nil, "parallel")
    }
}
