import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// `[batch, channels, area]` of a tensor `[batch, channels, ...]`.
    package var channelSizes: (batch: Int64, channels: Int64, area: Int64) {
        require(rank >= 2, "shape \(shape) has no axis of channels")
        return (Int64(shape[0]), Int64(shape[1]), Int64(shape.dropFirst(2).reduce(1, *)))
    }

    /// Mean and variance (divided by n) of each channel.
    package func channelMoments() -> (mean: Tensor, variance: Tensor) {
        let x = contiguous(), s = channelSizes
        let mean = Tensor(unset: [Int(s.channels)]), variance = Tensor(unset: [Int(s.channels)])
        unsafe kaira_channel_moments(
            Scalar.kernelType, s.batch, s.channels, s.area, x.base, mean.base, variance.base)
        return (mean, variance)
    }

    /// x * scale + shift by channel.
    package func channelAffine(scale: Tensor, shift: Tensor, relu: Bool = false) -> Tensor {
        let x = contiguous(), s = channelSizes, y = Tensor(unset: shape)
        unsafe kaira_channel_affine(
            Scalar.kernelType, s.batch, s.channels, s.area, x.base, scale.base, shift.base, relu ? 1 : 0, y.base)
        return y
    }

    /// Per channel: the sum of dy, and of dy * (x - mean) * inverse.
    package func channelSums(_ dy: Tensor, mean: Tensor, inverse: Tensor) -> (sum: Tensor, product: Tensor) {
        let x = contiguous(), dy = dy.contiguous(), s = channelSizes
        let sum = Tensor(unset: [Int(s.channels)]), product = Tensor(unset: [Int(s.channels)])
        unsafe kaira_channel_sums(
            Scalar.kernelType, s.batch, s.channels, s.area, x.base, dy.base, mean.base, inverse.base, sum.base,
            product.base)
        return (sum, product)
    }

    /// a dy + b x + c by channel.
    package func channelCombined(_ dy: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor {
        let x = contiguous(), dy = dy.contiguous(), s = channelSizes, dx = Tensor(unset: shape)
        unsafe kaira_channel_combine(
            Scalar.kernelType, s.batch, s.channels, s.area, dy.base, x.base, a.base, b.base, c.base, dx.base)
        return dx
    }
}
