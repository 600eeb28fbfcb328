import Foundation
import KairaMotion
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// Oracle: the networks of mmpose 1.3.2 and mmdet 3.3.0 (torch, fp32) with weights of a formula or of a file, batch norms
/// with statistics of their own; bars of the project: 1e-4 of the largest value, 0.01 pixels.
@Suite("RTM networks against mmpose and mmdet")
struct RTMNetworkTests {
    @Test("rows of places of every pose network", arguments: RTMFixture.poses, [1, 2])
    func pose(fixture: RTMFixture, threads: Int) throws {
        let (files, input, images) = try fixture.open()
        let model = try RTMPoseModel(files, threads: threads, batch: images), expected = try fixture.arrays()
        let answer = model.rows(of: input)
        let x = try expected.array("simcc_x").floats(), y = try expected.array("simcc_y").floats()
        let differences = [relativeDifference(answer.x, x), relativeDifference(answer.y, y)]
        #expect(differences.allSatisfy { $0 <= 1e-4 }, "\(differences) of the range")
        // And the joints, in pixels of the crop.
        let c = model.configuration, decoder = SimCCDecoder(splitRatio: c.splitRatio)
        let ours = decoder.decode(answer.x.span, answer.y.span, joints: images * c.keypoints)
        let theirs = decoder.decode(x.span, y.span, joints: images * c.keypoints)
        for (our, their) in zip(ours, theirs) {
            #expect((our.cell == nil) == (their.cell == nil))
            guard let a = our.cell, let b = their.cell else { continue }
            #expect(abs(a.x - b.x) <= 0.01 && abs(a.y - b.y) <= 0.01)
        }
    }

    /// Oracle: runs of all images at once.
    @Test("fewer images than the batch give the same bytes")
    func partial() throws {
        let (files, input, images) = try RTMFixture(name: "pose-halpe26-narrow").open()
        let model = try RTMPoseModel(files, threads: 2, batch: images), all = model.rows(of: input)
        for image in 0..<images {
            let one = model.rows(of: Array(input[image * model.cropCount..<(image + 1) * model.cropCount]))
            #expect(one.x == Array(all.x[image * one.x.count..<(image + 1) * one.x.count]))
            #expect(one.y == Array(all.y[image * one.y.count..<(image + 1) * one.y.count]))
        }
    }

    @Test("raw answers and boxes of every detector", arguments: RTMFixture.detectors, [1, 2])
    func detector(fixture: RTMFixture, threads: Int) throws {
        let (files, input, _) = try fixture.open()
        let model = try RTMDetModel(files, threads: threads), expected = try fixture.arrays()
        let c = model.configuration, decoder = RTMDetDecoder()
        var boxes: [RTMDetDecoder.Box] = [], answers: [([Float], [Float])] = []
        model.run { span in
            for index in span.indices { span[index] = input[index] }
        } read: { _, scores, distances in
            answers.append((scores.indices.map { scores[$0] }, distances.indices.map { distances[$0] }))
        }
        for (level, answer) in answers.enumerated() {
            #expect(relativeDifference(answer.0, try expected.array("scores_\(level)").floats()) <= 1e-4)
            #expect(relativeDifference(answer.1, try expected.array("distances_\(level)").floats()) <= 1e-4)
            // The reference's own answer is decoded: scores that differ by rounding would suppress each other in turn.
            let scores = try expected.array("scores_\(level)").floats(), stride = c.strides[level]
            let distances = try expected.array("distances_\(level)").floats()
            boxes += decoder.candidates(
                scores.span, distances.span, columns: c.imageWidth / stride, stride: stride, configuration: c)
        }
        // Before suppression: these networks give many points one score, which leaves the order of suppression open.
        // `RTMChainTests` compares what is left after it.
        let found = boxes
        try Self.compare(
            found.map { PersonBox(box: $0.box, score: $0.score) }, try expected.array("boxes").floats(),
            try expected.array("box_scores").floats())
    }

    /// Every reference box, left, top, right, bottom, is found with its score; the order of nearly equal scores is open.
    static func compare(_ found: [PersonBox], _ boxes: [Float], _ scores: [Float]) throws {
        // The reference stops at 100 boxes of all classes.
        try #require(found.count >= scores.count && !scores.isEmpty, "\(found.count) boxes of \(scores.count)")
        var missed = 0
        for (index, score) in scores.enumerated() {
            let theirs = SIMD4(boxes[4 * index], boxes[4 * index + 1], boxes[4 * index + 2], boxes[4 * index + 3])
            let isThere = found.contains { box in
                let low = box.box.lowHalf
                let off = SIMD4(lowHalf: low, highHalf: low + box.box.highHalf) - theirs
                return off.max() <= 0.01 && off.min() >= -0.01 && abs(box.score - score) <= 1e-4
            }
            if !isThere { missed += 1 }
        }
        #expect(missed == 0, "\(missed) of \(scores.count) boxes")
    }

    @Test("a network is told from its tensors alone")
    func configurations() throws {
        let (files, _, _) = try RTMFixture(name: "pose-t").open()
        guard case .pose(let c) = files.kind else {
            Issue.record("no pose network")
            return
        }
        // The published RTMPose-t: 256 by 192, two places a pixel, 256 wide tokens.
        #expect(c.imageHeight == 256 && c.imageWidth == 192 && c.splitRatio == 2 && c.width == 256 && c.keypoints == 17)
        let (nano, _, _) = try RTMFixture(name: "detector-nano").open()
        guard case .detector(let d) = nano.kind else {
            Issue.record("no detector")
            return
        }
        #expect(d.imageHeight == 320 && d.strides == [8, 16, 32] && d.classes == 1 && !d.isExponential)
    }
}
