import KairaGeometry
import Testing

@Suite struct BoxTreeTests {
    private static func boxes(_ count: Int, seed: UInt64, size: Float, scale: Float = 1) -> [BoundingBox] {
        var state = seed
        func random() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 24)
        }
        return (0..<count).map { _ in
            let low = SIMD3(random(), random(), random())
            return BoundingBox(min: low * scale, max: (low + SIMD3(random(), random(), random()) * size) * scale)
        }
    }

    private static func pairs(_ boxes: [BoundingBox]) -> [SIMD2<Int>] {
        var found: [SIMD2<Int>] = []
        BoxTree(boxes).forEachPair {
            found.append(SIMD2(min($0, $1), max($0, $1)))
            return true
        }
        return found.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }

    /// Oracle: every box compared with every other.
    private static func compared(_ boxes: [BoundingBox]) -> [SIMD2<Int>] {
        boxes.indices.flatMap { i in
            boxes.indices.dropFirst(i + 1).filter { j in
                (0..<3).allSatisfy { boxes[i].min[$0] <= boxes[j].max[$0] && boxes[j].min[$0] <= boxes[i].max[$0] }
            }.map { SIMD2(i, $0) }
        }
    }

    @Test("finds the boxes that meet, each pair once", arguments: [0, 1, 2, 3, 4, 5, 17, 300])
    func meeting(count: Int) {
        for size in [Float(0), 0.05, 0.4] {
            let boxes = Self.boxes(count, seed: 7, size: size)
            #expect(Self.pairs(boxes) == Self.compared(boxes))
        }
    }

    @Test("boxes at one place, that only touch, in a plane, and at the ends of Float's range")
    func special() {
        let one = BoundingBox(min: [1, 2, 3], max: [1, 2, 3])
        #expect(Self.pairs(Array(repeating: one, count: 9)).count == 36)
        let row = (0..<40).map { BoundingBox(min: [Float($0), 0, 0], max: [Float($0) + 1, 0, 1]) }
        #expect(Self.pairs(row) == (0..<39).map { SIMD2($0, $0 + 1) })
        for scale in [Float(1e-38), 1e38] {
            let boxes = Self.boxes(60, seed: 3, size: 0.3, scale: scale)
            #expect(Self.pairs(boxes) == Self.compared(boxes))
        }
        let far = Float.greatestFiniteMagnitude
        let ends = [BoundingBox(min: -SIMD3(repeating: far), max: SIMD3(repeating: far)), one, one]
        #expect(Self.pairs(ends).count == 3)
    }

    @Test("ends where the caller has enough, and passes over nodes without interest")
    func stopping() {
        let boxes = Self.boxes(200, seed: 11, size: 0.5)
        var calls = 0
        BoxTree(boxes).forEachPair { _, _ in
            calls += 1
            return calls < 5
        }
        #expect(calls == 5)
        // Items 0..<100 are of one kind, the others of another: only mixed pairs matter.
        let tree = BoxTree(boxes)
        let kinds = tree.unions(of: boxes.indices.map { SIMD4(repeating: $0 < 100 ? 0 : 1) })
        var mixed: [SIMD2<Int>] = []
        tree.forEachPair(unless: { a, b in
            var both = kinds[a]
            both.formUnion(kinds[b])
            return both.least == both.greatest
        }) { i, j in
            if (i < 100) != (j < 100) { mixed.append(SIMD2(min(i, j), max(i, j))) }
            return true
        }
        #expect(
            mixed.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
                == Self.compared(boxes).filter { $0.x < 100 && $0.y >= 100 })
    }

    /// Oracle: the standard library's generic functions.
    @Test("the lesser and the greater of each lane are the standard library's, numbers or not")
    func lanes() {
        let values: [Float] = [0, -0.0, 1, -2, .infinity, -.infinity, .nan, 3e-42]
        func same(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
        for x in values {
            for y in values {
                let (a, b) = (SIMD4(x, y, 1, 2), SIMD4(y, x, 2, 1))
                let (least, greatest) = (pointwiseMin(a, b), pointwiseMax(a, b))
                let (low, high) = (Swift.pointwiseMin(a, b), Swift.pointwiseMax(a, b))
                for k in 0..<4 { #expect(same(least[k], low[k]) && same(greatest[k], high[k]), "\(x), \(y)") }
                #expect(same(pointwiseMin(a.xyz, b.xyz).x, low.x) && same(pointwiseMax(a.xyz, b.xyz).y, high.y))
            }
        }
    }
}
