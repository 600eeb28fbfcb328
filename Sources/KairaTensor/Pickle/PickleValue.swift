/// A value of a pickle: a number, a text, a container, or a call that the writer meant and that was not made.
///
/// A value is a reference into what `PickleReader` built, so it is cheap to copy. A hostile pickle can put a list into
/// itself or share one value many times: whoever walks values needs a limit of their own.
public struct PickleValue: Sendable {
    /// What a value is.
    public enum Kind: Sendable, Hashable {
        /// `None`.
        case none
        /// `True` or `False`.
        case bool
        /// An integer of any size.
        case int
        /// A float.
        case float
        /// A text.
        case string
        /// Bytes.
        case bytes
        /// A tuple.
        case tuple
        /// A list.
        case list
        /// A dictionary.
        case dictionary
        /// A set.
        case set
        /// The name of a class or a function.
        case global
        /// An object: what would have been called, with which arguments and state.
        case object
        /// A reference to something outside the pickle, such as a storage of PyTorch.
        case persistent
    }

    let heap: PickleHeap
    let index: PickleHeap.Index

    var node: PickleHeap.Node { heap.nodes[Int(index)] }

    func value(_ index: PickleHeap.Index) -> PickleValue { PickleValue(heap: heap, index: index) }

    /// What the value is.
    public var kind: Kind {
        switch node {
        case .none: .none
        case .bool: .bool
        case .int, .long: .int
        case .float: .float
        case .string: .string
        case .bytes: .bytes
        case .tuple: .tuple
        case .list: .list
        case .dictionary: .dictionary
        case .set: .set
        case .global: .global
        case .object: .object
        case .persistent: .persistent
        }
    }

    /// The value of a `bool`.
    public var bool: Bool? { if case .bool(let value) = node { value } else { nil } }

    /// The value of an `int` that fits 64 bits.
    public var int: Int? { if case .int(let value) = node { value } else { nil } }

    /// The value of a `float` or an `int`.
    public var double: Double? {
        switch node {
        case .float(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }

    /// The text of a `string`.
    public var string: String? { if case .string(let value) = node { value } else { nil } }

    /// The bytes of `bytes`, or of a text that protocol 2 wrote in their stead (`_codecs.encode(text, "latin1")`).
    public var bytes: [UInt8]? {
        if case .bytes(let range) = node { return heap.bytes.copy(range) }
        guard typeName == "_codecs.encode", let arguments = arguments?.items, arguments.count == 2,
            let text = arguments[0].string, arguments[1].string == "latin1"
        else { return typeName == "bytes" && arguments?.items?.isEmpty == true ? [] : nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// The elements of a tuple, list or set; what was appended to an object.
    ///
    /// - Complexity: O(n).
    public var items: [PickleValue]? { itemIndices?.map(value) }

    /// `items` without making values of them: O(1).
    var itemIndices: [PickleHeap.Index]? {
        switch node {
        case .tuple(let items), .list(let items), .set(let items): items
        case .object(let object): heap.objects[object].items
        default: nil
        }
    }

    /// Keys and values of a dictionary in the order in which they were set, or those set on an object such as an
    /// ordered dictionary. A key that was set twice is there twice; the last one counts.
    ///
    /// - Complexity: O(n).
    public var entries: [(key: PickleValue, value: PickleValue)]? {
        entryIndices.map { flat in
            stride(from: 0, to: flat.count, by: 2).map { (value(flat[$0]), value(flat[$0 + 1])) }
        }
    }

    /// Keys and values in turn, without making values of them: O(1).
    var entryIndices: [PickleHeap.Index]? {
        switch node {
        case .dictionary(let entries): entries
        case .object(let object): heap.objects[object].entries
        default: nil
        }
    }

    private func last(where matches: (PickleHeap.Node) -> Bool) -> PickleValue? {
        guard let flat = entryIndices else { return nil }
        for key in stride(from: flat.count - 2, through: 0, by: -2) where matches(heap.nodes[Int(flat[key])]) {
            return value(flat[key + 1])
        }
        return nil
    }

    /// The value for a text key of a dictionary.
    ///
    /// - Complexity: O(n) in the dictionary's entries.
    public subscript(key: String) -> PickleValue? {
        last { if case .string(let text) = $0 { text == key } else { false } }
    }

    /// The value for an integer key of a dictionary.
    ///
    /// - Complexity: O(n) in the dictionary's entries.
    public subscript(key: Int) -> PickleValue? {
        last { if case .int(let number) = $0 { number == key } else { false } }
    }

    /// `module.name` of a global, and of what an object would have been made by; modules `builtins` and `__builtin__`
    /// are left out.
    public var typeName: String? {
        switch node {
        case .global(let module, let name):
            return module == "builtins" || module == "__builtin__" ? name : "\(module).\(name)"
        case .object(let object):
            let callable = heap.objects[object].callable
            switch heap.nodes[Int(callable)] {
            case .global: return value(callable).typeName
            case .persistent:
                // ("module", class, file, source): how old PyTorch files refer to classes.
                guard let parts = value(callable).reference?.itemIndices, parts.count > 1 else { return nil }
                return value(parts[1]).globalName
            default: return nil
            }
        default: return nil
        }
    }

    /// `typeName` of a global only.
    var globalName: String? { if case .global = node { typeName } else { nil } }

    /// The tuple of arguments of an object.
    public var arguments: PickleValue? {
        if case .object(let object) = node { value(heap.objects[object].arguments) } else { nil }
    }

    /// The state that would have been given to an object, often a dictionary of its fields.
    public var state: PickleValue? {
        if case .object(let object) = node { heap.objects[object].state.map(value) } else { nil }
    }

    /// What a persistent reference holds.
    public var reference: PickleValue? { if case .persistent(let index) = node { value(index) } else { nil } }
}
