import KairaPose

/// Compares estimated 3D poses with measured ones.
public struct Pose3DEvaluationJob: Sendable {
    /// The measured poses: see `docs/formats/evaluation.md` for the layouts.
    public var groundTruth: String
    /// The estimated poses.
    public var predicted: String
    /// Joints, root, units and averaging.
    public var setProtocol: PoseProtocol3D

    /// A job from its parts.
    public init(groundTruth: String, predicted: String, setProtocol: PoseProtocol3D) {
        self.groundTruth = groundTruth
        self.predicted = predicted
        self.setProtocol = setProtocol
    }

    /// Runs the job.
    ///
    /// - Returns: the figures and what to know of them.
    /// - Throws: `KairaError.badData` where the files do not fit each other or the protocol; `TensorError`.
    public func run() throws -> Pose3DReport {
        let reader = PoseTakeReader(setProtocol: setProtocol)
        let truths = try reader.read(groundTruth), guesses = try reader.read(predicted)
        var guessByName: [String: PoseTake] = [:]
        for guess in guesses {
            guard guessByName.updateValue(guess, forKey: guess.name) == nil else {
                throw KairaError.badData(path: predicted, reason: "take \"\(guess.name)\" is there twice")
            }
        }
        var tally = Pose3DTally(setProtocol: setProtocol)
        var missing: [String] = []
        for truth in truths {
            guard let group = setProtocol.group(subject: truth.subject, take: truth.take) else { continue }
            guard let guess = guessByName.removeValue(forKey: truth.name) else {
                missing.append(truth.name)
                continue
            }
            try add(guess, truth, group: group, to: &tally)
        }
        guard missing.isEmpty else {
            throw KairaError.badData(
                path: predicted,
                reason:
                    "takes of \(groundTruth) are missing: \(Self.list(missing)); figures of a part cannot be compared")
        }
        let unused = guesses.map(\.name).filter {
            guard let take = guessByName[$0] else { return false }
            return setProtocol.group(subject: take.subject, take: take.take) != nil
        }
        guard let report = tally.report(groundTruth: groundTruth, predicted: predicted) else {
            throw KairaError.badData(
                path: groundTruth, reason: "no frame of it counts in the protocol \(setProtocol.rawValue)")
        }
        var result = report
        if !unused.isEmpty {
            result.warnings.append("\(predicted): takes that \(groundTruth) lacks were left out: \(Self.list(unused))")
        }
        return result
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    private func add(_ guess: PoseTake, _ truth: PoseTake, group: String, to tally: inout Pose3DTally)
        throws(KairaError)
    {
        let label = truth.name.isEmpty ? "" : "\"\(truth.name)\": "
        let truthJoints = try select(truth, path: groundTruth), guessJoints = try select(guess, path: predicted)
        guard truthJoints.joints == guessJoints.joints else {
            throw .badData(
                path: predicted,
                reason: "\(label)\(guessJoints.joints) joints where \(truthJoints.joints) were measured")
        }
        var aligned = guessJoints
        if guessJoints.frames != truthJoints.frames {
            // Some tools write the valid frames only.
            guard let valid = truth.isValid, valid.count(where: { $0 }) == guessJoints.frames else {
                throw .badData(
                    path: predicted,
                    reason: "\(label)\(guessJoints.frames) frames where \(truthJoints.frames) were measured")
            }
            aligned = guessJoints.spread(over: valid)
        }
        tally.add(aligned, truth: truthJoints, take: truth, group: group)
    }

    private func select(_ take: PoseTake, path: String) throws(KairaError) -> JointPositions {
        guard let selection = setProtocol.selection(of: take.positions.joints) else {
            throw .badData(
                path: path,
                reason: "\(take.positions.joints) joints where the protocol \(setProtocol.rawValue) has "
                    + "\(setProtocol.jointNames?.count ?? 0)")
        }
        return selection.count == take.positions.joints ? take.positions : take.positions.selecting(selection)
    }
}

extension JointPositions {
    /// Frames set at the places that are true, the frame before repeated at the others.
    fileprivate func spread(over places: [Bool]) -> JointPositions {
        var points: [SIMD3<Double>] = [], next = 0
        for isTaken in places {
            points += frame(min(isTaken ? next : max(next - 1, 0), frames - 1))
            if isTaken { next += 1 }
        }
        return JointPositions(joints: joints, points: points)
    }
}

/// Errors by group, in the order in which the groups came.
private struct Pose3DTally {
    let setProtocol: PoseProtocol3D
    private var names: [String] = []
    private var groups: [String: PoseErrors3D] = [:]
    private var activities: [Int: PoseErrors3D] = [:]
    private var all: PoseErrors3D?
    /// Of every joint, where the protocol counts fewer.
    private var allJoints: PoseErrors3D?

    init(setProtocol: PoseProtocol3D) { self.setProtocol = setProtocol }

    mutating func add(_ guess: JointPositions, truth: JointPositions, take: PoseTake, group: String) {
        let none = PoseErrors3D(
            joints: truth.joints, root: setProtocol.root, countedJoints: setProtocol.countedJoints)
        var errors = none
        errors.add(guess, truth: truth, counts: take.isValid)
        if groups[group] == nil { names.append(group) }
        groups[group, default: none].add(errors)
        all = all ?? none
        all?.add(errors)
        if setProtocol.countedJoints != nil {
            allJoints = allJoints ?? PoseErrors3D(joints: truth.joints, root: setProtocol.root)
            allJoints?.add(guess, truth: truth, counts: take.isValid)
        }
        for activity in Set(take.activities ?? []).filter({ 1...7 ~= $0 }) {
            let counts = (0..<truth.frames).map {
                take.activities?[$0] == activity && (take.isValid?[$0] ?? true)
            }
            activities[activity, default: none].add(guess, truth: truth, counts: counts)
        }
    }

    static let activityNames = [
        "standing/walking", "exercising", "sitting", "reaching/crouching", "on the floor", "sports", "miscellaneous",
    ]

    func report(groundTruth: String, predicted: String) -> Pose3DReport? {
        guard let all, all.frames > 0 else { return nil }
        var list = names.compactMap { name in
            groups[name].flatMap {
                $0.frames > 0 ? Pose3DReport.Group(name: name, frames: $0.frames, figures: $0.figures) : nil
            }
        }
        let mean = setProtocol.averagesGroups ? PoseFigures3D.mean(list.map(\.figures)) : nil
        list += activities.sorted { $0.key < $1.key }.filter { $0.value.frames > 0 }.map { activity, errors in
            Pose3DReport.Group(
                name: Self.activityNames[activity - 1], frames: errors.frames, figures: errors.figures)
        }
        // One nameless take needs no row of its own.
        if list.count == 1, list[0].name.isEmpty { list = [] }
        let names = setProtocol.jointNames ?? (0..<all.joints).map { "joint \($0)" }
        let whole = allJoints?.figures
        return Pose3DReport(
            groundTruth: groundTruth, predicted: predicted, protocolName: setProtocol.rawValue, frames: all.frames,
            figures: mean ?? all.figures, averaging: mean == nil ? "all frames" : "mean over groups",
            alignment: "root joint \(setProtocol.root) of both", pckJoints: all.countedJoints.count,
            pckAllJoints: whole.map { ($0.pck150, $0.auc) }, groups: list,
            joints: zip(names, all.jointErrors).map { Pose3DReport.Joint(name: $0, mpjpe: $1) }, curve: all.curve,
            warnings: [])
    }
}
