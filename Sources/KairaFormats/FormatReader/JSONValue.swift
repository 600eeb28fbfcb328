/// A JSON value; objects keep the order of their members.
public enum JSONValue: Sendable, Equatable {
    /// A member of an object.
    public struct Member: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: JSONValue
    }

    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A member by name; nil for another kind of value.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// An object from pairs, in their order; pairs without a value are left out.
    static func object(of pairs: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(pairs.compactMap { pair in pair.value.map { Member(name: pair.key, value: $0) } })
    }

    /// An array of numbers.
    static func numbers(_ values: some Sequence<Float>) -> JSONValue { .array(values.map { .number(Double($0)) }) }

    /// An array of whole numbers.
    static func integers(_ values: some Sequence<Int>) -> JSONValue { .array(values.map { .number(Double($0)) }) }

    /// A whole number.
    static func integer(_ value: Int) -> JSONValue { .number(Double(value)) }
}
