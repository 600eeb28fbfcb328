/// The stack machine of `PickleReader`: it builds nodes and calls nothing.
struct PickleMachine {
    typealias Index = PickleHeap.Index
    typealias Node = PickleHeap.Node

    let bytes: FileBytes
    let end: Int
    let limits: PickleLimits
    var position: Int

    // Values that are the same wherever they occur take no memory again.
    private var nodes: [Node] = [.none, .bool(true), .bool(false), .tuple([])]
    private static let (none, yes, no, emptyTuple): (Index, Index, Index, Index) = (0, 1, 2, 3)
    private var objects: [PickleHeap.Object] = []
    private var stack: [Index] = []
    private var marks: [Int] = []
    private var memo: [Int: Index] = [:]

    init(bytes: FileBytes, position: Int, end: Int, limits: PickleLimits) {
        self.bytes = bytes
        self.position = position
        self.end = end
        self.limits = limits
    }

    func heap() -> PickleHeap { PickleHeap(bytes: bytes, nodes: nodes, objects: objects) }

    private func damaged(_ what: String) -> TensorError { .malformed("pickle: \(what)", offset: position) }

    // MARK: Bytes

    /// The next bytes, `count` of them, wherever that number came from.
    private mutating func take(_ count: Int) throws(TensorError) -> Range<Int> {
        guard count >= 0, count <= end - position else { throw damaged("cut short") }
        defer { position += count }
        return position..<position + count
    }

    private mutating func number(_ size: Int) throws(TensorError) -> Int {
        try bytes.number(at: try take(size).lowerBound, size: size)
    }

    private mutating func signed32() throws(TensorError) -> Int {
        Int(Int32(truncatingIfNeeded: try number(4)))
    }

    private mutating func text(_ count: Int, fallback: Bool = false) throws(TensorError) -> Node {
        guard count <= limits.string else { throw .tooLarge("a string of \(count) bytes in a pickle") }
        let range = try take(count)
        let bytes = bytes.copy(range)
        if let string = String(validating: bytes, as: UTF8.self) { return .string(string) }
        // Python 2's strings were bytes of any encoding.
        guard fallback else { throw damaged("a string is not UTF-8") }
        return .bytes(range)
    }

    private mutating func line() throws(TensorError) -> String {
        let start = position
        while position < end, position - start <= 1024 {
            if try number(1) == 0x0a {
                guard let line = String(validating: bytes.copy(start..<position - 1), as: UTF8.self) else {
                    throw damaged("a name is not UTF-8")
                }
                return line
            }
        }
        throw damaged("a name does not end")
    }

    private mutating func long(_ count: Int) throws(TensorError) -> Node {
        guard count <= 1024 else { throw .tooLarge("an integer of \(count) bytes in a pickle") }
        let range = try take(count)
        guard count <= 8 else { return .long(range) }
        var value: Int = 0
        for (index, byte) in bytes.copy(range).enumerated() { value |= Int(byte) << (8 * index) }
        let unused = 64 - 8 * count
        return .int(count == 0 ? 0 : (value << unused) >> unused)
    }

    // MARK: Stack

    private mutating func push(_ index: Index) throws(TensorError) {
        guard stack.count < limits.depth else { throw .tooLarge("a pickle with \(stack.count) values on its stack") }
        stack.append(index)
    }

    private mutating func add(_ node: Node) throws(TensorError) -> Index {
        guard nodes.count < limits.values else { throw .tooLarge("a pickle with \(nodes.count) values") }
        nodes.append(node)
        return Index(nodes.count - 1)
    }

    private mutating func push(_ node: Node) throws(TensorError) { try push(try add(node)) }

    private mutating func pop() throws(TensorError) -> Index {
        guard stack.count > marks.last ?? 0, let top = stack.popLast() else { throw damaged("the stack is empty") }
        return top
    }

    private func top() throws(TensorError) -> Index {
        guard stack.count > marks.last ?? 0, let top = stack.last else { throw damaged("the stack is empty") }
        return top
    }

    private mutating func popToMark() throws(TensorError) -> [Index] {
        guard let mark = marks.popLast() else { throw damaged("a mark is missing") }
        let items = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return items
    }

    // MARK: Operations

    /// Runs until STOP.
    mutating func run() throws(TensorError) -> Index {
        while position < end {
            let code = try number(1)
            if code == 0x2e {
                let result = try pop()
                guard stack.isEmpty, marks.isEmpty else { throw damaged("values are left over") }
                return result
            }
            try step(code)
        }
        throw damaged("cut short")
    }

    private mutating func step(_ code: Int) throws(TensorError) {
        switch code {
        case 0x80:
            let version = try number(1)
            guard version <= 5 else { throw .unsupported("pickle protocol \(version)") }
        case 0x95:
            let length = try number(8)
            guard length <= end - position else { throw damaged("a frame of \(length) bytes") }
        case 0x28:
            guard marks.count < limits.depth else { throw .tooLarge("a pickle with \(marks.count) marks") }
            marks.append(stack.count)
        case 0x30:
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        case 0x31: _ = try popToMark()
        case 0x32: try push(try top())
        case 0x71: try remember(try number(1))
        case 0x72: try remember(try number(4))
        case 0x94: try remember(memo.count)
        case 0x68: try recall(try number(1))
        case 0x6a: try recall(try number(4))
        case 0x63:
            let module = try line()
            try push(.global(module: module, name: try line()))
        case 0x93:
            let name = try pop(), module = try pop()
            guard case .string(let name) = nodes[Int(name)], case .string(let module) = nodes[Int(module)] else {
                throw damaged("a global without a name")
            }
            try push(.global(module: module, name: name))
        case 0x52, 0x81:
            let arguments = try pop()
            try call(try pop(), arguments)
        case 0x92:
            let keywords = try pop(), arguments = try pop(), callable = try pop()
            guard case .tuple(let list) = nodes[Int(arguments)], case .dictionary = nodes[Int(keywords)] else {
                throw damaged("a call without arguments")
            }
            try call(callable, try add(.tuple(list + [keywords])))
        case 0x62: try build()
        case 0x51: try push(.persistent(try pop()))
        case 0x61, 0x65, 0x73, 0x75, 0x90: try fill(code)
        default: try literal(code)
        }
    }

