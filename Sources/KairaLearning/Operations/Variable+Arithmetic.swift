import KairaTensor

// d(a + b) = da + db, d(ab) = b da + a db, d(a/b) = (da - (a/b) db)/b. What was broadcast is summed back.
extension Variable {
    /// Sum, element by element, broadcast.
    public static func + (a: Variable, b: Variable) -> Variable {
        let (s, t) = (a.shape, b.shape)
        return record(a.value + b.value, [a, b], "+") { [p = a.isTracked, q = b.isTracked] g in
            [p ? g.summed(to: s) : nil, q ? g.summed(to: t) : nil]
        }
    }

    /// Difference, element by element, broadcast.
    public static func - (a: Variable, b: Variable) -> Variable {
        let (s, t) = (a.shape, b.shape)
        return record(a.value - b.value, [a, b], "-") { [p = a.isTracked, q = b.isTracked] g in
            [p ? g.summed(to: s) : nil, q ? (-g).summed(to: t) : nil]
        }
    }

    /// Product, element by element, broadcast.
    public static func * (a: Variable, b: Variable) -> Variable {
        record(a.value * b.value, [a, b], "*") { g in
            [
                a.isTracked ? (g * b).summed(to: a.shape) : nil,
                b.isTracked ? (g * a).summed(to: b.shape) : nil,
            ]
        }
    }

    /// Quotient, element by element, broadcast.
    public static func / (a: Variable, b: Variable) -> Variable {
        record(a.value / b.value, [a, b], "/") { g in
            let d = g / b
            return [
                a.isTracked ? d.summed(to: a.shape) : nil,
                b.isTracked ? (-(d * (a / b))).summed(to: b.shape) : nil,
            ]
        }
    }

    /// The negative.
    public static prefix func - (a: Variable) -> Variable { a.scaled(-1) }
    /// Adds to every element.
    public static func + (a: Variable, b: Scalar) -> Variable { a.scaled(1, plus: b) }
    /// Adds to every element.
    public static func + (a: Scalar, b: Variable) -> Variable { b.scaled(1, plus: a) }
    /// Subtracts from every element.
    public static func - (a: Variable, b: Scalar) -> Variable { a.scaled(1, plus: -b) }
    /// Subtracts every element.
    public static func - (a: Scalar, b: Variable) -> Variable { b.scaled(-1, plus: a) }
    /// Multiplies every element.
    public static func * (a: Variable, b: Scalar) -> Variable { a.scaled(b) }
    /// Multiplies every element.
    public static func * (a: Scalar, b: Variable) -> Variable { b.scaled(a) }
    /// Divides every element.
    public static func / (a: Variable, b: Scalar) -> Variable { a / Variable(b) }
    /// Divides by every element.
    public static func / (a: Scalar, b: Variable) -> Variable { Variable(a) / b }
    /// Replaces the variable by the sum; what was recorded with the old one stays as it is.
    public static func += (a: inout Variable, b: Variable) { a = a + b }
    /// Replaces the variable by the difference.
    public static func -= (a: inout Variable, b: Variable) { a = a - b }
    /// Replaces the variable by the product.
    public static func *= (a: inout Variable, b: Variable) { a = a * b }

    /// factor * x + summand.
    public func scaled(_ factor: Scalar, plus summand: Scalar = 0) -> Variable {
        Variable.record(value.scaled(factor, plus: summand), [self], "scaled") { g in [g.scaled(factor)] }
    }

    /// The larger of two, element by element, broadcast; equal ones share the gradient evenly.
    public static func maximum(_ a: Variable, _ b: Variable) -> Variable {
        record(Tensor.maximum(a.value, b.value), [a, b], "maximum") { g in
            let share = Tensor.shareOfLarger(a.value, b.value)
            return [
                (g * Variable(share)).summed(to: a.shape), (g * Variable(1 - share)).summed(to: b.shape),
            ]
        }
    }

    /// The smaller of two, element by element, broadcast; equal ones share the gradient evenly.
    public static func minimum(_ a: Variable, _ b: Variable) -> Variable { -maximum(-a, -b) }

    /// `a` where the condition is not 0, else `b`; broadcast.
    public static func select(_ condition: Tensor<Scalar>, _ a: Variable, _ b: Variable) -> Variable {
        record(Tensor.select(condition, a.value, b.value), [a, b], "select") { g in
            let zero = Variable(0)
            return [
                select(condition, g, zero).summed(to: a.shape), select(condition, zero, g).summed(to: b.shape),
            ]
        }
    }
}

extension Tensor where Scalar: TensorReal {
    /// 1 where a > b, 1/2 where they are equal, else 0.
    fileprivate static func shareOfLarger(_ a: Tensor, _ b: Tensor) -> Tensor {
        (a.isGreater(than: b) + a.isAtLeast(b)) * 0.5
    }
}
