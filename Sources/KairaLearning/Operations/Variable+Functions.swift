import KairaTensor

extension Variable {
    /// A backward rule of an activation: by its own kernel, or, where second derivatives are wanted, by its formula.
    static func slope(
        _ kernel: Int, _ g: Variable, _ x: Variable, p: Double = 0, q: Double = 0, formula: () -> Variable
    ) -> Variable {
        if g.records || x.records { return formula() }
        return Variable(Tensor.combining(kernel, g.value, x.value, p: p, q: q, for: "backward"))
    }

    /// e^x. dx = dy y.
    public func exp() -> Variable { Variable.record(value.exp(), [self], "exp", keeps: true) { g, y in [g * y] } }

    /// The natural logarithm. dx = dy / x.
    public func log() -> Variable { Variable.record(value.log(), [self], "log") { g in [g / self] } }

    /// The square root. dx = dy / 2y.
    public func squareRoot() -> Variable {
        Variable.record(value.squareRoot(), [self], "squareRoot", keeps: true) { g, y in [g / (y * 2)] }
    }

    /// 1 / x. dx = -dy y^2.
    public func reciprocal() -> Variable {
        Variable.record(value.reciprocal(), [self], "reciprocal", keeps: true) { g, y in [-(g * y * y)] }
    }

    /// x^2. dx = 2 x dy.
    public func squared() -> Variable {
        Variable.record(value.squared(), [self], "squared") { g in [g * self * 2] }
    }

    /// x^p. dx = dy p x^(p - 1).
    public func power(_ p: Scalar) -> Variable {
        Variable.record(value.power(p), [self], "power") { g in [g * self.power(p - 1) * p] }
    }

    /// |x|. dx = dy sign x; 0 at 0.
    public func magnitude() -> Variable {
        Variable.record(value.magnitude(), [self], "magnitude") { g in [g * Variable(self.value.sign())] }
    }

    /// The sine. dx = dy cos x.
    public func sin() -> Variable { Variable.record(value.sin(), [self], "sin") { g in [g * self.cos()] } }

    /// The cosine. dx = -dy sin x.
    public func cos() -> Variable { Variable.record(value.cos(), [self], "cos") { g in [-(g * self.sin())] } }

    /// The error function. dx = dy 2 / sqrt pi e^(-x^2).
    public func erf() -> Variable {
        Variable.record(value.erf(), [self], "erf") { g in
            [g * (-self.squared()).exp() * (2 / Scalar.pi.squareRoot())]
        }
    }

    /// The hyperbolic tangent. dx = dy (1 - y^2).
    public func tanh() -> Variable {
        Variable.record(value.tanh(), [self], "tanh", keeps: true) { g, y in [Self.tanhSlope(g, y)] }
    }

    static func tanhSlope(_ g: Variable, _ y: Variable) -> Variable {
        slope(SlopeKernel.tanh, g, y) { g * (1 - y * y) }
    }

    /// 1 / (1 + e^-x). dx = dy y (1 - y).
    public func sigmoid() -> Variable {
        Variable.record(value.sigmoid(), [self], "sigmoid", keeps: true) { g, y in [Self.sigmoidSlope(g, y)] }
    }

    static func sigmoidSlope(_ g: Variable, _ y: Variable) -> Variable {
        slope(SlopeKernel.sigmoid, g, y) { g * y * (1 - y) }
    }

    /// max(x, 0). dx = dy where x > 0, else 0.
    public func relu() -> Variable {
        Variable.record(value.relu(), [self], "relu", keeps: true) { g, y in [Self.reluSlope(g, y)] }
    }

    static func reluSlope(_ g: Variable, _ y: Variable) -> Variable {
        slope(SlopeKernel.relu, g, y) { g * Variable(y.value.isGreater(than: Tensor(0))) }
    }

    /// x where it is positive, else slope * x.
    public func leakyReLU(slope factor: Scalar = 0.01) -> Variable {
        Variable.record(value.leakyReLU(slope: factor), [self], "leakyReLU") { g in
            [
                Self.slope(SlopeKernel.leaky, g, self, p: factor.doubleValue) {
                    let positive = self.value.isGreater(than: Tensor(0))
                    return g * Variable(positive + (1 - positive) * factor)
                }
            ]
        }
    }

    /// x / (1 + e^-x). dx = dy (s + y (1 - s)) with s the sigmoid.
    public func swish() -> Variable {
        Variable.record(value.swish(), [self], "swish") { g in [Self.swishSlope(g, self)] }
    }

    static func swishSlope(_ g: Variable, _ x: Variable) -> Variable {
        slope(SlopeKernel.swish, g, x) {
            let s = x.sigmoid()
            return g * (s + x * s * (1 - s))
        }
    }

    /// x Phi(x), with the normal distribution function. dx = dy (Phi(x) + x phi(x)).
    public func gelu() -> Variable {
        Variable.record(value.gelu(), [self], "gelu") { g in [Self.geluSlope(g, self)] }
    }

    static func geluSlope(_ g: Variable, _ x: Variable) -> Variable {
        slope(SlopeKernel.gelu, g, x) {
            let below = ((x * Scalar(0.5).squareRoot()).erf() + 1) * 0.5
            let density = (x.squared() * -0.5).exp() * (1 / (2 * Scalar.pi).squareRoot())
            return g * (below + x * density)
        }
    }

    /// ln(1 + e^x). dx = dy / (1 + e^-x).
    public func softplus() -> Variable {
        Variable.record(value.softplus(), [self], "softplus") { g in [g * self.sigmoid()] }
    }

    /// 0 where x < 0, else 1. Its slope is 0 wherever it has one, so that nothing is learnt through it.
    public func step() -> Variable { Variable(value.step()) }

    /// x held to a range. dx = dy inside, 0 outside.
    public func clamped(to range: ClosedRange<Scalar>) -> Variable {
        Variable.record(value.clamped(to: range), [self], "clamped") { g in
            [
                Self.slope(
                    SlopeKernel.clamp, g, self, p: range.lowerBound.doubleValue,
                    q: range.upperBound.doubleValue
                ) {
                    let inside =
                        self.value.isAtLeast(Tensor(range.lowerBound))
                        * Tensor(range.upperBound).isAtLeast(self.value)
                    return g * Variable(inside)
                }
            ]
        }
    }
}
