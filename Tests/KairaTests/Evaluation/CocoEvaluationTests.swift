import Foundation
import Kaira
import KairaTestSupport
import Testing

/// Oracle: pycocotools 2.0.11, whose figures `Tests/Support/coco_fixtures.py` wrote beside each case.
@Suite struct CocoEvaluationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var truth: Data
        var results: Data
        var figures: [String: Double]
        var testDescription: String { name }
    }

    static let cases: [Case] = {
        guard let data = try? Data(contentsOf: TestData.fixture("metrics/coco.json")),
            let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return list.compactMap { entry in
            guard let name = entry["name"] as? String, let truth = entry["truth"], let results = entry["results"],
                let truthData = try? JSONSerialization.data(withJSONObject: truth),
                let resultsData = try? JSONSerialization.data(withJSONObject: results),
                let figures = entry["figures"] as? [String: Double]
            else { return nil }
            return Case(name: name, truth: truthData, results: resultsData, figures: figures)
        }
    }()

    static func evaluate(_ truth: Data, _ results: Data) throws -> CocoEvaluationReport {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-coco-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (a, b) = (folder.appending(path: "truth.json"), folder.appending(path: "results.json"))
        try truth.write(to: a)
        try results.write(to: b)
        return try CocoEvaluationJob(groundTruth: a.path, results: b.path).run()
    }

    @Test("the cases are there") func casesAreThere() { #expect(Self.cases.count == 6) }

    @Test("figures are pycocotools'", arguments: cases)
    func figures(_ one: Case) throws {
        let report = try Self.evaluate(one.truth, one.results)
        #expect(report.summary.named.count == 10)
        for (name, value) in report.summary.named {
            let expected = try #require(one.figures[name])
            #expect(abs(value - expected) < 1e-6, "\(name): \(value), pycocotools \(expected)")
        }
        #expect(report.warnings.isEmpty == (one.name != "id-zero"))
    }

    /// Oracle: closed form. Perfect results of the annotated picture have AP 1 and AR 1; without results both are 0.
    @Test(
        "perfect results score 1", .enabled(if: TestData.hasShared("images/coco/coco_785_keypoints.json")),
        arguments: ["keypoints", "wholebody"])
    func perfect(_ kind: String) throws {
        let data = try Data(contentsOf: TestData.shared("images/coco/coco_785_\(kind).json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var annotations = try #require(document["annotations"] as? [[String: Any]])
        if kind == "wholebody" {
            // The other parts stand beside the body, as in COCO-WholeBody's files.
            annotations = annotations.map { annotation in
                var annotation = annotation
                let parts = ["keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts"]
                annotation["keypoints"] = parts.flatMap { annotation[$0] as? [Double] ?? [] }
                return annotation
            }
        }
        var whole = document
        whole["annotations"] = annotations
        let results = annotations.map { annotation in
            [
                "image_id": annotation["image_id"] ?? 0, "category_id": 1, "score": 0.5,
                "keypoints": annotation["keypoints"] ?? [],
            ] as [String: Any]
        }
        let truth = try JSONSerialization.data(withJSONObject: whole)
        let report = try Self.evaluate(truth, try JSONSerialization.data(withJSONObject: results))
        // Precision is divided by one and an ulp, in pycocotools too.
        #expect(abs(report.summary.averagePrecision - 1) < 1e-12 && report.summary.averageRecall == 1)
        #expect(report.joints == (kind == "keypoints" ? 17 : 133))
        let nothing = try Self.evaluate(truth, Data("[]".utf8))
        #expect(nothing.summary.averagePrecision == 0 && nothing.summary.averageRecall == 0)
    }

    /// Oracle: section 9 of the metric's definition: a joint displaced by 2 sigma sqrt(area) adds exp(-1/2).
    @Test("similarity of a displaced joint")
    func similarity() {
        let keypoints = (0..<17).map { SIMD3(Double($0), 0, $0 == 5 ? 2 : 0) }
        let person = CocoKeypointAnnotation(
            id: 1, imageID: 1, keypoints: keypoints, area: 400, box: SIMD4(0, 0, 20, 20), labelledCount: 1)
        var points = keypoints.map { SIMD2($0.x, $0.y) }
        points[5].x += 2 * 0.079 * 20
        #expect(abs(ObjectKeypointSimilarity.coco17.similarity(points, to: person) - 0.6065306597126334) < 1e-12)
    }

    @Test(
        "damaged files are errors",
        arguments: [
            "", "{", "[]", "{}", #"{"images": 3, "annotations": []}"#,
            #"{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [1, 2]}]}"#,
            #"{"images": [{"id": 1}], "annotations": [{"id": 1e300, "image_id": 1, "keypoints": [], "bbox": [0,0,1,1], "area": 1}]}"#,
        ])
    func damaged(_ text: String) {
        #expect(throws: (any Error).self) { try Self.evaluate(Data(text.utf8), Data("[]".utf8)) }
    }
}
