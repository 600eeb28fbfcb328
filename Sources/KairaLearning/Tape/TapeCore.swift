import KairaTensor
import Synchronization

/// What a tape has recorded: one entry an operation, inputs before results.
final class TapeCore<Scalar: TensorReal>: Sendable {
    /// From the gradient of an operation's result, and the result where it was kept, to those of its inputs.
    typealias Rule = @Sendable (_ gradient: Variable<Scalar>, _ result: Variable<Scalar>) -> [Variable<Scalar>?]

    struct Entry: Sendable {
        /// Places of the inputs; nil for constants.
        var inputs: [Int?]
        var rule: Rule?
        /// The result, where the rule asks for it.
        var kept: Tensor<Scalar>?
        var name: StaticString
    }

    private struct State: Sendable {
        var entries: [Entry] = []
        var isRecording = true
        var hasEnded = false
        var updates: [Int: Tensor<Scalar>] = [:]
        var generator: RandomGenerator
    }

    /// Whether layers behave as in training.
    let isTraining: Bool
    private let state: Mutex<State>

    init(isTraining: Bool, generator: RandomGenerator) {
        self.isTraining = isTraining
        state = Mutex(State(generator: generator))
        state.withLock { $0.entries.reserveCapacity(64) }
    }

    /// Whether operations are written down now.
    var isRecording: Bool {
        get { state.withLock { $0.isRecording } }
        set { state.withLock { $0.isRecording = newValue } }
    }

    /// Adds an entry and returns its place.
    func add(_ entry: consuming Entry) -> Int {
        let entry = entry
        return state.withLock { state in
            require(
                !state.hasEnded,
                "\(entry.name): the tape of these variables has ended; use values (`.value`) outside the closure")
            state.entries.append(entry)
            return state.entries.count - 1
        }
    }

    /// The entry at a place.
    func entry(_ place: Int) -> Entry {
        state.withLock { state in
            require(
                !state.hasEnded && place < state.entries.count,
                "this variable's tape has ended or was used up by another gradient")
            return state.entries[place]
        }
    }

    /// Forgets what the entry's rule holds on to.
    func release(_ place: Int) {
        let old = state.withLock { state -> Entry in
            let old = state.entries[place]
            state.entries[place].rule = nil
            state.entries[place].kept = nil
            return old
        }
        // Freed outside the lock.
        withExtendedLifetime(old) {}
    }

    /// Forgets everything; no variable of this tape can be used in an operation from now on.
    func end() {
        let old = state.withLock { state -> [Entry] in
            let old = state.entries
            state.entries = []
            state.hasEnded = true
            return old
        }
        withExtendedLifetime(old) {}
    }

    /// New values of buffers, by their place in the model.
    var updates: [Int: Tensor<Scalar>] { state.withLock { $0.updates } }

    func update(_ slot: Int, _ value: Tensor<Scalar>) { state.withLock { $0.updates[slot] = value } }

    func update(_ slot: Int) -> Tensor<Scalar>? { state.withLock { $0.updates[slot] } }

    /// The generator after all random numbers of this tape.
    var generator: RandomGenerator { state.withLock { $0.generator } }

    func dropoutMask(_ shape: [Int], probability: Double) -> Tensor<Scalar> {
        state.withLock { $0.generator.dropoutMask(shape, probability: probability) }
    }
}
