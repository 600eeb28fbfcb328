import KairaFormats
import KairaPose

/// The annotations of COCO's keypoint task (`person_keypoints_val2017.json` and its like).
///
/// Format: <https://cocodataset.org/#format-data>, keypoint detection.
public struct CocoKeypointFile: Sendable {
    /// The pictures' ids, in the file's order.
    public var images: [Int]
    /// The categories' ids.
    public var categories: [Int]
    /// The annotations, in the file's order.
    public var people: [CocoKeypointAnnotation]

    /// Reads annotations.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: its name, for messages.
    ///   - joints: how many joints each annotation has to have; 0 takes the first one's.
    /// - Throws: `FormatsError.malformed` with the JSON path of what is wrong.
    public init(_ bytes: [UInt8], file: String, joints: Int = 0) throws(FormatsError) {
        let root = try EvaluationJSON(bytes, file: file)
        var images: [Int] = [], categories: [Int] = [], people: [CocoKeypointAnnotation] = []
        try root.required("images").forEach { (node) throws(FormatsError) in
            images.append(try node.required("id").integer())
        }
        try root.optional("categories")?.forEach { (node) throws(FormatsError) in
            categories.append(try node.required("id").integer())
        }
        var ids = Set<Int>(), joints = joints
        try root.required("annotations").forEach { (node) throws(FormatsError) in
            let person = try Self.person(node)
            guard ids.insert(person.id).inserted else { throw node.failure("id \(person.id) is there twice") }
            if joints == 0 { joints = person.keypoints.count }
            guard person.keypoints.count == joints else {
                throw node.failure("\(person.keypoints.count) keypoints where \(joints) are expected")
            }
            people.append(person)
        }
        self.images = images
        self.categories = categories.isEmpty ? Array(Set(people.map(\.categoryID))).sorted() : categories
        self.people = people
    }

    private static func person(_ node: EvaluationJSON) throws(FormatsError) -> CocoKeypointAnnotation {
        let numbers = try node.required("keypoints").numbers()
        guard numbers.count % 3 == 0 else {
            throw node.failure("keypoints are x, y, v: \(numbers.count) is no multiple of 3")
        }
        let keypoints = (0..<numbers.count / 3).map { (joint: Int) -> SIMD3<Double> in
            SIMD3(numbers[joint * 3], numbers[joint * 3 + 1], numbers[joint * 3 + 2])
        }
        let box = try node.required("bbox").numbers()
        guard box.count == 4 else { throw node.failure("a box has four numbers") }
        return CocoKeypointAnnotation(
            id: try node.required("id").integer(), imageID: try node.required("image_id").integer(),
            categoryID: try node.optional("category_id")?.integer() ?? 1, keypoints: keypoints,
            area: try node.required("area").number(), box: SIMD4(box[0], box[1], box[2], box[3]),
            isCrowd: try node.optional("iscrowd")?.flag() ?? false,
            labelledCount: try node.optional("num_keypoints")?.integer() ?? keypoints.count { $0.z > 0 })
    }

    /// Reads results: a list of `{image_id, category_id, keypoints: [x, y, s] * joints, score}`.
    ///
    /// Where the first one has a `bbox`, every area is that of its box, as in pycocotools; else that of the box round
    /// the joints.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: its name, for messages.
    /// - Returns: the detections, in the file's order.
    /// - Throws: `FormatsError.malformed` with the JSON path of what is wrong, or for a picture that is not annotated.
    public func detections(_ bytes: [UInt8], file: String) throws(FormatsError) -> [CocoKeypointDetection] {
        let joints = people.first?.keypoints.count, known = Set(images)
        var detections: [CocoKeypointDetection] = [], hasBoxes: Bool?
        try EvaluationJSON(bytes, file: file).forEach { (node) throws(FormatsError) in
            let numbers = try node.required("keypoints").numbers()
            guard numbers.count % 3 == 0, joints == nil || numbers.count / 3 == joints else {
                throw node.failure("\(numbers.count) numbers where \(joints ?? 0) keypoints of 3 are expected")
            }
            let image = try node.required("image_id").integer()
            guard known.contains(image) else { throw node.failure("picture \(image) is not in the annotations") }
            var area: Double?
            let box = try node.optional("bbox")?.numbers()
            if hasBoxes == nil { hasBoxes = box?.isEmpty == false }
            if hasBoxes == true {
                guard let box, box.count == 4 else { throw node.failure("a \"bbox\" of four numbers is expected here") }
                area = box[2] * box[3]
            }
            let points = (0..<numbers.count / 3).map { (joint: Int) -> SIMD2<Double> in
                SIMD2(numbers[joint * 3], numbers[joint * 3 + 1])
            }
            detections.append(
                CocoKeypointDetection(
                    imageID: image, categoryID: try node.optional("category_id")?.integer() ?? 1,
                    points: points,
                    score: try node.required("score").number(), area: area))
        }
        return detections
    }
}
