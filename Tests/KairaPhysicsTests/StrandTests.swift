import Foundation
import KairaGeometry
import KairaPhysics
import Testing

@Suite struct StrandTests {
    /// A head of hair: strands leave a ball of 10 cm evenly (golden spiral), 25 cm long.
    static func hair(strands count: Int, segments: Int, stiffness: Float = 2) throws -> Strands {
        var strands = Strands()
        strands.settings.localStiffness = stiffness
        for s in 0..<count {
            let y = 1 - 1.6 * (Float(s) + 0.5) / Float(count)
            let r = (1 - y * y).squareRoot()
            let a = 2.399963 * Float(s)
            let d = SIMD3(r * Float(cos(Double(a))), y, r * Float(sin(Double(a))))
            try strands.addStrand((0...segments).map { d * (0.1 + 0.25 * Float($0) / Float(segments)) })
        }
        strands.colliders = [
            StrandCollider(.capsule(start: .zero, end: .zero, radius: 0.098)),
            StrandCollider(.capsule(start: [0, -0.3, 0], end: [0, -0.6, 0], radius: 0.15)),
        ]
        return strands
    }

    static func nod(_ t: Double) -> (SIMD3<Float>, Quaternion) {
        (
            [0.3 * Float(sin(5 * t)), 0.05 * Float(sin(9 * t)), 0],
            Quaternion(angle: 0.8 * Float(sin(6 * t)), axis: [0, 1, 0])
                * Quaternion(angle: 0.5 * Float(sin(4 * t)), axis: [1, 0, 0])
        )
    }

    /// Oracle: the rest lengths, and the signed distance of ball and capsule in closed form.
    @Test("hair keeps its length to 0.1 % and stays out of head and body", arguments: [0, 2, 30] as [Float])
    func lengthAndContact(stiffness: Float) throws {
        var strands = try Self.hair(strands: 100, segments: 25, stiffness: stiffness)
        strands.settings.wind.velocity = [3, 0, 1]
        strands.settings.wind.gusts = 0.8
        var (worst, deepest): (Float, Float) = (0, 0)
        for k in 1...300 {
            let (p, q) = Self.nod(Double(k) / 60)
            strands.advance(by: 1.0 / 60, root: p, rotation: q)
            let body = [p + q.act([0, -0.3, 0]), p + q.act([0, -0.6, 0])]
            for s in 0..<strands.count {
                for i in strands.range(of: s).dropFirst() {
                    let x = strands.positions[i]
                    worst = max(worst, abs(distance(x, strands.positions[i - 1]) / 0.01 - 1))
                    deepest = max(deepest, 0.098 - distance(x, p))
                    let along = body[1] - body[0]
                    let t = min(max(dot(x - body[0], along) / dot(along, along), 0), 1)
                    deepest = max(deepest, 0.15 - distance(x, body[0] + along * t))
                }
            }
        }
        print("figure: hair, stiffness \(stiffness): worst stretch \(worst), deepest penetration \(deepest) m")
        #expect(worst < 1e-3)
        #expect(deepest <= 1e-4)
    }

    /// Oracle: gravity: a strand without stiffness hangs straight down from its root.
    @Test("a strand without stiffness hangs straight down")
    func hangs() throws {
        var strands = Strands()
        strands.settings.localStiffness = 0
        try strands.addStrand((0...20).map { [0.01 * Float($0), 0, 0] })
        for _ in 0..<1200 { strands.advance(by: 1.0 / 60) }
        #expect(distance(strands.positions[20], [0, -0.2, 0]) < 2e-3)
    }

    /// Oracle: balance of wind and weight on the tip segment: tan = drag * wind / g.
    @Test("wind leans a free strand to atan(drag wind / g)")
    func wind() throws {
        var strands = Strands()
        strands.settings.localStiffness = 0
        strands.settings.drag = 2
        strands.settings.wind.velocity = [3, 0, 0]
        try strands.addStrand([.zero, [0, -0.05, 0]])
        for _ in 0..<2400 { strands.advance(by: 1.0 / 60) }
        let p = strands.positions[1]
        let lean = Double(p.x / -p.y)
        #expect(report("lean of a strand in wind", lean, expected: 2 * 3 / 9.80665) < 0.01)
    }

    @Test("30, 60 and 120 Hz output show the same hair", arguments: [30, 60, 120])
    func rates(rate: Int) throws {
        var reference = try Self.hair(strands: 5, segments: 10)
        var strands = reference
        for _ in 0..<30 {
            for _ in 0..<2 { reference.advance(by: 1.0 / 60) }
            for _ in 0..<rate / 30 { strands.advance(by: 1 / Double(rate)) }
            #expect(strands.positions == reference.positions)
        }
    }

    /// Oracle: a child with all weight on a guide is the guide; lengths are kept.
    @Test("children follow their guides at their own lengths")
    func interpolation() throws {
        var strands = try Self.hair(strands: 3, segments: 12)
        let rootOf = { (s: Int) in strands.positions[strands.range(of: s).lowerBound] }
        let children = [
            StrandInterpolation.Child(guides: [1, 0, 2], weights: [1, 0, 0], root: rootOf(1)),
            StrandInterpolation.Child(guides: [0, 1, 2], weights: [0.3, 0.3, 0.4], root: [0, 0.1, 0]),
        ]
        let interpolation = try StrandInterpolation(children: children, guides: strands)
        for k in 1...60 {
            let (p, q) = Self.nod(Double(k) / 60)
            strands.advance(by: 1.0 / 60, root: p, rotation: q)
        }
        var points = [SIMD3<Float>](repeating: .zero, count: 2 * interpolation.pointCount)
        interpolation.interpolate(strands, into: &points)
        for (i, p) in strands.range(of: 1).enumerated() { #expect(distance(points[i], strands.positions[p]) < 1e-6) }
        for i in 14..<26 {
            #expect(abs(distance(points[i], points[i - 1]) / (0.25 / 12) - 1) < 1e-3)
        }
        // Ribbons: two vertices a point, as wide as asked for, seen at right angles.
        var vertices = [SIMD3<Float>](repeating: .zero, count: 2 * strands.positions.count)
        var normals = vertices
        StrandRibbons(width: 0.004, taper: 1).build(
            points: strands.positions, starts: strands.starts, eye: [0, 0, 5], vertices: &vertices, normals: &normals)
        for p in strands.positions.indices {
            #expect(abs(distance(vertices[2 * p], vertices[2 * p + 1]) - 0.004) < 1e-6)
            #expect(normals[2 * p].z >= -1e-6)
        }
        #expect(StrandRibbons.triangles(starts: strands.starts).count == 3 * 12 * 2)
    }

    /// Oracle: plane in closed form.
    @Test("hair lies on the ground and keeps its length")
    func ground() throws {
        var strands = Strands()
        try strands.addStrand((0...20).map { [0, -0.01 * Float($0), 0] })
        strands.colliders = [StrandCollider(.plane(point: [0, -0.1, 0], normal: [0, 1, 0]), followsRoot: false)]
        for _ in 0..<300 { strands.advance(by: 1.0 / 60) }
        for i in 1...20 {
            #expect(strands.positions[i].y > -0.1 - 1e-4)
            #expect(abs(distance(strands.positions[i], strands.positions[i - 1]) / 0.01 - 1) < 1e-3)
        }
    }
}
