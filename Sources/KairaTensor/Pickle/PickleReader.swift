/// Reads Python's pickles, protocols 0 (binary operations only) to 5, as values. Nothing is ever executed or imported.
///
/// A pickle is a program for a small stack machine that may call any function of the reader's Python. This machine has
/// nothing to call: a call becomes a value that says what would have been called with what. Lists, dictionaries and
/// numbers are read as they are; `PickleValue` and the readers of PyTorch and NumPy files know the few calls that mean
/// tensors and arrays. The opcodes are described in CPython's `Lib/pickletools.py`.
///
///     var reader = PickleReader(bytes: bytes)
///     let settings = try reader.next()["settings"]
///
/// Instances of old classes, extension codes, buffers outside the pickle and numbers written as text are refused by
/// name: no writer of weights uses them.
public struct PickleReader: Sendable {
    let bytes: FileBytes
    let end: Int
    let limits: PickleLimits
    /// Where the next pickle begins.
    private(set) var position: Int

    /// A reader of one pickle, or of several that follow each other.
    public init(bytes: [UInt8], limits: PickleLimits = PickleLimits()) {
        self.init(FileBytes(bytes), 0..<bytes.count, limits: limits)
    }

    init(_ bytes: FileBytes, _ range: Range<Int>, limits: PickleLimits = PickleLimits()) {
        self.bytes = bytes
        end = range.upperBound
        position = range.lowerBound
        self.limits = limits
    }

    /// Whether all bytes are read.
    public var isAtEnd: Bool { position == end }

    /// The value of the next pickle.
    ///
    /// - Returns: the value that the pickle's program leaves on the stack.
    /// - Throws: `TensorError.malformed` for damage, `.unsupported` for an operation that is refused, `.tooLarge`.
    /// - Complexity: linear in the pickle's bytes.
    public mutating func next() throws(TensorError) -> PickleValue {
        var machine = PickleMachine(bytes: bytes, position: position, end: end, limits: limits)
        let root = try machine.run()
        position = machine.position
        return PickleValue(heap: machine.heap(), index: root)
    }
}
