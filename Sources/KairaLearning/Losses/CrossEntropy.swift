import KairaTensor

/// Cross entropy of logits `[batch, classes]` against labels, the mean over the batch (equations 1.7 to 1.9 of the study).
///
/// Stable: softmax and logarithm are one, a - max - ln sum e^(a - max). The gradient for the logits is (y - t) / batch.
///
/// - Parameters:
///   - logits: the last layer's results, before any softmax.
///   - labels: the right class of each row.
///   - smoothing: this share of each target is spread evenly over all classes (Szegedy et al. 2016).
/// - Returns: a number.
/// - Throws: `LearningError.labelOutOfRange`; `.emptySet` for a batch without rows.
public func crossEntropy<Scalar: TensorReal>(
    _ logits: Variable<Scalar>, labels: [Int], smoothing: Double = 0
) throws(LearningError) -> Variable<Scalar> {
    require(
        logits.rank == 2 && logits.shape[0] == labels.count,
        "crossEntropy: \(labels.count) labels for logits of shape \(logits.shape)")
    guard !labels.isEmpty else { throw .emptySet("the batch of a cross entropy") }
    let classes = logits.shape[1]
    for (place, label) in labels.enumerated() where label < 0 || label >= classes {
        throw .labelOutOfRange(label: label, classes: classes, at: place)
    }
    let (losses, gradient) = logits.value.crossEntropy(
        labels: labels.map { Int32($0) }, smoothing: smoothing, scale: 1 / Double(labels.count))
    return Variable.record(losses.mean(), [logits], "crossEntropy") { g in
        guard g.records || logits.records else { return [g * Variable(gradient)] }
        var targets = Tensor<Scalar>(oneHot: labels, classes: classes)
        if smoothing > 0 {
            targets = targets * Scalar(nearest: 1 - smoothing) + Scalar(nearest: smoothing / Double(classes))
        }
        return [g * (logits.softmax() - Variable(targets)) * Scalar(nearest: 1 / Double(labels.count))]
    }
}

/// Cross entropy of logits `[batch, classes]` against target distributions of the same shape, the mean over the batch.
///
/// - Throws: `LearningError.emptySet` for a batch without rows.
public func crossEntropy<Scalar: TensorReal>(
    _ logits: Variable<Scalar>, targets: Tensor<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    try crossEntropy(of: logits, "logits", targets) { $0.logSoftmax() }
}

/// The textbook's cross entropy of probabilities, -sum t ln(y + 1e-7), the mean over the batch.
///
/// The small number keeps ln 0 out; it also bends the loss of very sure results. `crossEntropy` needs none.
///
/// - Throws: `LearningError.emptySet` for a batch without rows.
public func textbookCrossEntropy<Scalar: TensorReal>(
    _ probabilities: Variable<Scalar>, targets: Tensor<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    try crossEntropy(of: probabilities, "probabilities", targets) { ($0 + Scalar(nearest: 1e-7)).log() }
}

/// -sum t ln y, the mean over rows, with ln y made of what is given by `logarithm`.
private func crossEntropy<Scalar: TensorReal>(
    of given: Variable<Scalar>, _ name: String, _ targets: Tensor<Scalar>,
    logarithm: (Variable<Scalar>) -> Variable<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    require(
        given.rank == 2 && given.shape == targets.shape,
        "crossEntropy: targets of shape \(targets.shape) for \(name) of shape \(given.shape)")
    guard given.shape[0] > 0 else { throw .emptySet("the batch of a cross entropy") }
    return (logarithm(given) * Variable(targets)).sum() * (-1 / Scalar(given.shape[0]))
}

/// Cross entropy of one logit a sample against targets in 0...1: max(x, 0) - x t + ln(1 + e^-|x|), the mean over all.
///
/// - Throws: `LearningError.emptySet` for a batch without values.
public func binaryCrossEntropy<Scalar: TensorReal>(
    logits: Variable<Scalar>, targets: Tensor<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    require(
        logits.shape == targets.shape,
        "binaryCrossEntropy: targets of shape \(targets.shape) for logits of shape \(logits.shape)")
    guard logits.count > 0 else { throw .emptySet("the batch of a binary cross entropy") }
    return (logits.softplus() - logits * Variable(targets)).mean()
}
