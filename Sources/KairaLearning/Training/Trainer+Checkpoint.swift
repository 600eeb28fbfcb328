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

    private var ruleName: String { "\(Rule.self)" }
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
                "the check-point was made with other settings (\(record.settings), \(record.optimizer), "
                    + "\(record.schedule)) than these (\(settings), \(ruleName), \(scheduleName)): use the same, or "
                    + "begin anew without it")
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
}
