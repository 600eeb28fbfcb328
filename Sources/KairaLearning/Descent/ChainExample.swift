/// The chapter's first chain: `f1 = a1 x + b1`, `y = a2 f1 + b2`, and the slope of y at each letter.
///
/// dy/df1 is worked out once and used for a1, b1 and x: that is what back-propagation saves.
public struct ChainExample: Sendable, Hashable {
    /// The input.
    public var x: Double
    /// The first function's factor and summand.
    public var a1: Double, b1: Double
    /// The second function's factor and summand.
    public var a2: Double, b2: Double

    /// A chain from its numbers.
    public init(x: Double, a1: Double, b1: Double, a2: Double, b2: Double) {
        (self.x, self.a1, self.b1, self.a2, self.b2) = (x, a1, b1, a2, b2)
    }

    /// The value between the two functions.
    public var f1: Double { a1 * x + b1 }
    /// What comes out.
    public var y: Double { a2 * f1 + b2 }

    /// The slope of y at each letter.
    public struct Slopes: Sendable, Hashable {
        /// dy/da2, which is f1.
        public var a2: Double
        /// dy/db2, which is 1.
        public var b2: Double
        /// dy/df1, which is a2: passed back to the first function.
        public var f1: Double
        /// dy/da1, which is dy/df1 times x.
        public var a1: Double
        /// dy/db1, which is dy/df1.
        public var b1: Double
        /// dy/dx, which is dy/df1 times a1.
        public var x: Double
    }

    /// From the output to the input, each slope made of the one before.
    public var slopes: Slopes {
        let back = a2
        return Slopes(a2: f1, b2: 1, f1: back, a1: back * x, b1: back, x: back * a1)
    }
}
