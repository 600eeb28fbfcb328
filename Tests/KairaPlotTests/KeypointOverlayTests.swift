import KairaImage
import KairaMotion
import KairaPlot
import Testing

@Suite("Overlays and contact sheets") struct KeypointOverlayTests {
    private func pose(confidence: Float = 1, at scale: Float = 1) -> KeypointPose {
        let layout = KeypointLayout.coco17
        var points = [SIMD2<Float>](repeating: [-50, -50], count: 17)
        points[5] = [100, 50] * scale
        points[6] = [40, 50] * scale
        points[7] = [100, 90] * scale
        return KeypointPose(
            layout: layout, id: 3, score: 0.9, box: [20, 30, 120, 100], points: points,
            confidence: [Float](repeating: confidence, count: 17), time: 0, frameSize: [160, 160])
    }

    /// Oracle: the places of the joints; the person's left is orange, so red is stronger than blue there.
    @Test("joints and limbs are where the points are, coloured by side") func places() throws {
        let image = Image(width: 160, height: 160, filledWith: [0, 0, 0, 255])
        let drawn = try KeypointOverlay(lineWidth: 4, drawsBox: false).draw([pose()], over: image)
        #expect(drawn[100, 50].x > 200 && drawn[100, 50].z < 60)
        #expect(drawn[40, 50].z > 200 && drawn[40, 50].x < 80)
        #expect(drawn[70, 50].x > 200 && drawn[70, 50].z > 200, "between left and right: white")
        #expect(drawn[100, 70].x > 200, "the upper arm")
        #expect(drawn[130, 130] == [0, 0, 0, 255])
        #expect(drawn[30, 100] == [0, 0, 0, 255])
    }

    @Test("unsure, far and broken points are left out") func unsure() throws {
        let image = Image(width: 160, height: 160, filledWith: [9, 8, 7, 255])
        #expect(try KeypointOverlay(drawsBox: false).draw([pose(confidence: 0.05)], over: image) == image)
        #expect(try KeypointOverlay(drawsBox: false).draw([pose(at: .nan)], over: image)[80, 80] == [9, 8, 7, 255])
        #expect(try KeypointOverlay().draw([], over: image) == image)
    }

    @Test("the box has a border and a label") func box() throws {
        let image = Image(width: 160, height: 160, filledWith: [0, 0, 0, 255])
        let drawn = try KeypointOverlay(lineWidth: 2).draw([pose(confidence: 0)], over: image)
        #expect(drawn[20, 80].x > 60 && drawn[140, 80].x > 60)
        // Letters of the label in the strip above the box.
        #expect((20..<90).contains { x in (12..<30).contains { y in drawn[x, y].x > 180 } })
    }

    @Test("a transparent picture stays premultiplied") func transparent() throws {
        let drawn = try KeypointOverlay().draw([pose(confidence: 0.5)], over: Image(width: 160, height: 160))
        for i in stride(from: 0, to: drawn.bytes.count, by: 4) {
            #expect(drawn.bytes[i..<i + 3].allSatisfy { $0 <= drawn.bytes[i + 3] })
        }
    }

    /// Oracle: the sizes asked for: 2 fields across with gaps of 10, caption height 1.7 x 10.
    @Test("a contact sheet has its pictures in their fields and captions below") func sheet() throws {
        var sheet = ContactSheet(columns: 2, cell: [40, 30], gap: 10, textSize: 10)
        sheet.background = [250, 250, 250]
        let red = Image(width: 80, height: 60, filledWith: [255, 0, 0, 255])
        let tall = Image(width: 10, height: 30, filledWith: [0, 0, 255, 255])
        let long = String(repeating: "a very long caption ", count: 20)
        let drawn = try sheet.draw([(red, "one"), (tall, long), (red, "")])
        #expect(drawn.width == 110 && drawn.height == 2 * (30 + 17 + 10) + 10)
        #expect(drawn[10, 10] == [255, 0, 0, 255] && drawn[49, 39] == [255, 0, 0, 255])
        #expect(drawn[80, 25] == [0, 0, 255, 255] && drawn[62, 25] == [250, 250, 250, 255])
        #expect(drawn[30, 80] == [255, 0, 0, 255])
        #expect((10..<50).contains { x in (42..<56).contains { y in drawn[x, y].x < 150 } }, "letters")
        #expect((0..<57).allSatisfy { drawn[105, $0] == [250, 250, 250, 255] }, "the long caption is cut")
        #expect(throws: PlotError.self) { try sheet.draw([]) }
    }
}
