import Foundation
import Glibc
import Synchronization

/// A child process with pipes: its stderr is drained all the time and its end is kept for messages.
///
/// `posix_spawn` without a shell; see `docs/decisions/0001-child-processes.md` for why not a library.
final class ChildProcess: Sendable {
    private struct State {
        var pid: pid_t
        var status: Int32?
        var input: Int32
        var output: Int32
        var errorTail: [UInt8] = []
    }

    private let state: Mutex<State>
    private let errorDrained = DispatchSemaphore(value: 0)

    /// Full path of a tool on PATH.
    static func find(_ tool: String) throws(MediaError) -> String {
        for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/\(tool)"
            if unsafe access(path, X_OK) == 0 { return path }
        }
        throw .toolMissing(tool)
    }

    /// Starts a tool.
    ///
    /// - Parameters:
    ///   - tool: its name on PATH.
    ///   - arguments: its arguments, handed over as they are.
    ///   - takesInput: whether its stdin is a pipe from here; it is empty otherwise.
    ///   - line: called with each line of stderr, from a thread of its own; true where it is no message to keep.
    /// - Throws: `MediaError.toolMissing`, or `failed` where the system cannot start it.
    init(
        _ tool: String, _ arguments: [String], takesInput: Bool,
        line: (@Sendable (Substring) -> Bool)? = nil
    ) throws(MediaError) {
        let path = try Self.find(tool)
        // A reader that goes away must give an error on write, not a signal.
        signal(SIGPIPE, SIG_IGN)
        // One start at a time: a pipe that another child inherits by accident never reports its end.
        Self.starting.lock()
        defer { Self.starting.unlock() }
        let input = takesInput ? Self.pipe() : [-1, -1]
        let output = Self.pipe()
        let error = Self.pipe()
        guard !takesInput || input[0] >= 0, output[0] >= 0, error[0] >= 0 else {
            for fd in input + output + error where fd >= 0 { Glibc.close(fd) }
            throw .failed(path: tool, reason: "no pipe could be made: \(Self.systemMessage)")
        }
        // A bigger pipe holds most of a frame: fewer switches between the processes. 1031 is F_SETPIPE_SZ.
        for fd in [input[1], output[0]] where fd >= 0 { _ = fcntl(fd, 1031, 1 << 20) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if takesInput {
            unsafe posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, error[1], 2)
        // A group of its own: Ctrl-C in the terminal reaches Kaira alone, which then ends the child in good order.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGPIPE, SIGINT, SIGTERM] { unsafe sigaddset(&defaults, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)

        var pid: pid_t = 0
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe ([tool] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        let failure = unsafe posix_spawn(&pid, path, &actions, &attributes, &argv, environ)
        for fd in [input[0], output[1], error[1]] where fd >= 0 { Glibc.close(fd) }
        guard failure == 0 else {
            for fd in [input[1], output[0], error[0]] where fd >= 0 { Glibc.close(fd) }
            throw .failed(path: tool, reason: unsafe "it could not be started: \(String(cString: strerror(failure)))")
        }
        state = Mutex(State(pid: pid, status: nil, input: input[1], output: output[0]))
        let errorPipe = error[0]
        let thread = Thread { [self] in drain(errorPipe, line: line) }
        thread.name = "kaira \(tool) stderr"
        thread.start()
    }

    private static let starting = NSLock()

    /// A pipe whose ends no child inherits: read end, write end; -1 where none could be made.
    private static func pipe() -> [Int32] {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { return [-1, -1] }
        for fd in ends { _ = fcntl(fd, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    private static var systemMessage: String { unsafe String(cString: strerror(errno)) }

    /// Reads stderr to its end; keeps the last 4 KB of what nobody took.
    private func drain(_ fd: Int32, line: (@Sendable (Substring) -> Bool)?) {
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe Glibc.read(fd, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            pending.append(contentsOf: chunk[0..<count])
            while let end = pending.firstIndex(of: 0x0A) {
                keep(Array(pending[..<end]), line: line)
                pending.removeSubrange(...end)
            }
            // A line that never ends must not grow without bound.
            if pending.count > 1 << 16 { pending.removeAll() }
        }
        if !pending.isEmpty { keep(pending, line: line) }
        Glibc.close(fd)
        errorDrained.signal()
    }

    private func keep(_ bytes: [UInt8], line: (@Sendable (Substring) -> Bool)?) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let line, line(text[...]) { return }
        state.withLock { state in
            state.errorTail.append(contentsOf: bytes + [0x0A])
            if state.errorTail.count > 4096 { state.errorTail.removeFirst(state.errorTail.count - 4096) }
        }
    }

    /// The last lines of stderr, for a message.
    var errorText: String {
        let tail = state.withLock { $0.errorTail }
        let lines = String(decoding: tail, as: UTF8.self).split(separator: "\n").map { line in
            // "[mov,mp4 @ 0x55d0c8] text" and "[in#0 @ 0x..] text": the address says nothing to a reader.
            line.range(of: "] ").map { String(line[$0.upperBound...]) } ?? String(line)
        }
        return lines.suffix(3).joined(separator: "; ")
    }

    /// Fills a buffer from the child's stdout; fewer bytes than asked for only at its end.
    func read(into bytes: inout [UInt8]) -> Int {
        let fd = state.withLock { $0.output }
        guard fd >= 0 else { return 0 }
        return unsafe bytes.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < buffer.count {
                let count = unsafe Glibc.read(fd, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                filled += count
            }
            return filled
        }
    }

    /// Reads the child's stdout to its end, at most `limit` bytes.
    func readAll(limit: Int) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while all.count < limit {
            let count = read(into: &chunk)
            all.append(contentsOf: chunk[0..<count])
            if count < chunk.count { break }
        }
        return all
    }

    /// Writes all bytes to the child's stdin; false where it has gone away.
    func write(_ bytes: [UInt8]) -> Bool {
        let fd = state.withLock { $0.input }
        guard fd >= 0 else { return false }
        return unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    fd, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    /// Ends the child's stdin.
    func closeInput() {
        let fd = state.withLock { state in
            defer { state.input = -1 }
            return state.input
        }
        if fd >= 0 { Glibc.close(fd) }
    }

    /// Ends the child at once.
    func kill() {
        state.withLock { state in if state.status == nil { _ = Glibc.kill(state.pid, SIGKILL) } }
    }

    /// Waits for the child's end.
    ///
    /// - Returns: its exit code, or 128 + n where signal n ended it.
    @discardableResult func wait() -> Int32 {
        if let status = state.withLock({ $0.status }) { return status }
        errorDrained.wait()
        errorDrained.signal()
        return state.withLock { state in
            if let status = state.status { return status }
            var raw: Int32 = 0
            while unsafe waitpid(state.pid, &raw, 0) < 0, errno == EINTR {}
            let signal = raw & 0x7F
            let status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
            state.status = status
            return status
        }
    }

    deinit {
        let (pid, status, input, output) = state.withLock { ($0.pid, $0.status, $0.input, $0.output) }
        if input >= 0 { Glibc.close(input) }
        if output >= 0 { Glibc.close(output) }
        if status == nil {
            _ = Glibc.kill(pid, SIGKILL)
            var raw: Int32 = 0
            while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
        }
    }
}
