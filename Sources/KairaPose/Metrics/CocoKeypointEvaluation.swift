/// COCO's evaluation of keypoints: pycocotools' `COCOeval` with `iouType="keypoints"`, and equal to it.
///
/// Equal also where it is odd: an annotation whose id is 0 never counts as found.
public struct CocoKeypointEvaluation: Sendable {
    /// How alike a detection and a person are.
    public var similarity: ObjectKeypointSimilarity
    /// Detections that count in one picture, the surest first.
    public var maximumDetections: Int

    /// An evaluation; by default of COCO's 17 joints.
    public init(similarity: ObjectKeypointSimilarity = .coco17, maximumDetections: Int = 20) {
        self.similarity = similarity
        self.maximumDetections = maximumDetections
    }

    /// OKS thresholds, as numpy's `linspace(0.5, 0.95, 10)` has them.
    private static let thresholds = linspace(0.5, 0.95, 10)
    /// Where the precision is sampled, `linspace(0, 1, 101)`.
    private static let recalls = linspace(0, 1, 101)
    /// Square pixels: all, medium, large.
    private static let ranges: [ClosedRange<Double>] = [0...1e10, 1024...9216, 9216...1e10]

    private static func linspace(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
        let step = (high - low) / Double(count - 1)
        return (0..<count).map { $0 == count - 1 ? high : Double($0) * step + low }
    }

    /// Evaluates detections.
    ///
    /// - Parameters:
    ///   - detections: in the file's order, which decides between equal scores.
    ///   - people: the annotations, in the file's order.
    ///   - images: the ids of the pictures that count; those of `people` and `detections` elsewhere are left out.
    ///   - categories: the ids of the categories that count.
    /// - Returns: the ten figures.
    /// - Complexity: O(n log n) in the detections, and in each picture O(detections * people * joints).
    public func evaluate(
        _ detections: [CocoKeypointDetection], against people: [CocoKeypointAnnotation], images: [Int],
        categories: [Int] = [1]
    ) -> CocoKeypointSummary {
        let images = Set(images).sorted(), categories = Set(categories).sorted()
        var found: [Place: [CocoKeypointDetection]] = [:], real: [Place: [CocoKeypointAnnotation]] = [:]
        for detection in detections {
            found[Place(image: detection.imageID, category: detection.categoryID), default: []].append(detection)
        }
        for person in people {
            real[Place(image: person.imageID, category: person.categoryID), default: []].append(person)
        }
        var curves: [[Curve]] = Array(repeating: [], count: Self.ranges.count)
        for category in categories {
            let pictures = images.compactMap { image -> Picture? in
                let place = Place(image: image, category: category)
                guard found[place] != nil || real[place] != nil else { return nil }
                return Picture(
                    found[place] ?? [], real[place] ?? [], similarity: similarity, maximum: maximumDetections)
            }
            for (r, range) in Self.ranges.enumerated() {
                curves[r] += Self.curves(pictures.map { $0.matches(range, thresholds: Self.thresholds) })
            }
        }
        func precision(_ range: Int, _ threshold: Int? = nil) -> Double {
            Self.mean(curves[range].filter { threshold == nil || $0.threshold == threshold }.flatMap(\.precisions))
        }
        func recall(_ range: Int, _ threshold: Int? = nil) -> Double {
            Self.mean(curves[range].filter { threshold == nil || $0.threshold == threshold }.map(\.recall))
        }
        return CocoKeypointSummary(
            averagePrecision: precision(0), averagePrecision50: precision(0, 0), averagePrecision75: precision(0, 5),
            averagePrecisionMedium: precision(1), averagePrecisionLarge: precision(2), averageRecall: recall(0),
            averageRecall50: recall(0, 0), averageRecall75: recall(0, 5), averageRecallMedium: recall(1),
            averageRecallLarge: recall(2))
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
    }

    private struct Place: Hashable {
        var image: Int
        var category: Int
    }

    /// Precision over recall at one threshold.
    private struct Curve {
        var threshold: Int
        var precisions: [Double]
        var recall: Double
    }

