import Foundation
import KairaImage

/// Hands pictures to a writer on a thread of its own; blocks the giver while the writer is behind.
///
/// `@unchecked Sendable`: state is behind `condition`.
final class FramePump: @unchecked Sendable {
    private let queue: BoundedQueue<(Image, Int)>
    private let condition = NSCondition()
    private var failure: MediaError?
    private var hasEnded = false

    /// Starts the thread; `write` takes a picture and how often it is shown.
    init(capacity: Int, write: @escaping @Sendable (Image, Int) throws(MediaError) -> Void) {
        queue = BoundedQueue(capacity: capacity)
        let queue = queue
        Thread.detachNewThread { [weak self] in
            var result: MediaError?
            while let (image, count) = queue.pop() {
                do throws(MediaError) {
                    try write(image, count)
                } catch {
                    result = error
                    break
                }
            }
            queue.close(discarding: true)
            self?.end(result)
        }
    }

    private func end(_ result: MediaError?) {
        condition.withLock {
            failure = result
            hasEnded = true
            condition.broadcast()
        }
    }

    /// Gives a picture to be shown `count` times.
    func push(_ image: Image, count: Int) throws(MediaError) {
        if !queue.push((image, count)) { try drain() }
    }

    /// Waits until everything given was written.
    func drain() throws(MediaError) {
        queue.close(discarding: false)
        let failure = condition.withLock {
            while !hasEnded { condition.wait() }
            return self.failure
        }
        if let failure { throw failure }
    }

    /// Drops what waits and waits for the thread; the writer must be unblocked (its child killed) before.
    func stop() {
        queue.close(discarding: true)
        condition.withLock { while !hasEnded { condition.wait() } }
    }
}

/// Turns frames with times into evenly spaced ones: doubles and leaves out.
struct FrameSpacing {
    let rate: Rational
    private var waiting: (image: Image, slot: Int)?
    /// Frames given out so far, those that wait not counted.
    private(set) var count = 0

    /// Where times leap, no more than this many seconds are filled: a broken time stamp must not fill the disk.
    static let longestGap = 600.0

    init(rate: Rational) { self.rate = rate }

    /// Takes a frame; returns the one before it and how often to show it, if that is known by now.
    mutating func add(_ image: Image, time: Double) -> (Image, Int)? {
        let place = (max(0, time) * rate.value).rounded()
        guard let (before, slot) = waiting else {
            // What comes first is shown from the start on.
            waiting = (image, 0)
            return nil
        }
        let latest = Double(slot) + (Self.longestGap * rate.value).rounded(.up)
        let next = max(slot, Int(min(place, latest)))
        waiting = (image, next)
        // Two frames in one place: the later one is shown.
        guard next > slot else { return nil }
        count += next - slot
        return (before, next - slot)
    }

    /// The last frame, shown once.
    mutating func finish() -> (Image, Int)? {
        defer { waiting = nil }
        guard let (image, _) = waiting else { return nil }
        count += 1
        return (image, 1)
    }
}
