import Foundation
import Glibc

/// The children and unfinished outputs of this process: what has to go when it is interrupted.
public enum OpenMedia {
    private struct WeakChild {
        weak var child: ChildProcess?
    }

    private struct State {
        var children: [WeakChild] = []
        var partialFiles: Set<String> = []
    }

    private static let state = LockedState()

    /// `@unchecked Sendable`: `value` is only used under `lock`.
    private final class LockedState: @unchecked Sendable {
        private let lock = NSLock()
        private var value = State()
        func with<Result>(_ body: (inout State) -> Result) -> Result { lock.withLock { body(&value) } }
    }

    /// Kills every child and removes every unfinished output, so that an interrupted program leaves no half file.
    ///
    /// For the handler of Ctrl-C, on an ordinary thread (a dispatch source), not inside a signal handler.
    public static func abandonAll() {
        let (children, files) = state.with { ($0.children.compactMap(\.child), $0.partialFiles) }
        for child in children { child.kill() }
        // Ended first, so that none writes its file again.
        for child in children { child.wait() }
        for file in files { unsafe unlink(file) }
        state.with { $0.partialFiles.subtract(files) }
    }

    static func register(_ child: ChildProcess) {
        state.with {
            $0.children.removeAll { $0.child == nil }
            $0.children.append(WeakChild(child: child))
        }
    }

    static func addPartial(_ file: String) { state.with { _ = $0.partialFiles.insert(file) } }
    static func removePartial(_ file: String) { state.with { _ = $0.partialFiles.remove(file) } }
}
