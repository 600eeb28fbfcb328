import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// op(x), element by element.
    package func applying(_ operation: Int, p: Double = 0, q: Double = 0) -> Tensor {
        let result = Tensor(unset: shape)
        var layout = kaira_layout(shape, strides)
        unsafe kaira_unary(Scalar.kernelType, Int32(operation), p, q, &layout, base, result.base)
        return result
    }

    /// op(a, b), broadcast.
    package static func combining(
        _ operation: Int, _ a: Tensor, _ b: Tensor, p: Double = 0, q: Double = 0, for what: String
    ) -> Tensor {
        let shape = broadcastShape(a.shape, b.shape, for: what)
        let result = Tensor(unset: shape), x = a.broadcast(to: shape), y = b.broadcast(to: shape)
        var layout = kaira_layout(shape, x.strides, y.strides)
        unsafe kaira_binary(Scalar.kernelType, Int32(operation), p, q, &layout, x.base, y.base, result.base)
        return result
    }

    /// Replaces the tensor by op(itself, other), in place where its memory is its own.
    package mutating func combine(_ operation: Int, _ other: Tensor, p: Double = 0, for what: String) {
        let shape = Self.broadcastShape(self.shape, other.shape, for: what)
        guard shape == self.shape else {
            self = Self.combining(operation, self, other, p: p, for: what)
            return
        }
        makeWritable()
        let y = other.broadcast(to: shape)
        var layout = kaira_layout(shape, strides, y.strides)
        unsafe kaira_binary(Scalar.kernelType, Int32(operation), p, 0, &layout, base, y.base, base)
    }

    /// Sum, element by element, broadcast.
    public static func + (a: Tensor, b: Tensor) -> Tensor { combining(KAIRA_BINARY_ADD, a, b, for: "+") }
    /// Difference, element by element, broadcast.
    public static func - (a: Tensor, b: Tensor) -> Tensor { combining(KAIRA_BINARY_SUBTRACT, a, b, for: "-") }
    /// Product, element by element, broadcast.
    public static func * (a: Tensor, b: Tensor) -> Tensor { combining(KAIRA_BINARY_MULTIPLY, a, b, for: "*") }
    /// Quotient, element by element, broadcast.
    public static func / (a: Tensor, b: Tensor) -> Tensor { combining(KAIRA_BINARY_DIVIDE, a, b, for: "/") }
    /// Adds to every element.
    public static func + (a: Tensor, b: Scalar) -> Tensor { a.scaled(1, plus: b) }
    /// Adds to every element.
    public static func + (a: Scalar, b: Tensor) -> Tensor { b.scaled(1, plus: a) }
    /// Subtracts from every element.
    public static func - (a: Tensor, b: Scalar) -> Tensor { a.scaled(1, plus: -b) }
    /// Subtracts every element.
    public static func - (a: Scalar, b: Tensor) -> Tensor { b.scaled(-1, plus: a) }
    /// Multiplies every element.
    public static func * (a: Tensor, b: Scalar) -> Tensor { a.scaled(b) }
    /// Multiplies every element.
    public static func * (a: Scalar, b: Tensor) -> Tensor { b.scaled(a) }
    /// Divides every element.
    public static func / (a: Tensor, b: Scalar) -> Tensor { a / Tensor(b) }
    /// Divides by every element.
    public static func / (a: Scalar, b: Tensor) -> Tensor { Tensor(a) / b }
    /// The negative of every element.
    public static prefix func - (a: Tensor) -> Tensor { a.applying(KAIRA_UNARY_NEGATE) }
    /// Adds in place.
    public static func += (a: inout Tensor, b: Tensor) { a.combine(KAIRA_BINARY_ADD, b, for: "+=") }
    /// Subtracts in place.
    public static func -= (a: inout Tensor, b: Tensor) { a.combine(KAIRA_BINARY_SUBTRACT, b, for: "-=") }
    /// Multiplies in place.
    public static func *= (a: inout Tensor, b: Tensor) { a.combine(KAIRA_BINARY_MULTIPLY, b, for: "*=") }
    /// Divides in place.
    public static func /= (a: inout Tensor, b: Tensor) { a.combine(KAIRA_BINARY_DIVIDE, b, for: "/=") }
    /// Multiplies every element in place.
    public static func *= (a: inout Tensor, b: Scalar) { a *= Tensor(b) }

    /// factor * x + summand.
    public func scaled(_ factor: Scalar, plus summand: Scalar = 0) -> Tensor {
        applying(KAIRA_UNARY_AFFINE, p: factor.doubleValue, q: summand.doubleValue)
    }

    /// The larger of two, element by element, broadcast; NaN where one is.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
        combining(KAIRA_BINARY_MAXIMUM, a, b, for: "maximum")
    }
    /// The smaller of two, element by element, broadcast; NaN where one is.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
        combining(KAIRA_BINARY_MINIMUM, a, b, for: "minimum")
    }
    /// 1 where x > other, else 0.
    public func isGreater(than other: Tensor) -> Tensor {
        Self.combining(KAIRA_BINARY_GREATER, self, other, for: "isGreater")
    }
    /// 1 where x >= other, else 0.
    public func isAtLeast(_ other: Tensor) -> Tensor {
        Self.combining(KAIRA_BINARY_GREATER_EQUAL, self, other, for: "isAtLeast")
    }
    /// 1 where x == other, else 0.
    public func isEqual(to other: Tensor) -> Tensor {
        Self.combining(KAIRA_BINARY_EQUAL, self, other, for: "isEqual")
    }
    /// `a` where the condition is not 0, else `b`; all three broadcast.
    public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let shape = broadcastShape(
            broadcastShape(condition.shape, a.shape, for: "select"), b.shape, for: "select")
        let result = Tensor(unset: shape), c = condition.broadcast(to: shape)
        let x = a.broadcast(to: shape), y = b.broadcast(to: shape)
        var layout = kaira_layout(shape, c.strides, x.strides, y.strides)
        unsafe kaira_select(Scalar.kernelType, &layout, c.base, x.base, y.base, result.base)
        return result
    }

    /// e^x.
    public func exp() -> Tensor { applying(KAIRA_UNARY_EXP) }
    /// The natural logarithm.
    public func log() -> Tensor { applying(KAIRA_UNARY_LOG) }
    /// The square root.
    public func squareRoot() -> Tensor { applying(KAIRA_UNARY_SQRT) }
    /// 1 / x.
    public func reciprocal() -> Tensor { applying(KAIRA_UNARY_RECIPROCAL) }
    /// x^2.
    public func squared() -> Tensor { applying(KAIRA_UNARY_SQUARE) }
    /// |x|.
    public func magnitude() -> Tensor { applying(KAIRA_UNARY_ABS) }
    /// -1, 0 or 1.
    public func sign() -> Tensor { applying(KAIRA_UNARY_SIGN) }
    /// The sine.
    public func sin() -> Tensor { applying(KAIRA_UNARY_SIN) }
    /// The cosine.
    public func cos() -> Tensor { applying(KAIRA_UNARY_COS) }
    /// The hyperbolic tangent.
    public func tanh() -> Tensor { applying(KAIRA_UNARY_TANH) }
    /// 1 / (1 + e^-x).
    public func sigmoid() -> Tensor { applying(KAIRA_UNARY_SIGMOID) }
    /// max(x, 0).
    public func relu() -> Tensor { applying(KAIRA_UNARY_RELU) }
    /// x / (1 + e^-x).
    public func swish() -> Tensor { applying(KAIRA_UNARY_SWISH) }
    /// x Phi(x), with the normal distribution function.
    public func gelu() -> Tensor { applying(KAIRA_UNARY_GELU) }
    /// ln(1 + e^x).
    public func softplus() -> Tensor { applying(KAIRA_UNARY_SOFTPLUS) }
    /// The error function.
    public func erf() -> Tensor { applying(KAIRA_UNARY_ERF) }
    /// 0 where x < 0, else 1: equation 1.4 of the study.
    public func step() -> Tensor { applying(KAIRA_UNARY_STEP) }
    /// x^p.
    public func power(_ p: Scalar) -> Tensor { applying(KAIRA_UNARY_POWER, p: p.doubleValue) }
    /// x held to a range.
    public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
        applying(
            KAIRA_UNARY_CLAMP, p: range.lowerBound.doubleValue, q: range.upperBound.doubleValue)
    }
    /// x where it is positive, else slope * x.
    public func leakyReLU(slope: Scalar = 0.01) -> Tensor {
        applying(KAIRA_UNARY_LEAKY, p: slope.doubleValue)
    }

    /// Whether no value is infinite or not a number.
    public var isFinite: Bool {
        let dense = contiguous()
        return unsafe kaira_all_finite(Scalar.kernelType, Int64(count), dense.base) != 0
    }
}
