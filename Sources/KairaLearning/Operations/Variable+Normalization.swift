import KairaTensor

extension Variable {
    /// e^x / sum e^x along the last axis. dx = y (dy - sum dy y).
    public func softmax() -> Variable {
        Variable.record(value.softmax(), [self], "softmax", keeps: true) { g, y in
            if g.records || y.records { return [y * (g - (g * y).sum(axes: [-1], keepDims: true))] }
            return [Variable(Tensor.softmaxSlope(y.value, g.value))]
        }
    }

    /// ln softmax along the last axis. dx = dy - e^y sum dy.
    public func logSoftmax() -> Variable {
        Variable.record(value.logSoftmax(), [self], "logSoftmax", keeps: true) { g, y in
            if g.records || y.records { return [g - y.exp() * g.sum(axes: [-1], keepDims: true)] }
            return [Variable(Tensor.logSoftmaxSlope(y.value, g.value))]
        }
    }

    /// h gain + bias with h = (x - mean) / s, s = sqrt(variance + epsilon), over the last axis.
    ///
    /// dgain = sum dy h, dbias = sum dy, dx = (g dy - mean(g dy) - h mean(g dy h)) / s.
    public func layerNorm(gain: Variable? = nil, bias: Variable? = nil, epsilon: Double = 1e-5) -> Variable {
        let parts = value.layerNormParts(gain: gain?.value, bias: bias?.value, epsilon: epsilon)
        let inputs = [self] + [gain, bias].compactMap(\.self)
        return Variable.record(parts.y, inputs, "layerNorm") { g in
            if g.records || inputs.contains(where: \.records) {
                let mean = self.mean(axes: [-1], keepDims: true), centred = self - mean
                let s = (centred.squared().mean(axes: [-1], keepDims: true) + Scalar(epsilon)).squareRoot()
                let h = centred / s, d = gain.map { g * $0 } ?? g
                let rest = d.mean(axes: [-1], keepDims: true) + h * (d * h).mean(axes: [-1], keepDims: true)
                var result: [Variable?] = [(d - rest) / s]
                if let gain { result.append((g * h).summed(to: gain.shape)) }
                if let bias { result.append(g.summed(to: bias.shape)) }
                return result
            }
            let d = Tensor.layerNormSlope(
                self.value, gain: gain?.value, mean: parts.mean, inverse: parts.inverse, g.value)
            var result: [Variable?] = [Variable(d.dx)]
            if gain != nil { result.append(Variable(d.dgain)) }
            if bias != nil { result.append(Variable(d.dbias)) }
            return result
        }
    }

    /// The same over the batch and all places of each channel of `[batch, channels, ...]`, as in training.
    ///
    /// - Returns: the result, and each channel's mean and variance (divided by n).
    public func batchNorm(
        gain: Variable, bias: Variable, epsilon: Double = 1e-5
    ) -> (result: Variable, mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
        require(
            rank >= 2 && gain.shape == [shape[1]] && bias.shape == [shape[1]],
            "batchNorm: gain of shape \(gain.shape) and bias of shape \(bias.shape) for \(shape)")
        let (mean, variance) = value.channelMoments()
        let inverse = (variance + Scalar(epsilon)).squareRoot().reciprocal()
        let scale = inverse * gain.value
        let y = value.channelAffine(scale: scale, shift: bias.value - mean * scale)
        let x = self
        let result = Variable.record(y, [self, gain, bias], "batchNorm") { g in
            if g.records || x.records || gain.records {
                let axes = [0] + Array(2..<x.rank), spread = [1, -1] + [Int](repeating: 1, count: x.rank - 2)
                let centred = x - x.mean(axes: axes, keepDims: true)
                let s = (centred.squared().mean(axes: axes, keepDims: true) + Scalar(epsilon)).squareRoot()
                let h = centred / s, d = g * gain.reshaped(spread)
                let rest = d.mean(axes: axes, keepDims: true) + h * (d * h).mean(axes: axes, keepDims: true)
                return [(d - rest) / s, (g * h).sum(axes: axes), g.sum(axes: axes)]
            }
            let (sum, product) = x.value.channelSums(g.value, mean: mean, inverse: inverse)
            let n = Scalar(x.count / x.shape[1])
            // dx = scale (dy - sum/n - h product/n), h = (x - mean) inverse.
            let b = -(scale * inverse * product) / n
            let c = -(scale * sum) / n - b * mean
            return [
                Variable(x.value.channelCombined(g.value, a: scale, b: b, c: c)), Variable(product), Variable(sum),
            ]
        }
        return (result, mean, variance)
    }

    /// x * scale + shift by channel of `[batch, channels, ...]`.
    public func channelAffine(scale: Variable, shift: Variable) -> Variable {
        let spread = [1, -1] + [Int](repeating: 1, count: rank - 2)
        return self * scale.reshaped(spread) + shift.reshaped(spread)
    }
}
