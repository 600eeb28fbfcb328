import Foundation
import Synchronization

/// A queue of limited length between two threads: the writer waits while it is full, the reader while it is empty.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) {
        // Not as the initial value: Dispatch traps where a semaphore is freed below it.
        for _ in 0..<capacity { free.signal() }
    }

    /// Adds an element; false where the queue was closed.
    func push(_ element: Element) -> Bool {
        free.wait()
        let added = state.withLock { state in
            if state.isClosed { return false }
            state.elements.append(element)
            return true
        }
        if added { filled.signal() } else { free.signal() }
        return added
    }

    /// Takes the oldest element; nil where the queue was closed and is empty.
    func pop() -> Element? {
        filled.wait()
        let element: Element? = state.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
        if element == nil { filled.signal() } else { free.signal() }
        return element
    }

    /// Ends the queue: what is in it can still be taken, nothing can be added.
    func close(dropping: Bool = false) {
        state.withLock { state in
            state.isClosed = true
            if dropping { state.elements.removeAll() }
        }
        free.signal()
        filled.signal()
    }
}
