import Foundation
import KairaImage
import KairaMotion
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// Oracles: `Tests/Fixtures/topdown`, written by the reference implementations (its README says which).
@Suite struct TopDownTests {
    static func archive(_ name: String) throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: TestData.fixture("topdown/\(name).npz"))))
    }

    static func picture(_ archive: NumPyArchive) throws -> Image {
        let array = try archive.array("picture")
        var image = Image(width: array.shape[1], height: array.shape[0])
        for i in 0..<array.shape[0] * array.shape[1] {
            for c in 0..<3 { image.bytes[i * 4 + c] = array.bytes[i * 3 + c] }
            image.bytes[i * 4 + 3] = 255
        }
        return image
    }

    static func crops(_ archive: NumPyArchive, _ input: TopDownInput) throws -> [PersonCrop] {
        let boxes = try archive.array("boxes").floats()
        return try (0..<boxes.count / 4).map {
            try #require(
                PersonCrop(
                    box: SIMD4(boxes[$0 * 4], boxes[$0 * 4 + 1], boxes[$0 * 4 + 2], boxes[$0 * 4 + 3]),
                    width: input.width, height: input.height))
        }
    }

    static func fill(
        _ input: TopDownInput, _ crops: [PersonCrop], _ image: Image, mirrored: Bool = false
    ) -> [Float] {
        var values = [Float](repeating: .nan, count: crops.count * input.count)
        var span = values.mutableSpan
        input.fill(crops, of: image, mirrored: mirrored, into: &span)
        return values
    }

    /// Oracles: `VitPoseImageProcessorPil` of transformers 5.24, and OpenCV 4.10.
    ///
    /// A grey level is up to 0.0176. The references' matrices are single precision (transformers) or go through a
    /// second rounding (OpenCV), so at a hard edge a sample may differ by a level; positions half a cell off would differ by
    /// tens of levels, so the mean is what tells.
    @Test("crops are the references'", arguments: [(CropBorder.transformers, "transformers"), (.openCV, "opencv")])
    func cropsMatch(border: CropBorder, name: String) throws {
        let archive = try Self.archive("crops")
        let input = TopDownInput(width: 24, height: 32, border: border)
        let values = try Self.fill(input, Self.crops(archive, input), Self.picture(archive))
        let expected = try archive.array(name).floats()
        #expect(values.count == expected.count)
        let differences = zip(values, expected).map { abs($0 - $1) }
        #expect((differences.max() ?? 1) < 0.0176 + 1e-5)
        #expect(differences.reduce(0, +) / Float(differences.count) < 2e-4)
    }

    /// Oracle: the definition: the mirrored crop is the plain one read backwards.
    @Test("the mirrored crop is the plain one backwards", arguments: CropBorder.allCases)
    func mirror(border: CropBorder) throws {
        let archive = try Self.archive("crops")
        let input = TopDownInput(width: 24, height: 32, border: border)
        let (crops, image) = (try Self.crops(archive, input), try Self.picture(archive))
        let plain = Self.fill(input, crops, image), mirrored = Self.fill(input, crops, image, mirrored: true)
        for i in plain.indices { #expect(plain[i] == mirrored[i - i % 24 + 23 - i % 24]) }
    }

    /// Oracle: black, normalised by hand: -mean / deviation.
    @Test("crops that are not finite or far away are black")
    func farAway() {
        let input = TopDownInput(width: 24, height: 32)
        let image = Image(width: 8, height: 8, filledWith: [255, 255, 255, 255])
        let crops = [
            PersonCrop(center: SIMD2(.nan, 4), size: SIMD2(4, 4)),
            PersonCrop(center: SIMD2(4, 4), size: SIMD2(4, .nan)),
            PersonCrop(center: SIMD2(1e300, -1e300), size: SIMD2(4, 4)),
            PersonCrop(center: SIMD2(.infinity, 0), size: SIMD2(.infinity, 1)),
        ]
        let values = Self.fill(input, crops, image)
        for (i, value) in values.enumerated() {
            let channel = i / (24 * 32) % 3
            let black = -[0.485, 0.456, 0.406][channel] / [0.229, 0.224, 0.225][channel]
            #expect(abs(value - Float(black)) < 1e-5)
        }
        #expect(PersonCrop(box: SIMD4(0, 0, .nan, 3), width: 24, height: 32) == nil)
        #expect(PersonCrop(box: SIMD4(0, 0, 0, 3), width: 24, height: 32) == nil)
    }

    /// Oracles: transformers 5.24; the original's formula over `cv2.GaussianBlur`. The third person is noise, where
    /// the unbounded step leaps and single precision (theirs) shows: compared only where the step is below a cell.
    @Test(
        "decoded cells are the references'",
        arguments: [(HeatmapBlur.transformers, "transformers"), (.openCV, "opencv")])
    func decodes(blur: HeatmapBlur, name: String) throws {
        let archive = try Self.archive("heatmaps")
        let maps = try archive.array("heatmaps").floats(), cells = try archive.array(name).doubles()
        let scores = try archive.array("scores").floats()
        let peaks = HeatmapDecoder(blur: blur, stepLimit: .infinity).decode(
            maps.span, joints: 51, rows: 16, columns: 12)
        let bounded = HeatmapDecoder(blur: blur).decode(maps.span, joints: 51, rows: 16, columns: 12)
        var compared = 0
        for (i, peak) in peaks.enumerated() {
            let cell = try #require(peak.cell), near = try #require(bounded[i].cell)
            let expected = SIMD2(cells[i * 2], cells[i * 2 + 1])
            #expect(peak.score == scores[i])
            let whole = maps[i * 192..<i * 192 + 192].enumerated().max { $0.element < $1.element }?.offset ?? 0
            let start = SIMD2(Double(whole % 12), Double(whole / 12)), step = expected - start
            #expect(abs(near.x - start.x) <= 1 && abs(near.y - start.y) <= 1)
            guard i < 34 || max(abs(step.x), abs(step.y)) < 1 else { continue }
            compared += 1
            #expect(abs(cell.x - expected.x) < 2e-3 && abs(cell.y - expected.y) < 2e-3, "joint \(i)")
            if max(abs(step.x), abs(step.y)) < 0.99 { #expect(near == cell) }
        }
        #expect(compared >= 40)
    }

    /// Oracle: transformers' `transform_preds`.
    @Test("cells become the reference's picture points")
    func points() throws {
        let archive = try Self.archive("heatmaps"), boxes = try Self.archive("crops").array("boxes").floats()
        let maps = try archive.array("heatmaps").floats(), points = try archive.array("points").doubles()
        let box = SIMD4(boxes[0], boxes[1], boxes[2], boxes[3])
        let crop = try #require(PersonCrop(box: box, width: 192, height: 256))
        let pose = TopDownOutput(layout: .coco17, decoder: HeatmapDecoder(stepLimit: .infinity)).pose(
            maps.span, rows: 16, columns: 12, crop: crop, box: box, frameSize: [80, 60], time: 0)
        for (i, point) in pose.points.enumerated() {
            #expect(abs(Double(point.x) - points[i * 2]) < 0.01 && abs(Double(point.y) - points[i * 2 + 1]) < 0.01)
        }
    }

    /// Oracle: the rule "nowhere above 0 means not found".
    @Test("maps without a peak are not found, and bad values are skipped")
    func badMaps() {
        var maps = [Float](repeating: -1, count: 4 * 20)
        for i in 20..<40 { maps[i] = .nan }
        for i in 40..<60 { maps[i] = i == 47 ? 0.5 : .nan }
        for i in 60..<80 { maps[i] = i == 66 ? .infinity : (i == 70 ? 0.25 : 0) }
        let peaks = HeatmapDecoder().decode(maps.span, joints: 4, rows: 4, columns: 5)
        #expect(peaks[0] == .none && peaks[1] == .none)
        #expect(peaks[2].score == 0.5 && peaks[3].score == 0.25)
        for peak in peaks[2...] {
            if let cell = peak.cell { #expect(cell.x.isFinite && cell.y.isFinite) } else { Issue.record("no cell") }
        }
    }

    /// Oracle: by hand. A map of the plain crop and the same person's map from the mirrored crop are equal once
    /// mirrored back, so the average changes nothing.
    @Test("the flip test mirrors and swaps")
    func flip() {
        let joints = 17, rows = 3, columns = 4
        var plain = (0..<2 * joints * rows * columns).map { Float(($0 * 37) % 101) }
        let test = FlipTest(.coco17)
        var mirrored = plain
        for person in 0..<2 {
            for (joint, other) in [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15].enumerated() {
                for row in 0..<rows {
                    for column in 0..<columns {
                        mirrored[((person * joints + other) * rows + row) * columns + columns - 1 - column] =
                            plain[((person * joints + joint) * rows + row) * columns + column]
                    }
                }
            }
        }
        let before = plain
        var span = plain.mutableSpan
        test.average(&span, with: mirrored.span, people: 2, rows: rows, columns: columns)
        #expect(plain == before)
    }
}
