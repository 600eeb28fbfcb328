/// All values of one pickle, in one array: values refer to each other by index.
///
/// So what a file can do with its memo (share a value a million times, nest a million deep, put a list into itself)
/// makes numbers here, not copies or recursion, and the heap is freed in one go whatever its shape.
final class PickleHeap: Sendable {
    typealias Index = Int32

    /// A value. Bytes stay in the file and are named by their range.
    enum Node: Sendable {
        case none
        case bool(Bool)
        case int(Int)
        /// An integer beyond 64 bits, little-endian in two's complement.
        case long(Range<Int>)
        case float(Double)
        case string(String)
        case bytes(Range<Int>)
        case tuple([Index])
        case list([Index])
        /// Key, value, key, value, ..., as they were set.
        case dictionary([Index])
        case set([Index])
        /// A name of the writer's program: a class or a function. Nothing is behind it.
        case global(module: String, name: String)
        /// What the writer's program would make by calling something: the index of an `Object`.
        case object(Int)
        /// A reference to something outside the pickle.
        case persistent(Index)
    }

    /// A call that was not made: what would be called, with what, and what would be stored into the result.
    struct Object: Sendable {
        var callable: Index
        var arguments: Index
        var state: Index?
        var items: [Index] = []
        /// Key, value, key, value, ...
        var entries: [Index] = []
    }

    let bytes: FileBytes
    let nodes: [Node]
    let objects: [Object]

    init(bytes: FileBytes, nodes: [Node], objects: [Object]) {
        self.bytes = bytes
        self.nodes = nodes
        self.objects = objects
    }
}
