import KairaTensor

extension Variable {
    private static func product(
        _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ precision: ProductPrecision
    ) -> Tensor<Scalar> {
        var before: Tensor<Scalar>?
        return Tensor.product(a, b, halves: precision == .bfloat16, before: &before)
    }

    /// The matrix product of the last two axes, the others broadcast. C = AB: dA = dC B^T, dB = A^T dC.
    public func matmul(_ other: Variable, precision: ProductPrecision = .full) -> Variable {
        Variable.record(Self.product(value, other.value, precision), [self, other], "matmul") { g in
            [
                self.isTracked
                    ? g.matmul(other.transposed(), precision: precision).summed(to: self.shape) : nil,
                other.isTracked ? self.leftGradient(g, for: other.shape, precision) : nil,
            ]
        }
    }

    /// A^T dC. With one right matrix for many left ones, these are one long one.
    private func leftGradient(_ g: Variable, for shape: [Int], _ precision: ProductPrecision) -> Variable {
        if shape.count == 2, rank > 2 {
            let a = reshaped([-1, self.shape[rank - 1]]), d = g.reshaped([-1, g.shape[g.rank - 1]])
            return a.transposed().matmul(d, precision: precision)
        }
        return transposed().matmul(g, precision: precision).summed(to: shape)
    }

    /// activation(x W^T + b), x' = Wx + b of equation 1.17 for rows x: `weight` is `[outputs, inputs]`.
    ///
    /// With D the gradient before the activation: dX = D W, dW = D^T X, db = the sum of D's rows.
    public func affine(
        _ weight: Variable, _ bias: Variable? = nil, activation: Activation = .identity,
        precision: ProductPrecision = .full
    ) -> Variable {
        require(
            rank >= 1 && weight.rank == 2 && shape[rank - 1] == weight.shape[1],
            "affine: rows of shape \(shape) and weights of shape \(weight.shape) do not go together")
        guard rank == 2 else {
            let rows = reshaped([-1, shape[rank - 1]])
            return rows.affine(weight, bias, activation: activation, precision: precision)
                .reshaped(Array(shape.dropLast()) + [weight.shape[0]])
        }
        guard let finish = activation.finish else {
            return activation(affine(weight, bias, precision: precision))
        }
        let records = self.records || weight.records || bias?.records == true
        var before: Tensor<Scalar>? = activation == .gelu && records ? .placeholder : nil
        let y = Tensor.product(
            value, weight.value.transposed(), bias: bias?.value, finish: finish, halves: precision == .bfloat16,
            before: &before)
        let inputs = bias.map { [self, weight, $0] } ?? [self, weight]
        return Variable.record(y, inputs, "affine", keeps: activation != .identity && activation != .gelu) {
            [before] g, y in
            let d: Variable
            switch activation {
            case .relu: d = Self.reluSlope(g, y)
            case .sigmoid: d = Self.sigmoidSlope(g, y)
            case .tanh: d = Self.tanhSlope(g, y)
            case .gelu:
                if let before, !g.records, !self.records, !weight.records {
                    d = Self.geluSlope(g, Variable(before))
                } else {
                    d = Self.geluSlope(g, self.affine(weight, bias, precision: precision))
                }
            default: d = g
            }
            return [
                self.isTracked ? d.matmul(weight, precision: precision) : nil,
                weight.isTracked ? d.transposed().matmul(self, precision: precision) : nil,
                bias?.isTracked == true ? d.sum(axes: [0]) : nil,
            ]
        }
    }
}
