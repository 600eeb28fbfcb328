import KairaFormats

/// A value of an evaluation's JSON input with its place, so that every error can say where.
struct EvaluationJSON {
    let value: JSONValue
    let path: String
    let file: String

    init(_ bytes: [UInt8], file: String) throws(FormatsError) {
        self.init(value: try JSONParser.parse(bytes, file: file), path: "", file: file)
    }

    private init(value: JSONValue, path: String, file: String) {
        self.value = value
        self.path = path
        self.file = file
    }

    func failure(_ reason: String) -> FormatsError {
        .malformed(file: file, at: path.isEmpty ? "/" : path, reason: reason)
    }

    func optional(_ name: String) throws(FormatsError) -> EvaluationJSON? {
        guard case .object = value else { throw failure("an object is expected here") }
        guard let member = value[name] else { return nil }
        return EvaluationJSON(value: member, path: path + "/" + name, file: file)
    }

    func required(_ name: String) throws(FormatsError) -> EvaluationJSON {
        guard let node = try optional(name) else { throw failure("\"\(name)\" is missing") }
        return node
    }

    /// Calls a body with each element of an array.
    func forEach(_ body: (EvaluationJSON) throws(FormatsError) -> Void) throws(FormatsError) {
        guard case .array(let values) = value else { throw failure("an array is expected here") }
        for (i, element) in values.enumerated() {
            try body(EvaluationJSON(value: element, path: "\(path)/\(i)", file: file))
        }
    }

    func number() throws(FormatsError) -> Double {
        guard case .number(let number) = value else { throw failure("a number is expected here") }
        return number
    }

    func integer() throws(FormatsError) -> Int {
        let number = try number()
        guard number == number.rounded(), abs(number) < 9e15 else { throw failure("a whole number is expected here") }
        return Int(number)
    }

    func numbers() throws(FormatsError) -> [Double] {
        guard case .array(let values) = value else { throw failure("an array is expected here") }
        var numbers: [Double] = []
        numbers.reserveCapacity(values.count)
        for value in values {
            guard case .number(let number) = value else { throw failure("an array of numbers is expected here") }
            numbers.append(number)
        }
        return numbers
    }

    /// COCO writes crowds as 0 and 1; some tools as true and false.
    func flag() throws(FormatsError) -> Bool {
        if case .bool(let flag) = value { return flag }
        return try number() != 0
    }
}
