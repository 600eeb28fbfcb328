/// One person that an estimator saw, as COCO's keypoint results have it.
public struct CocoKeypointDetection: Sendable, Hashable {
    /// The picture.
    public var imageID: Int
    /// 1 for a person.
    public var categoryID: Int
    /// x and y in pixels, one a joint.
    public var points: [SIMD2<Double>]
    /// How sure the estimator is; only the order counts.
    public var score: Double

    /// Square pixels: what the area ranges go by.
    public var area: Double

    /// A detection from its parts; without an area, that of the box round all joints.
    public init(imageID: Int, categoryID: Int = 1, points: [SIMD2<Double>], score: Double, area: Double? = nil) {
        self.imageID = imageID
        self.categoryID = categoryID
        self.points = points
        self.score = score
        self.area = area ?? Self.boxArea(points)
    }

    private static func boxArea(_ points: [SIMD2<Double>]) -> Double {
        guard let first = points.first else { return 0 }
        let (low, high) = points.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        return (high.x - low.x) * (high.y - low.y)
    }
}
