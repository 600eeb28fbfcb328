import KairaTensor

/// How far a function's gradients are from central differences.
public struct GradientCheck: Sendable, CustomStringConvertible {
    /// The largest |analytic - numeric| / max(1, |analytic|, |numeric|).
    public var largestError: Double
    /// Which argument it was found at.
    public var argument: Int
    /// Its element, counted in row-major order.
    public var element: Int
    /// The gradient by the tape.
    public var analytic: Double
    /// The gradient by differences.
    public var numeric: Double

    /// What was found, and where.
    public var description: String {
        "error \(largestError) at element \(element) of argument \(argument): \(analytic) on the tape, \(numeric) by differences"
    }
}

/// Compares a function's gradients on the tape with central differences (f(x + h) - f(x - h)) / 2h, in double precision.
///
/// Draw arguments away from kinks, such as 0 for ReLU. A result of several numbers is weighted with fixed numbers and
/// summed up, so that all of them count.
///
/// - Parameters:
///   - arguments: where to compare.
///   - h: the step; the best is near the cube root of the type's precision, 6e-6.
///   - function: from the arguments to a variable of any shape.
/// - Returns: the largest difference and where it is.
public func gradientCheck(
    at arguments: [Tensor<Double>], step h: Double = 1e-5,
    _ function: ([Variable<Double>]) throws -> Variable<Double>
) rethrows -> GradientCheck {
    func weighted(_ variables: [Variable<Double>]) throws -> Variable<Double> {
        let y = try function(variables)
        guard y.count > 1 else { return y.reshaped([]) }
        var generator = RandomGenerator(seed: 271_828)
        return (y * Variable(generator.uniform(y.shape, in: 0.5..<1.5))).sum()
    }
    let tape = Tape<Double>(), variables = arguments.map { tape.variable($0) }
    let analytic = tape.gradients(of: try weighted(variables), with: variables)
    var result = GradientCheck(largestError: 0, argument: 0, element: 0, analytic: 0, numeric: 0)
    for (place, argument) in arguments.enumerated() {
        let exact = analytic[place].value.values, values = argument.values
        for element in values.indices {
            func shifted(_ by: Double) throws -> Double {
                var moved = values
                moved[element] += by
                var inputs = arguments.map { Variable($0) }
                inputs[place] = Variable(Tensor(moved, shape: argument.shape))
                return try weighted(inputs).value.scalar
            }
            let numeric = (try shifted(h) - shifted(-h)) / (2 * h)
            let error = abs(exact[element] - numeric) / max(1, abs(exact[element]), abs(numeric))
            if !(error <= result.largestError) {
                result = GradientCheck(
                    largestError: error, argument: place, element: element, analytic: exact[element], numeric: numeric)
            }
        }
    }
    return result
}
