import KairaPose

/// Compares keypoint results with COCO's annotations.
public struct CocoEvaluationJob: Sendable {
    /// The annotations, JSON.
    public var groundTruth: String
    /// The results, JSON.
    public var results: String

    /// A job from its parts.
    public init(groundTruth: String, results: String) {
        self.groundTruth = groundTruth
        self.results = results
    }

    /// Runs the job.
    ///
    /// - Returns: the figures and what to know of them.
    /// - Throws: `KairaError`, `FormatsError`.
    public func run() throws -> CocoEvaluationReport {
        let truth = try CocoKeypointFile(try OutputPath.read(groundTruth), file: groundTruth)
        let joints = truth.people.first?.keypoints.count ?? 17
        let similarity: ObjectKeypointSimilarity
        switch joints {
        case 17: similarity = .coco17
        case 133: similarity = .wholeBody133
        default:
            throw KairaError.badData(
                path: groundTruth,
                reason: "annotations of \(joints) keypoints: those of 17 and of 133 have known sigmas")
        }
        let detections = try truth.detections(try OutputPath.read(results), file: results)
        let summary = CocoKeypointEvaluation(similarity: similarity).evaluate(
            detections, against: truth.people, images: truth.images, categories: truth.categories)
        return CocoEvaluationReport(
            groundTruth: groundTruth, results: results, images: Set(truth.images).count, people: truth.people.count,
            detections: detections.count, joints: joints, summary: summary,
            warnings: truth.people.contains { $0.id == 0 }
                ? ["\(groundTruth): the annotation with id 0 never counts as found, as in pycocotools"] : [])
    }
}
