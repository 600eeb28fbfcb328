/// COCO's ten figures for keypoints, 0...1, or -1 where no annotation counts.
public struct CocoKeypointSummary: Sendable, Hashable, Encodable {
    /// Average precision over the OKS thresholds 0.50, 0.55, ..., 0.95.
    public var averagePrecision: Double
    /// At OKS 0.50.
    public var averagePrecision50: Double
    /// At OKS 0.75.
    public var averagePrecision75: Double
    /// Of people of 32^2 to 96^2 square pixels.
    public var averagePrecisionMedium: Double
    /// Of people of more.
    public var averagePrecisionLarge: Double
    /// Average recall over the thresholds, at most 20 detections a picture.
    public var averageRecall: Double
    /// At OKS 0.50.
    public var averageRecall50: Double
    /// At OKS 0.75.
    public var averageRecall75: Double
    /// Of people of 32^2 to 96^2 square pixels.
    public var averageRecallMedium: Double
    /// Of people of more.
    public var averageRecallLarge: Double

    /// The figures by COCO's short names, in COCO's order.
    public var named: [(name: String, value: Double)] {
        [
            ("AP", averagePrecision), ("AP50", averagePrecision50), ("AP75", averagePrecision75),
            ("APM", averagePrecisionMedium), ("APL", averagePrecisionLarge), ("AR", averageRecall),
            ("AR50", averageRecall50), ("AR75", averageRecall75), ("ARM", averageRecallMedium),
            ("ARL", averageRecallLarge),
        ]
    }

    enum CodingKeys: String, CodingKey {
        case averagePrecision = "AP"
        case averagePrecision50 = "AP50"
        case averagePrecision75 = "AP75"
        case averagePrecisionMedium = "APM"
        case averagePrecisionLarge = "APL"
        case averageRecall = "AR"
        case averageRecall50 = "AR50"
        case averageRecall75 = "AR75"
        case averageRecallMedium = "ARM"
        case averageRecallLarge = "ARL"
    }
}
