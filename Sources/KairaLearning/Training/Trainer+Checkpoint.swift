import Foundation
import KairaTensor

extension Trainer {
    private static var key: String { "kaira.checkpoint" }
    private static var format: String { "kaira.checkpoint/1" }

    private struct Record: Codable {
        var format: String
        var settings: TrainingSettings
        var optimizer: String
        var schedule: String
        var position: Position
        var random: RandomGenerator
        var history: [EpochMetrics]
        var bestEpoch: Int?
        var bestLoss: Double?
    }

    private var ruleName: String { optimizer.state.metadata["optimizer"] ?? "\(Rule.self)" }
    private var scheduleName: String { schedule.map { "\($0)" } ?? "none" }

    /// The training as a file of safetensors: weights, what the optimiser remembers, the best network so far, and in the
    /// metadata where it stands. A training that goes on from it comes to the same bits as one that was never stopped.
    ///
    /// - Throws: `LearningError.state` where a figure of the history cannot be written.
    public func checkpoint() throws(LearningError) -> [UInt8] {
        var all = StateDictionary<Float>()
        all.merge(model.state, prefix: "model.")
        all.merge(optimizer.state, prefix: "optimizer.")
        if let best { all.merge(best.model, prefix: "best.") }
        let record = Record(
            format: Self.format, settings: settings, optimizer: ruleName, schedule: scheduleName, position: position,
            random: random, history: history, bestEpoch: best?.epoch, bestLoss: best?.loss)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { all.metadata[Self.key] = String(decoding: try encoder.encode(record), as: UTF8.self) } catch {
            throw .state("the training cannot be described: \(error)")
        }
        return all.safetensors()
    }

    /// Takes up a training from a check-point.
    ///
    /// - Throws: `LearningError.data` where the bytes are no check-point; `.configuration` where it was made with other
    ///   settings, another optimiser or schedule (more epochs are welcome where no schedule depends on them); `.state`
    ///   where its weights do not fit the model. The trainer is then as it was.
    public mutating func resume(from bytes: [UInt8]) throws(LearningError) {
        let all: StateDictionary<Float>
        do { all = try StateDictionary<Float>(bytes: bytes) } catch { throw .data("\(error)") }
        guard let text = all.metadata[Self.key] else {
            throw .data("the file is no check-point of a training: its metadata lacks \"\(Self.key)\"")
        }
        let record: Record
        do { record = try JSONDecoder().decode(Record.self, from: Data(text.utf8)) } catch {
            throw .data("\"\(Self.key)\" in the check-point's metadata is damaged: \(error)")
        }
        guard record.format == Self.format else {
            throw .data("a check-point of format \"\(record.format.prefix(40))\"; this version reads \(Self.format)")
        }
        var wanted = settings
        if schedule == nil { wanted.epochs = record.settings.epochs }
        guard record.settings == wanted, record.optimizer == ruleName, record.schedule == scheduleName else {
            throw .configuration(
                "the check-point was made with other settings (\(differences(record, wanted))): use the same, or begin "
                    + "anew without it")
        }
        let place = record.position
        let sensible = 0...1 << 48
        guard sensible ~= place.step, sensible ~= place.examples, sensible ~= place.right,
            place.epoch == record.history.count, place.epoch <= record.settings.epochs,
            record.bestEpoch.map({ 0...place.epoch ~= $0 }) ?? true
        else { throw .data("the check-point stands nowhere: epoch \(place.epoch), step \(place.step)") }
        var next = self
        try next.model.load(all.part(prefix: "model."))
        try next.optimizer.load(all.part(prefix: "optimizer."))
        try next.optimizer.check(against: next.model)
        (next.position, next.random, next.history) = (record.position, record.random, record.history)
        if let epoch = record.bestEpoch, let loss = record.bestLoss {
            // Whether it fits the model shows when it is put in.
            let state = all.part(prefix: "best.")
            var probe = next.model
            try probe.load(state)
            next.best = Best(epoch: epoch, loss: loss, model: state)
        }
        self = next
    }

    /// What a check-point's settings are where they differ, and what they should be.
    private func differences(_ record: Record, _ wanted: TrainingSettings) -> String {
        var pairs = zip(Mirror(reflecting: record.settings).children, Mirror(reflecting: wanted).children).map {
            ($0.label ?? "", Self.words($0.value), Self.words($1.value))
        }
        pairs.append(("optimizer", record.optimizer, ruleName))
        // A schedule follows from the rest as a rule: it is named where nothing else tells the two apart.
        if pairs.allSatisfy({ $0.1 == $0.2 }) { pairs.append(("schedule", record.schedule, scheduleName)) }
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) instead of \($0.2)" }.joined(separator: ", ")
    }

    private static func words(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return "\(value)" }
        return mirror.children.first.map { "\($0.value)" } ?? "none"
    }
}
