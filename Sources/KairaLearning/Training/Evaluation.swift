import KairaTensor

/// How well a network answers on a set of examples.
public struct Evaluation: Sendable, Hashable {
    /// The mean loss.
    public var loss: Double
    /// The share of right answers; nil where targets are numbers.
    public var accuracy: Double?
    /// The class that each example was taken for, in the set's order; empty where targets are numbers.
    public var predictions: [Int]
    /// How sure the network was of that, 0 to 1.
    public var confidences: [Double]
    /// The sums of the last layer, row by row.
    public var outputs: [Double]

    /// How often each class (row) was taken for each (column).
    ///
    /// - Parameters:
    ///   - labels: the right classes, in the order of the predictions.
    ///   - classes: how many there are.
    /// - Returns: a row a class.
    public func confusion(labels: [Int], classes: Int) -> [[Int]] {
        var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (label, prediction) in zip(labels, predictions) { counts[label][prediction] += 1 }
        return counts
    }
}

extension Layer where Scalar == Float {
    /// Asks the network about every example of a set, in batches, without touching its weights or statistics.
    ///
    /// - Parameters:
    ///   - set: what is asked.
    ///   - task: what the network answers.
    ///   - batchSize: how many at a time; the result does not depend on it but for rounding.
    /// - Returns: loss, answers and how many were right.
    /// - Throws: `LearningError.emptySet`; `.shape` where outputs and targets do not go together.
    public func evaluate(on set: DataSet, task: LearningTask, batchSize: Int = 500) throws(LearningError) -> Evaluation
    {
        guard set.count > 0 else { throw .emptySet(set.name) }
        var result = Evaluation(loss: 0, accuracy: nil, predictions: [], confidences: [], outputs: [])
        var right = 0
        for start in stride(from: 0, to: set.count, by: max(batchSize, 1)) {
            let batch = set.batch(start..<min(start + max(batchSize, 1), set.count))
            let sums = self(batch.inputs).value
            let values = sums.values.map(Double.init), width = values.count / batch.count
            try task.check(width: width, for: set)
            for i in 0..<batch.count {
                let row = Array(values[i * width..<(i + 1) * width])
                if let wanted = batch.values {
                    let targets = (0..<width).map { Double(wanted[i, $0]) }
                    result.loss += task.lossValue(sums: row, targets: targets)
                    continue
                }
                let label = batch.labels[i], shares = task.outputs(of: row)
                let (prediction, confidence): (Int, Double)
                if task == .binaryClassification {
                    result.loss += task.lossValue(sums: row, targets: [Double(label)])
                    (prediction, confidence) = shares[0] > 0.5 ? (1, shares[0]) : (0, 1 - shares[0])
                } else {
                    result.loss += task.lossValue(
                        sums: row, targets: (0..<width).map { $0 == label ? 1 : 0 })
                    prediction = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
                    confidence = shares[prediction]
                }
                result.predictions.append(prediction)
                result.confidences.append(confidence)
                if prediction == label { right += 1 }
            }
            result.outputs += values
        }
        result.loss /= Double(set.count)
        if !result.predictions.isEmpty { result.accuracy = Double(right) / Double(set.count) }
        return result
    }
}

extension LearningTask {
    /// Throws where a network with `width` outputs cannot answer what a set asks.
    func check(width: Int, for set: DataSet) throws(LearningError) {
        switch (set.targets, self) {
        case (.values(_, let wide), .regression):
            guard wide == width else { throw .shape("\(width) outputs for \(wide) target values in \(set.name)") }
        case (.classes(_, let names), .binaryClassification):
            guard names.count == 2, width == 1 else {
                throw .shape("\(width) outputs and \(names.count) classes in \(set.name); yes or no takes 1 and 2")
            }
        case (.classes(_, let names), .multiclassClassification):
            guard names.count == width else {
                throw .shape("\(width) outputs for \(names.count) classes in \(set.name)")
            }
        case (.values, _), (.classes, .regression):
            throw .configuration(
                "\(rawValue) with the targets of \(set.name): numbers are for a regression, classes not")
        }
    }
}
