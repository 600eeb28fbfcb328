import Foundation

/// What one round through the training examples came to; a line of JSON, schema `kaira.training/1`.
public struct EpochMetrics: Sendable, Hashable, Codable {
    /// Which round, from 1.
    public var epoch: Int
    /// Steps made since the beginning.
    public var steps: Int
    /// The learning rate of the last step.
    public var learningRate: Double
    /// The mean loss of the batches while learning, before each step.
    public var loss: Double
    /// The share of right answers while learning; nil for a regression.
    public var accuracy: Double?
    /// The mean length of the gradient, before clipping.
    public var gradientNorm: Double
    /// The loss on the validation set afterwards; nil without one.
    public var validationLoss: Double?
    /// The share of right answers on it.
    public var validationAccuracy: Double?
    /// Seconds that the epoch took, validation included; the one figure that differs from run to run.
    public var seconds: Double

    private enum CodingKeys: String, CodingKey {
        case epoch, steps, loss, accuracy, seconds
        case learningRate = "learning_rate"
        case gradientNorm = "gradient_norm"
        case validationLoss = "validation_loss"
        case validationAccuracy = "validation_accuracy"
    }

    private struct Line: Encodable {
        var metrics: EpochMetrics

        enum Key: String, CodingKey { case schema }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode("kaira.training/1", forKey: .schema)
            try metrics.encode(to: encoder)
        }
    }

    /// The metrics as one JSON object on one line, without a line end.
    ///
    /// - Throws: what the encoder throws where a number is not finite.
    public func jsonLine() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Line(metrics: self)), as: UTF8.self)
    }
}
