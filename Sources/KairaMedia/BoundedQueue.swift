import Foundation

/// A queue between two threads that blocks the writer when full and the reader when empty.
///
/// `@unchecked Sendable`: all state is behind `condition`.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var elements: [Element] = []
    private var isClosed = false

    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Appends an element; false once the queue is closed.
    func push(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= capacity, !isClosed { condition.wait() }
            guard !isClosed else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Takes the oldest element; nil once the queue is closed and empty.
    func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !isClosed { condition.wait() }
            guard !elements.isEmpty else { return nil }
            condition.broadcast()
            return elements.removeFirst()
        }
    }

    /// No more elements come; `discarding` also drops those inside.
    func close(discarding: Bool) {
        condition.withLock {
            isClosed = true
            if discarding { elements.removeAll() }
            condition.broadcast()
        }
    }
}
