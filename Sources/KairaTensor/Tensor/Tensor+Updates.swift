import CKairaKernels

/// The kernels of backward rules: two operands, the first being the gradient of the result.
package enum SlopeKernel {
    package static let relu = KAIRA_BINARY_RELU_SLOPE
    package static let sigmoid = KAIRA_BINARY_SIGMOID_SLOPE
    package static let tanh = KAIRA_BINARY_TANH_SLOPE
    package static let swish = KAIRA_BINARY_SWISH_SLOPE
    package static let gelu = KAIRA_BINARY_GELU_SLOPE
    package static let clamp = KAIRA_BINARY_CLAMP_SLOPE
    package static let leaky = KAIRA_BINARY_LEAKY_SLOPE
}

extension Tensor where Scalar: TensorReal {
    /// One step of gradient descent on this tensor, in place.
    package mutating func descend(
        along gradient: Tensor, rate: Double, momentum: Double, decay: Double, nesterov: Bool, velocity: inout Tensor?
    ) {
        makeWritable()
        let g = gradient.contiguous(), isFirst = velocity == nil
        require(
            gradient.shape == shape && (velocity == nil || velocity?.shape == shape),
            "a step of shape \(gradient.shape), velocity \(velocity?.shape ?? []), for a parameter of shape \(shape)")
        if momentum != 0 {
            if isFirst { velocity = Tensor(zeros: shape) }
            velocity?.makeWritable()
        }
        unsafe kaira_sgd_step(
            Scalar.kernelType, Int64(count), rate, momentum, decay, nesterov ? 1 : 0, isFirst ? 1 : 0, g.base,
            momentum != 0 ? velocity.map { unsafe UnsafeMutableRawPointer($0.base) } : nil, base)
        withExtendedLifetime(velocity) {}
    }

    /// One step of Adam on this tensor, in place; `c1` and `c2` are 1 - beta^t.
    package mutating func adam(
        along gradient: Tensor, rate: Double, betas: (Double, Double), epsilon: Double, decay: Double, decoupled: Bool,
        corrections: (Double, Double), first: inout Tensor, second: inout Tensor
    ) {
        require(
            gradient.shape == shape && first.shape == shape && second.shape == shape,
            "moments of shapes \(first.shape) and \(second.shape) and a gradient of shape \(gradient.shape) for a "
                + "parameter of shape \(shape)")
        makeWritable()
        first.makeWritable()
        second.makeWritable()
        let g = gradient.contiguous()
        unsafe kaira_adam_step(
            Scalar.kernelType, Int64(count), rate, betas.0, betas.1, epsilon, decay, decoupled ? 1 : 0, corrections.0,
            corrections.1, g.base, first.base, second.base, base)
    }

    /// self += factor (other - self), in place.
    package mutating func blend(towards other: Tensor, factor: Double) {
        require(shape == other.shape, "blend: shapes \(shape) and \(other.shape) do not go together")
        makeWritable()
        let x = other.contiguous()
        unsafe kaira_blend(Scalar.kernelType, Int64(count), factor, x.base, base)
    }
}
