/// What a physics world refuses.
public enum PhysicsError: Error, Hashable, Sendable {
    /// A number is not finite or out of its range; `what` names it and says the range.
    case badValue(what: String)
    /// An index names no particle, segment or collider.
    case noSuchElement(what: String, index: Int, count: Int)
    /// The same element is named twice where it may be named once.
    case repeatedElement(what: String, index: Int)
    /// Parents run in a circle or come after their children.
    case notATree(what: String, index: Int)
}

extension PhysicsError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String {
        switch self {
        case .badValue(let what): "not usable: \(what)"
        case .noSuchElement(let what, let index, let count): "there is no \(what) \(index): there are \(count)"
        case .repeatedElement(let what, let index): "\(what) \(index) is named twice"
        case .notATree(let what, let index): "\(what) \(index) does not come after its parent"
        }
    }
}
