import KairaTensor

// Correlation is linear in pictures and in weights, so its rules are one another's: y = x * w; the gradient for x is dy
// correlated with the turned weights, that for w is x correlated with dy.
extension Variable {
    /// Correlation of pictures `[batch, channels, height, width]` with weights `[out, channels / groups, kh, kw]`.
    public func conv2d(
        _ weights: Variable, bias: Variable? = nil, window: WindowShape, groups: Int = 1, relu: Bool = false
    ) -> Variable {
        let inputs = bias.map { [self, weights, $0] } ?? [self, weights]
        let y = value.conv2d(weights.value, bias: bias?.value, window: window, groups: groups, relu: relu)
        return Variable.record(y, inputs, "conv2d", keeps: relu) { g, y in
            let d = relu ? Self.reluSlope(g, y) : g
            return [
                self.isTracked
                    ? Self.conv2dInputSlope(weights, d, picture: self.shape, window: window, groups: groups) : nil,
                weights.isTracked
                    ? Self.conv2dWeightSlope(self, d, weights: weights.shape, window: window, groups: groups) : nil,
                bias?.isTracked == true ? d.sum(axes: [0, 2, 3]) : nil,
            ]
        }
    }

    private static func conv2dInputSlope(
        _ weights: Variable, _ d: Variable, picture: [Int], window: WindowShape, groups: Int
    ) -> Variable {
        let dx = Tensor.conv2dInputSlope(weights.value, d.value, picture: picture, window: window, groups: groups)
        return record(dx, [weights, d], "conv2dInputSlope") { g in
            [
                weights.isTracked
                    ? conv2dWeightSlope(g, d, weights: weights.shape, window: window, groups: groups) : nil,
                d.isTracked ? g.conv2d(weights, window: window, groups: groups) : nil,
            ]
        }
    }

    private static func conv2dWeightSlope(
        _ x: Variable, _ d: Variable, weights: [Int], window: WindowShape, groups: Int
    ) -> Variable {
        let dw = Tensor.conv2dWeightSlope(x.value, d.value, weights: weights, window: window, groups: groups)
        return record(dw, [x, d], "conv2dWeightSlope") { g in
            [
                x.isTracked ? conv2dInputSlope(g, d, picture: x.shape, window: window, groups: groups) : nil,
                d.isTracked ? x.conv2d(g, window: window, groups: groups) : nil,
            ]
        }
    }

    /// Transposed convolution of `[batch, in, height, width]` with weights `[in, out / groups, kh, kw]`.
    public func convTranspose2d(
        _ weights: Variable, bias: Variable? = nil, window: WindowShape, outputPadding: (Int, Int) = (0, 0),
        groups: Int = 1
    ) -> Variable {
        let picture = window.transposedPicture(
            shape, weights: weights.shape, outputPadding: outputPadding, groups: groups)
        let y = Self.conv2dInputSlope(weights, self, picture: picture, window: window, groups: groups)
        guard let bias else { return y }
        return y + bias.reshaped([1, -1, 1, 1])
    }

    /// The largest value of each window; its gradient goes to the first largest.
    public func maxPool2d(_ window: WindowShape) -> Variable {
        let (y, places) = value.maxPool2dPlaces(window), picture = shape
        return Variable.record(y, [self], "maxPool2d") { g in [g.spread(to: places, picture, window)] }
    }

    private func spread(to places: Tensor<Int32>, _ picture: [Int], _ window: WindowShape) -> Variable {
        let dx = Tensor.maxPool2dSlope(places, value, picture: picture, window: window)
        return Variable.record(dx, [self], "maxPool2dSlope") { g in [g.picked(at: places, picture, window)] }
    }

    private func picked(at places: Tensor<Int32>, _ picture: [Int], _ window: WindowShape) -> Variable {
        Variable.record(value.maxPool2dPick(places, window: window), [self], "maxPool2dPick") { g in
            [g.spread(to: places, picture, window)]
        }
    }

    /// The mean of each window; padding counts as zeros. Its gradient is shared evenly.
    public func averagePool2d(_ window: WindowShape) -> Variable {
        let picture = shape
        return Variable.record(value.averagePool2d(window), [self], "averagePool2d") { g in
            [g.averageSpread(picture, window)]
        }
    }

    private func averageSpread(_ picture: [Int], _ window: WindowShape) -> Variable {
        let dx = Tensor.averagePool2dSlope(value, picture: picture, window: window)
        return Variable.record(dx, [self], "averagePool2dSlope") { g in [g.averagePool2d(window)] }
    }
}
