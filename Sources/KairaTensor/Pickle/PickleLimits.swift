/// How much a pickle may ask for; what goes beyond is refused with `TensorError.tooLarge`.
public struct PickleLimits: Sendable, Hashable {
    /// Values that one pickle may build. A value takes at least a byte of the file and about 50 bytes of memory.
    public var values = 8_000_000
    /// Values and marks that may lie on the stack, and entries of the memo.
    public var depth = 1_000_000
    /// Bytes of one string. Byte strings are not copied and have no limit but the file's size.
    public var string = 64 << 20

    /// The usual limits.
    public init() {}
}