    /// The curves over all pictures, one a threshold; none where no annotation counts.
    private static func curves(_ pictures: [PictureMatches]) -> [Curve] {
        let real = pictures.reduce(0) { $0 + $1.people }
        guard real > 0 else { return [] }
        let all = pictures.flatMap(\.detections)
        let order = all.indices.stablySorted { all[$0].score > all[$1].score }
        return thresholds.indices.map { t in
            var precisions: [Double] = [], recallsFound: [Double] = []
            var right = 0.0, wrong = 0.0
            for i in order {
                switch all[i].verdicts[t] {
                case .right: right += 1
                case .wrong: wrong += 1
                case .ignored: break
                }
                precisions.append(right / (wrong + right + Double.ulpOfOne))
                recallsFound.append(right / Double(real))
            }
            for i in precisions.indices.dropFirst().reversed() {
                precisions[i - 1] = max(precisions[i - 1], precisions[i])
            }
            var i = 0
            let samples = recalls.map { recall in
                while i < recallsFound.count, recallsFound[i] < recall { i += 1 }
                return i < precisions.count ? precisions[i] : 0
            }
            return Curve(threshold: t, precisions: samples, recall: recallsFound.last ?? 0)
        }
    }
}

/// What became of one detection at one threshold.
private enum Verdict {
    case right, wrong, ignored
}

/// One picture's share in the curves of one range of areas.
private struct PictureMatches {
    /// Annotations that count.
    var people: Int
    var detections: [(score: Double, verdicts: [Verdict])]
}

/// The detections of one picture that count, and how alike each is to each annotation.
private struct Picture {
    let detections: [CocoKeypointDetection]
    let areas: [Double]
    let people: [CocoKeypointAnnotation]
    /// Detection by detection, in the annotations' order.
    let similarities: [[Double]]

    init(
        _ found: [CocoKeypointDetection], _ people: [CocoKeypointAnnotation], similarity: ObjectKeypointSimilarity,
        maximum: Int
    ) {
        let order = found.indices.stablySorted { found[$0].score > found[$1].score }
        detections = order.prefix(max(maximum, 0)).map { found[$0] }
        self.people = people
        areas = detections.map(\.area)
        similarities = detections.map { detection in
            people.map { similarity.similarity(detection.points, to: $0) }
        }
    }

    func matches(_ range: ClosedRange<Double>, thresholds: [Double]) -> PictureMatches {
        let isIgnored = people.map { $0.isCrowd || $0.labelledCount == 0 || !range.contains($0.area) }
        // Those that count come first, each group in the file's order.
        let order = people.indices.filter { !isIgnored[$0] } + people.indices.filter { isIgnored[$0] }
        var verdicts = Array(repeating: [Verdict](), count: detections.count)
        for threshold in thresholds {
            var isTaken = [Bool](repeating: false, count: people.count)
            for d in detections.indices {
                var best = min(threshold, 1 - 1e-10), match: Int?
                for g in order {
                    if isTaken[g], !people[g].isCrowd { continue }
                    // Who holds one that counts does not move on to one that does not.
                    if let match, !isIgnored[match], isIgnored[g] { break }
                    if similarities[d][g] < best { continue }
                    (best, match) = (similarities[d][g], g)
                }
                if let match {
                    isTaken[match] = true
                    if isIgnored[match] {
                        verdicts[d].append(.ignored)
                    } else if people[match].id != 0 {
                        verdicts[d].append(.right)
                    } else {
                        // pycocotools keeps the id as its mark for "found", and 0 means not found.
                        verdicts[d].append(range.contains(areas[d]) ? .wrong : .ignored)
                    }
                } else {
                    verdicts[d].append(range.contains(areas[d]) ? .wrong : .ignored)
                }
            }
        }
        return PictureMatches(
            people: isIgnored.count { !$0 }, detections: zip(detections, verdicts).map { ($0.score, $1) })
    }
}

extension Collection {
    /// Sorted so that elements which come neither before nor after each other stay in their order.
    fileprivate func stablySorted(by isBefore: (Element, Element) -> Bool) -> [Element] {
        enumerated().sorted { a, b in
            if isBefore(a.element, b.element) { return true }
            if isBefore(b.element, a.element) { return false }
            return a.offset < b.offset
        }.map(\.element)
    }
}
