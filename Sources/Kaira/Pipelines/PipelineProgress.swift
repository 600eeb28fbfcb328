/// How far a pipeline is.
public struct PipelineProgress: Sendable, Encodable {
    /// What is counted: `frames`.
    public var unit: String
    /// How many are done.
    public var done: Int
    /// How many there will be, where that is known.
    public var total: Int?

    /// A progress from its parts.
    public init(unit: String, done: Int, total: Int?) {
        self.unit = unit
        self.done = done
        self.total = total
    }
}

/// Called after each frame, from any thread.
public typealias ProgressHandler = @Sendable (PipelineProgress) -> Void