    private mutating func literal(_ code: Int) throws(TensorError) {
        switch code {
        case 0x4e: try push(Self.none)
        case 0x88: try push(Self.yes)
        case 0x89: try push(Self.no)
        case 0x4a: try push(.int(try signed32()))
        case 0x4b: try push(.int(try number(1)))
        case 0x4d: try push(.int(try number(2)))
        case 0x8a: try push(try long(try number(1)))
        case 0x8b: try push(try long(try signed32()))
        case 0x47:
            var bits: UInt64 = 0
            for byte in bytes.copy(try take(8)) { bits = bits << 8 | UInt64(byte) }
            try push(.float(Double(bitPattern: bits)))
        case 0x58: try push(try text(try number(4)))
        case 0x8c: try push(try text(try number(1)))
        case 0x8d: try push(try text(try number(8)))
        case 0x54: try push(try text(try signed32(), fallback: true))
        case 0x55: try push(try text(try number(1), fallback: true))
        case 0x42: try push(.bytes(try take(try number(4))))
        case 0x43: try push(.bytes(try take(try number(1))))
        case 0x8e, 0x96: try push(.bytes(try take(try number(8))))
        case 0x7d: try push(.dictionary([]))
        case 0x5d: try push(.list([]))
        case 0x8f: try push(.set([]))
        case 0x29: try push(Self.emptyTuple)
        case 0x74: try push(.tuple(try popToMark()))
        case 0x85: try push(.tuple([try pop()]))
        case 0x86:
            let second = try pop()
            try push(.tuple([try pop(), second]))
        case 0x87:
            let third = try pop(), second = try pop()
            try push(.tuple([try pop(), second, third]))
        case 0x6c: try push(.list(try popToMark()))
        case 0x64:
            let items = try popToMark()
            try checkEntries(items)
            try push(.dictionary(items))
        case 0x91: try push(.set(try popToMark()))
        default: throw .unsupported("pickle operation \(Self.refused[code] ?? "\(code)") (byte \(position - 1))")
        }
    }

    /// Operations that Python knows and this machine refuses.
    private static let refused = [
        0x69: "INST", 0x6f: "OBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x50: "PERSID", 0x97: "NEXT_BUFFER",
        0x98: "READONLY_BUFFER", 0x49: "INT", 0x4c: "LONG", 0x46: "FLOAT", 0x53: "STRING", 0x56: "UNICODE",
        0x67: "GET", 0x70: "PUT",
    ]

    private mutating func remember(_ key: Int) throws(TensorError) {
        guard memo.count < limits.depth else { throw .tooLarge("a pickle that remembers \(memo.count) values") }
        memo[key] = try top()
    }

    private mutating func recall(_ key: Int) throws(TensorError) {
        guard let index = memo[key] else { throw damaged("value \(key) was never stored") }
        try push(index)
    }

    /// Stores what would be called, and with what.
    private mutating func call(_ callable: Index, _ arguments: Index) throws(TensorError) {
        switch nodes[Int(callable)] {
        case .global, .object, .persistent: break
        default: throw damaged("a call of something that is no name")
        }
        guard case .tuple = nodes[Int(arguments)] else { throw damaged("a call without arguments") }
        objects.append(PickleHeap.Object(callable: callable, arguments: arguments))
        try push(.object(objects.count - 1))
    }

    private mutating func build() throws(TensorError) {
        let state = try pop()
        guard case .object(let object) = nodes[Int(try top())] else {
            throw damaged("a state for something that is no object")
        }
        objects[object].state = state
    }

    /// APPEND, APPENDS, SETITEM, SETITEMS and ADDITEMS.
    private mutating func fill(_ code: Int) throws(TensorError) {
        let items: [Index]
        switch code {
        case 0x61: items = [try pop()]
        case 0x73:
            let value = try pop()
            items = [try pop(), value]
        default: items = try popToMark()
        }
        let target = Int(try top())
        let pairs = code == 0x73 || code == 0x75
        if pairs { try checkEntries(items) }
        // Taken out of the array before it grows, so that it is not copied.
        let node = nodes[target]
        nodes[target] = .none
        switch node {
        case .list(var list) where code == 0x61 || code == 0x65:
            list += items
            nodes[target] = .list(list)
        case .set(var set) where code == 0x90:
            set += items
            nodes[target] = .set(set)
        case .dictionary(var entries) where pairs:
            entries += items
            nodes[target] = .dictionary(entries)
        case .object(let object):
            nodes[target] = node
            if pairs { objects[object].entries += items } else { objects[object].items += items }
        default: throw damaged("items for something that holds none")
        }
    }

    private func checkEntries(_ items: [Index]) throws(TensorError) {
        guard items.count % 2 == 0 else { throw damaged("a key without a value") }
        for key in stride(from: 0, to: items.count, by: 2) {
            switch nodes[Int(items[key])] {
            case .list, .dictionary, .set: throw damaged("a key that Python could not hash")
            default: break
            }
        }
    }
}
