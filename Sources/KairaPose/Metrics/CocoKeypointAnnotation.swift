/// One annotated person of COCO's keypoint files.
public struct CocoKeypointAnnotation: Sendable, Hashable {
    /// The annotation's id.
    public var id: Int
    /// The picture it belongs to.
    public var imageID: Int
    /// 1 for a person.
    public var categoryID: Int
    /// x and y in pixels, and visibility: 0 not labelled, 1 hidden, 2 visible.
    public var keypoints: [SIMD3<Double>]
    /// Of the person's outline, square pixels.
    public var area: Double
    /// x, y, width, height, pixels.
    public var box: SIMD4<Double>
    /// Whether it stands for a crowd, which may be matched often and never counts.
    public var isCrowd: Bool
    /// How many joints are labelled, as the file says; one with 0 never counts.
    public var labelledCount: Int

    /// An annotation from its parts.
    public init(
        id: Int, imageID: Int, categoryID: Int = 1, keypoints: [SIMD3<Double>], area: Double, box: SIMD4<Double>,
        isCrowd: Bool = false, labelledCount: Int
    ) {
        self.id = id
        self.imageID = imageID
        self.categoryID = categoryID
        self.keypoints = keypoints
        self.area = area
        self.box = box
        self.isCrowd = isCrowd
        self.labelledCount = labelledCount
    }
}
