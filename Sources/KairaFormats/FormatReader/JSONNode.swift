/// A JSON value with its place in the document, so that every error can say where.
struct JSONNode {
    let value: JSONValue
    let path: String
    let file: String

    /// An error at this place.
    func failure(_ reason: String) -> FormatsError {
        .malformed(file: file, at: path.isEmpty ? "/" : path, reason: reason)
    }

    /// A member of an object, nil where it is absent; an error where this is no object.
    func optional(_ name: String) throws(FormatsError) -> JSONNode? {
        guard case .object(let members) = value else { throw failure("an object is expected here") }
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        return JSONNode(value: member.value, path: path + "/" + name, file: file)
    }

    /// A member of an object that has to be there.
    func required(_ name: String) throws(FormatsError) -> JSONNode {
        guard let node = try optional(name) else { throw failure("\"\(name)\" is missing") }
        return node
    }

    /// The members of an object.
    func members() throws(FormatsError) -> [(name: String, node: JSONNode)] {
        guard case .object(let members) = value else { throw failure("an object is expected here") }
        return members.map { ($0.name, JSONNode(value: $0.value, path: path + "/" + $0.name, file: file)) }
    }

    /// The elements of an array.
    func elements() throws(FormatsError) -> JSONElements {
        guard case .array(let values) = value else { throw failure("an array is expected here") }
        return JSONElements(values: values, path: path, file: file)
    }

    /// The elements of an array member; none where it is absent.
    func list(_ name: String) throws(FormatsError) -> JSONElements {
        try optional(name)?.elements() ?? JSONElements(values: [], path: path, file: file)
    }

    /// An extension of this object by name, or nil.
    func extensionObject(_ name: String) throws(FormatsError) -> JSONNode? {
        guard let node = try optional("extensions")?.optional(name) else { return nil }
        guard case .object = node.value else { throw node.failure("an object is expected here") }
        return node
    }

    func number() throws(FormatsError) -> Double {
        guard case .number(let number) = value else { throw failure("a number is expected here") }
        return number
    }

    /// A number that a Float can hold.
    func float() throws(FormatsError) -> Float {
        let value = Float(try number())
        guard value.isFinite else { throw failure("the number is too large") }
        return value
    }

    /// A whole number in a range.
    func integer(in range: Range<Int>) throws(FormatsError) -> Int {
        let number = try number()
        guard number == number.rounded(), abs(number) < 9e15 else { throw failure("a whole number is expected here") }
        guard range.contains(Int(number)) else {
            throw failure(
                range.isEmpty
                    ? "\(Int(number)) refers to nothing: the file has none of these"
                    : "\(Int(number)) is outside \(range.lowerBound)...\(range.upperBound - 1)")
        }
        return Int(number)
    }

    func string() throws(FormatsError) -> String {
        guard case .string(let text) = value else { throw failure("a string is expected here") }
        return text
    }

    func bool() throws(FormatsError) -> Bool {
        guard case .bool(let flag) = value else { throw failure("true or false is expected here") }
        return flag
    }

    /// An array of numbers of a known length.
    func floats(_ count: Int) throws(FormatsError) -> [Float] {
        let elements = try elements()
        guard elements.count == count else {
            throw failure("\(count) numbers are expected here, not \(elements.count)")
        }
        var out: [Float] = []
        for element in elements { out.append(try element.float()) }
        return out
    }

    func vector2() throws(FormatsError) -> SIMD2<Float> {
        let v = try floats(2)
        return SIMD2(v[0], v[1])
    }

    func vector3() throws(FormatsError) -> SIMD3<Float> {
        let v = try floats(3)
        return SIMD3(v[0], v[1], v[2])
    }

    func vector4() throws(FormatsError) -> SIMD4<Float> {
        let v = try floats(4)
        return SIMD4(v[0], v[1], v[2], v[3])
    }

    // Members with a default.

    func float(_ name: String, default fallback: Float) throws(FormatsError) -> Float {
        try optional(name)?.float() ?? fallback
    }
    func string(_ name: String, default fallback: String = "") throws(FormatsError) -> String {
        try optional(name)?.string() ?? fallback
    }
    func bool(_ name: String, default fallback: Bool) throws(FormatsError) -> Bool {
        try optional(name)?.bool() ?? fallback
    }
    func vector2(_ name: String, default fallback: SIMD2<Float>) throws(FormatsError) -> SIMD2<Float> {
        try optional(name)?.vector2() ?? fallback
    }
    func vector3(_ name: String, default fallback: SIMD3<Float>) throws(FormatsError) -> SIMD3<Float> {
        try optional(name)?.vector3() ?? fallback
    }
    func vector4(_ name: String, default fallback: SIMD4<Float>) throws(FormatsError) -> SIMD4<Float> {
        try optional(name)?.vector4() ?? fallback
    }
    func index(_ name: String, below count: Int) throws(FormatsError) -> Int? {
        try optional(name)?.integer(in: 0..<count)
    }
}
