import KairaPose

/// Compares two files of keypoints, or two of motion, frame by frame.
public struct MotionEvaluationJob: Sendable {
    /// The truth: keypoints (`kaira.keypoints/1`) or a motion (`kaira.motion/1`).
    public var reference: String
    /// What is judged, of the same kind.
    public var tested: String
    /// Keypoints below this confidence count as not seen.
    public var minimumConfidence: Float

    /// A job from its parts.
    public init(reference: String, tested: String, minimumConfidence: Float = 0.2) {
        self.reference = reference
        self.tested = tested
        self.minimumConfidence = minimumConfidence
    }

    /// Runs the job.
    ///
    /// - Returns: the figures and what to know of them.
    /// - Throws: `KairaError.badData` where the files do not fit each other; `FormatsError`.
    public func run() throws -> MotionEvaluationReport {
        let a = try MotionInput(path: reference), b = try MotionInput(path: tested)
        guard a.unit == b.unit, a.joints == b.joints else {
            throw KairaError.badData(
                path: tested, reason: "it is of another kind or layout than \(reference): compare like with like")
        }
        let (times, interval) = try Self.times(a, b, path: tested)
        guard
            let samplesA = a.sampled(at: times, interval: interval, minimumConfidence: minimumConfidence),
            let samplesB = b.sampled(at: times, interval: interval, minimumConfidence: minimumConfidence),
            let comparison = MotionComparison(reference: samplesA, tested: samplesB)
        else { throw KairaError.badData(path: tested, reason: "its joints cannot be compared") }
        let errors = comparison.jointErrors, correct = comparison.correct(threshold: 0.2)
        guard errors.contains(where: { $0 != nil }) else {
            throw KairaError.badData(path: tested, reason: "no joint is seen in both files at the same time")
        }
        let jitterA = MotionComparison.jitter(samplesA), jitterB = MotionComparison.jitter(samplesB)
        let rotations = MotionInput.rotationErrors(a, b, at: times)
        return MotionEvaluationReport(
            reference: reference, tested: tested, unit: a.unit, frames: times.count, interval: interval,
            joints: a.joints.indices.map { joint in
                MotionEvaluationReport.Joint(
                    name: a.joints[joint], error: errors[joint], pck: correct[joint],
                    jitterReference: jitterA[joint], jitterTested: jitterB[joint])
            },
            angles: (rotations.isEmpty ? comparison.bendErrors.map { ($0.joint, $0.degrees) } : rotations).map {
                MotionEvaluationReport.Angle(name: $0.0, degrees: $0.1)
            },
            curve: comparison.curve, lag: comparison.lag, footSlideReference: comparison.footSlide(of: samplesA),
            footSlideTested: comparison.footSlide(of: samplesB))
    }

    /// Even times over what both files cover, at the truth's median interval.
    private static func times(_ a: MotionInput, _ b: MotionInput, path: String) throws -> ([Double], Double) {
        let first = a.times, second = b.times
        let steps = zip(first, first.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.sorted()
        let interval = steps.isEmpty ? 1.0 / 30 : steps[steps.count / 2]
        let start = max(first[0], second[0]), end = min(first[first.count - 1], second[second.count - 1])
        guard end >= start else {
            throw KairaError.badData(path: path, reason: "the files share no time")
        }
        // As many as the longer file has frames, and some more where its frames are uneven.
        let limit = 4 * max(first.count, second.count) + 4
        let count = (end - start) / interval + 1e-6
        guard count < Double(limit) else {
            throw KairaError.badData(path: path, reason: "the frames are too far apart in time to be compared")
        }
        return ((0...Int(count)).map { start + Double($0) * interval }, interval)
    }
}
