import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// Rows of the last axis: how many, and how long.
    package var rowsAndWidth: (Int64, Int64) {
        require(rank > 0, "a single number has no rows")
        return (Int64(shape.dropLast().reduce(1, *)), Int64(shape[rank - 1]))
    }

    /// e^x / sum e^x along the last axis (equation 1.5 of the study); the largest value is taken off first.
    public func softmax() -> Tensor {
        let x = contiguous(), y = Tensor(unset: shape), (rows, width) = rowsAndWidth
        unsafe kaira_softmax(Scalar.kernelType, rows, width, x.base, y.base)
        return y
    }

    /// ln softmax along the last axis: x - max - ln sum e^(x - max).
    public func logSoftmax() -> Tensor {
        let x = contiguous(), y = Tensor(unset: shape), (rows, width) = rowsAndWidth
        unsafe kaira_log_softmax(Scalar.kernelType, rows, width, x.base, y.base)
        return y
    }

    /// The gradient of softmax, from its result: y (dy - sum dy y).
    package static func softmaxSlope(_ y: Tensor, _ dy: Tensor) -> Tensor {
        let y = y.contiguous(), dy = dy.contiguous(), dx = Tensor(unset: y.shape), (rows, width) = y.rowsAndWidth
        unsafe kaira_softmax_slope(Scalar.kernelType, rows, width, y.base, dy.base, dx.base)
        return dx
    }

    /// The gradient of logSoftmax, from its result: dy - e^y sum dy.
    package static func logSoftmaxSlope(_ y: Tensor, _ dy: Tensor) -> Tensor {
        let y = y.contiguous(), dy = dy.contiguous(), dx = Tensor(unset: y.shape), (rows, width) = y.rowsAndWidth
        unsafe kaira_log_softmax_slope(Scalar.kernelType, rows, width, y.base, dy.base, dx.base)
        return dx
    }

    /// Cross entropy of each row against its label, and `scale` times its gradient for the logits.
    package func crossEntropy(labels: [Int32], smoothing: Double, scale: Double) -> (losses: Tensor, gradient: Tensor) {
        let x = contiguous(), (rows, classes) = rowsAndWidth
        require(labels.count == Int(rows), "\(labels.count) labels for logits of shape \(shape)")
        let losses = Tensor(unset: [labels.count]), gradient = Tensor(unset: shape)
        unsafe labels.withUnsafeBufferPointer { list in
            guard let list = list.baseAddress else { return }
            unsafe kaira_cross_entropy(
                Scalar.kernelType, rows, classes, x.base, list, smoothing, scale, losses.base, gradient.base)
        }
        return (losses, gradient)
    }

    /// (x - mean) / sqrt(variance + epsilon) * gain + bias over the last axis; the variance is divided by n.
    public func layerNorm(gain: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5) -> Tensor {
        layerNormParts(gain: gain, bias: bias, epsilon: epsilon).y
    }

    package func layerNormParts(
        gain: Tensor?, bias: Tensor?, epsilon: Double
    ) -> (y: Tensor, mean: Tensor, inverse: Tensor) {
        let x = contiguous(), (rows, width) = rowsAndWidth, g = gain?.contiguous(), b = bias?.contiguous()
        for part in [g, b] {
            if let part {
                require(
                    part.shape == [Int(width)], "layerNorm: gain or bias of shape \(part.shape) for \(shape)")
            }
        }
        let y = Tensor(unset: shape), mean = Tensor(unset: [Int(rows)]), inverse = Tensor(unset: [Int(rows)])
        unsafe kaira_layer_norm(
            Scalar.kernelType, rows, width, epsilon, x.base, g.map { unsafe UnsafeRawPointer($0.base) },
            b.map { unsafe UnsafeRawPointer($0.base) }, y.base, mean.base, inverse.base)
        // Gain and bias have to outlive the call.
        return withExtendedLifetime((g, b)) { (y, mean, inverse) }
    }

    /// The gradients of layerNorm for x, gain and bias.
    package static func layerNormSlope(
        _ x: Tensor, gain: Tensor?, mean: Tensor, inverse: Tensor, _ dy: Tensor
    ) -> (dx: Tensor, dgain: Tensor, dbias: Tensor) {
        let x = x.contiguous(), dy = dy.contiguous(), g = gain?.contiguous(), (rows, width) = x.rowsAndWidth
        let dx = Tensor(unset: x.shape), dgain = Tensor(unset: [Int(width)]), dbias = Tensor(unset: [Int(width)])
        unsafe kaira_layer_norm_slope(
            Scalar.kernelType, rows, width, x.base, g.map { unsafe UnsafeRawPointer($0.base) }, mean.base,
            inverse.base, dy.base, dx.base, dgain.base, dbias.base)
        return withExtendedLifetime(g) { (dx, dgain, dbias) }
    }

    /// Adds rows to the rows of this tensor that the indices name, in order; they may repeat. Indices are checked.
    package mutating func addRows(_ rows: Tensor, at indices: [Int32]) {
        makeWritable()
        let x = rows.contiguous(), width = shape.dropFirst().reduce(1, *)
        unsafe indices.withUnsafeBufferPointer { list in
            guard let list = list.baseAddress, width > 0 else { return }
            unsafe kaira_add_rows(Scalar.kernelType, Int64(indices.count), Int64(width), list, x.base, base)
        }
    }
}
