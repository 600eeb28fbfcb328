import KairaTensor

extension DataSet {
    /// Pictures and their labels from two IDX files, as MNIST, Fashion-MNIST and their kin come.
    ///
    /// - Parameters:
    ///   - name: what the set is called.
    ///   - images: an array `[n, height, width]` of bytes.
    ///   - labels: an array `[n]` of bytes.
    ///   - classNames: the names of the classes.
    /// - Throws: `LearningError.shape` where the two do not go together, `.labelOutOfRange`, `.emptySet`, `.data` for
    ///   another rank or number type.
    ///
    /// Inputs have the shape `[1, height, width]` with grey levels from 0 to 1.
    public init(name: String, images: IDXArray, labels: IDXArray, classNames: [String]) throws(LearningError) {
        guard images.element == .uint8, images.shape.count == 3 else {
            throw .data(
                "\(name): pictures are IDX of bytes with three sizes (0x803); this is \(images.element), \(images.shape)"
            )
        }
        guard labels.element == .uint8, labels.shape.count == 1 else {
            throw .data(
                "\(name): labels are IDX of bytes with one size (0x801); this is \(labels.element), \(labels.shape)")
        }
        guard images.shape[0] == labels.shape[0] else {
            throw .shape("\(name): \(images.shape[0]) pictures and \(labels.shape[0]) labels")
        }
        guard images.shape[0] > 0 else { throw .emptySet(name) }
        try self.init(
            name: name, inputShape: [1, images.shape[1], images.shape[2]],
            elements: .bytes(images.bytes, scale: 1 / 255),
            targets: .classes(labels.bytes.map(Int.init), names: classNames))
    }

    /// A table of numbers with one column of classes.
    ///
    /// - Parameters:
    ///   - name: what the set is called.
    ///   - table: numbers but for the label.
    ///   - label: the column of the classes: its name, its number, or -1 for the last. What stands there are names; they
    ///     are numbered in the order of whole numbers where all of them are such, else of the alphabet.
    ///   - scale: what every number is multiplied by.
    /// - Throws: `LearningError.data` for a field that is no number, a column that is not there.
    public init(name: String, table: CSVTable, label: String, scale: Float = 1) throws(LearningError) {
        let column = try table.column(label)
        guard table.columns > 1 else { throw .data("\(name): a table of one column has labels but no inputs") }
        let found = Set(table.rows.map { $0[column] })
        let names =
            found.allSatisfy { Int($0) != nil }
            ? found.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) } : found.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var values: [Float] = []
        values.reserveCapacity(table.rows.count * (table.columns - 1))
        for row in table.rows.indices {
            for other in 0..<table.columns where other != column {
                values.append(Float(try table.number(row: row, column: other)) * scale)
            }
        }
        try self.init(
            name: name, inputShape: [table.columns - 1], elements: .floats(values),
            targets: .classes(table.rows.map { numbers[$0[column]] ?? 0 }, names: names))
    }

    /// A table of numbers with one column that is to be foretold.
    ///
    /// - Throws: as for classes.
    public init(name: String, table: CSVTable, target: String) throws(LearningError) {
        let column = try table.column(target)
        guard table.columns > 1 else { throw .data("\(name): a table of one column has targets but no inputs") }
        var values: [Float] = [], targets: [Float] = []
        for row in table.rows.indices {
            for other in 0..<table.columns {
                let value = Float(try table.number(row: row, column: other))
                if other == column { targets.append(value) } else { values.append(value) }
            }
        }
        try self.init(
            name: name, inputShape: [table.columns - 1], elements: .floats(values), targets: .values(targets, width: 1))
    }

    /// The digits that scikit-learn ships: 1797 pictures of 8x8 pixels with 17 grey levels, ten classes.
    ///
    /// They are the test part of "Optical recognition of handwritten digits" (Alpaydin and Kaynak, UCI 1998), shrunk from
    /// 32x32 bitmaps. Inputs have the shape `[1, 8, 8]`, from 0 to 1. The file is built in.
    public static func digits() throws(LearningError) -> DataSet {
        let bytes: [UInt8]
        do { bytes = try Gzip.unpack(PackageResources.digits_csv_gz) } catch { throw .data("digits: \(error)") }
        return try digits(csv: bytes)
    }

    /// Digits from rows of 64 numbers from 0 to 16 and the class.
    static func digits(csv: [UInt8]) throws(LearningError) -> DataSet {
        var pixels: [UInt8] = [], labels: [Int] = []
        for (line, row) in csv.split(separator: 0x0a).enumerated() {
            let fields = row.split(separator: 0x2c).map { UInt8(String(decoding: $0, as: UTF8.self)) }
            let numbers = fields.compactMap { $0 }
            guard numbers.count == 65, fields.count == 65, numbers[..<64].allSatisfy({ $0 <= 16 }) else {
                throw .data("digits, line \(line + 1): not 64 grey levels from 0 to 16 and a label")
            }
            pixels += numbers[..<64]
            labels.append(Int(numbers[64]))
        }
        return try DataSet(
            name: "digits", inputShape: [1, 8, 8], elements: .bytes(pixels, scale: 1 / 16),
            targets: .classes(labels, names: (0..<10).map(String.init)))
    }
}
