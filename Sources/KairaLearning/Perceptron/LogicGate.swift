/// A function of two truth values, as the perceptrons of the first chapter compute it.
public enum LogicGate: String, Sendable, Hashable, CaseIterable, Codable {
    case and = "AND"
    case or = "OR"
    case nand = "NAND"
    /// One or the other, not both: `AND(NAND, OR)`, two layers, because one perceptron cannot do it.
    case xor = "XOR"

    /// The four inputs in the order of every truth table here: 00, 01, 10, 11.
    public static let inputs: [[Double]] = [[0, 0], [0, 1], [1, 0], [1, 1]]

    /// The one perceptron that computes it; nil for XOR, of which there is none.
    ///
    /// Suppose there were weights w1, w2 and a bias b for XOR. Then 00 -> 0 says b <= 0; 10 -> 1 says w1 + b > 0; 01 -> 1
    /// says w2 + b > 0. The sum of the last two is w1 + w2 + 2b > 0, so w1 + w2 + b > -b >= 0 and 11 fires, which it must
    /// not.
    public var perceptron: Perceptron? {
        switch self {
        case .and: .and
        case .or: .or
        case .nand: .nand
        case .xor: nil
        }
    }

    /// What the gate answers to two inputs of 0 or 1.
    public func callAsFunction(_ x1: Int, _ x2: Int) -> Int {
        switch self {
        case .and: Perceptron.and(Double(x1), Double(x2))
        case .or: Perceptron.or(Double(x1), Double(x2))
        case .nand: Perceptron.nand(Double(x1), Double(x2))
        case .xor: LogicGate.and(LogicGate.nand(x1, x2), LogicGate.or(x1, x2))
        }
    }

    /// Its answers to 00, 01, 10, 11.
    public var truthTable: [Int] { [self(0, 0), self(0, 1), self(1, 0), self(1, 1)] }
}
