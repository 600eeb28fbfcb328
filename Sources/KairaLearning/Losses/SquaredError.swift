import KairaTensor

/// Half the sum of squared differences (equation 1.6 of the study), the mean over the batch, which is the first axis.
///
/// - Throws: `LearningError.emptySet` for a batch without rows.
public func halfSquaredError<Scalar: TensorReal>(
    _ y: Variable<Scalar>, target: Tensor<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    require(
        y.shape == target.shape && y.rank > 0,
        "halfSquaredError: a target of shape \(target.shape) for results of shape \(y.shape)")
    guard y.shape[0] > 0 else { throw .emptySet("the batch of a squared error") }
    return (y - Variable(target)).squared().sum() * (0.5 / Scalar(y.shape[0]))
}

/// The mean of squared differences over all values.
///
/// - Throws: `LearningError.emptySet` where there are none.
public func meanSquaredError<Scalar: TensorReal>(
    _ y: Variable<Scalar>, target: Tensor<Scalar>
) throws(LearningError) -> Variable<Scalar> {
    require(
        y.shape == target.shape, "meanSquaredError: a target of shape \(target.shape) for results of shape \(y.shape)")
    guard y.count > 0 else { throw .emptySet("the batch of a squared error") }
    return (y - Variable(target)).squared().mean()
}
