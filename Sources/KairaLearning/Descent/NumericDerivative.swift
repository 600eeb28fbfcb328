/// The slope of a function from its values alone.
///
/// One evaluation for each parameter (two for the central form) is hopeless for a network of millions, and the result is
/// not exact: a large h sees the bend of the function (an error of `h |f''| / 2`, central `h^2 |f'''| / 6`), a small h
/// subtracts two nearly equal numbers and keeps only their rounding (`eps |f| / h`). The sum of both is least near
/// `bestStep`. What a network learns with is back-propagation; this checks it.
public struct NumericDerivative<Scalar: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
    /// Which two values are compared.
    public enum Method: String, Sendable, Hashable, CaseIterable, Codable {
        /// `(f(x + h) - f(x)) / h`
        case forward
        /// `(f(x + h) - f(x - h)) / 2h`
        case central
    }

    /// Which two values are compared.
    public var method: Method
    /// How far apart, > 0.
    public var step: Scalar

    /// A derivative from its parts.
    ///
    /// - Parameters:
    ///   - method: which two values are compared.
    ///   - step: h; nil for `bestStep`.
    public init(_ method: Method = .central, step: Scalar? = nil) {
        self.method = method
        self.step = step ?? Self.bestStep(method)
    }

    /// The h of the least error for functions and slopes near 1: about `eps^(1/2)` for the forward form, `eps^(1/3)` for
    /// the central one (in Double 1.5e-8 and 6e-6).
    public static func bestStep(_ method: Method) -> Scalar {
        let eps = Scalar.ulpOfOne
        switch method {
        case .forward: return eps.squareRoot()
        case .central:
            // Newton's iteration for the cube root, from above.
            var root: Scalar = 1
            for _ in 0..<200 { root -= (root - eps / (root * root)) / 3 }
            return root
        }
    }

    /// The slope of a function of one number.
    public func callAsFunction(_ function: (Scalar) -> Scalar, at x: Scalar) -> Scalar {
        switch method {
        case .forward: (function(x + step) - function(x)) / step
        case .central: (function(x + step) - function(x - step)) / (2 * step)
        }
    }

    /// The slopes of a function of several numbers, along each.
    ///
    /// - Complexity: one evaluation a coordinate and one more (forward), or two a coordinate (central).
    public func gradient(_ function: ([Scalar]) -> Scalar, at point: [Scalar]) -> [Scalar] {
        var moved = point
        let here = method == .forward ? function(point) : 0
        return point.indices.map { i in
            moved[i] = point[i] + step
            let ahead = function(moved)
            guard method == .central else {
                moved[i] = point[i]
                return (ahead - here) / step
            }
            moved[i] = point[i] - step
            let behind = function(moved)
            moved[i] = point[i]
            return (ahead - behind) / (2 * step)
        }
    }
}
