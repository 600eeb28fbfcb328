import Foundation
import Glibc

/// A running child with pipes to it, without a shell, in a process group of its own.
///
/// Why not swift-subprocess: `docs/decisions/0001-child-processes.md`. `@unchecked Sendable`: mutable state is behind
/// `lock`; the descriptors are fixed at the start and each is used by one thread.
final class ChildProcess: @unchecked Sendable {
    /// What the child's standard input is.
    enum Input {
        case nothing
        case pipe
    }

    /// How a child ended.
    enum End: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let name: String
    let pid: pid_t
    /// Write end of its standard input, or -1.
    let input: Int32
    /// Read end of its standard output, or -1.
    let output: Int32
    /// Read end of its descriptor 3, or -1.
    let side: Int32

    private static let spawning = NSLock()
    private let lock = NSLock()
    private var end: End?
    private var inputIsOpen: Bool
    private let log: ErrorLog

    /// Starts a program.
    ///
    /// - Throws: `missingTool` where it is not found, `inputOutput` if it can't be started.
    init(
        _ program: String, _ arguments: [String], input wanted: Input = .nothing, hasOutput: Bool = true,
        hasSide: Bool = false
    ) throws(MediaError) {
        Self.ignoreBrokenPipes()
        name = program.split(separator: "/").last.map(String.init) ?? program
        var mine: [Int32] = [], theirs: [Int32] = []
        // One child at a time: a pipe must not be inherited by another child before it is marked, or it never ends.
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        func abandon() { for fd in mine + theirs where fd >= 0 { Glibc.close(fd) } }
        /// The ends of a pipe; the child's is moved above 9, so that no later dup2 in the child overwrites it.
        func makePipe(childReads: Bool) -> (mine: Int32, theirs: Int32)? {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else { return nil }
            for fd in ends { _ = fcntl(fd, F_SETFD, FD_CLOEXEC) }
            let child = childReads ? ends[0] : ends[1]
            let moved = fcntl(child, F_DUPFD_CLOEXEC, 10)
            Glibc.close(child)
            let parent = childReads ? ends[1] : ends[0]
            mine.append(parent)
            theirs.append(moved)
            return moved < 0 ? nil : (parent, moved)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }

        var (inputEnd, outputEnd, sideEnd) = (Int32(-1), Int32(-1), Int32(-1))
        var isReady = true
        if wanted == .pipe, let ends = makePipe(childReads: true) {
            inputEnd = ends.mine
            unsafe posix_spawn_file_actions_adddup2(&actions, ends.theirs, 0)
        } else {
            isReady = wanted == .nothing
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if hasOutput, let ends = makePipe(childReads: false) {
            outputEnd = ends.mine
            unsafe posix_spawn_file_actions_adddup2(&actions, ends.theirs, 1)
        } else {
            isReady = isReady && !hasOutput
            unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        if hasSide {
            if let ends = makePipe(childReads: false) {
                sideEnd = ends.mine
                unsafe posix_spawn_file_actions_adddup2(&actions, ends.theirs, 3)
            } else {
                isReady = false
            }
        }
        guard isReady, let errors = makePipe(childReads: false) else {
            let code = errno
            abandon()
            throw MediaError(.inputOutput, "can't make a pipe to \(name): \(systemMessage(code))")
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, errors.theirs, 2)
        // Whatever else this program has open, marked close-on-exec or not, is none of the child's business: a child that
        // holds the write end of somebody's pipe keeps its reader waiting for ever.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for fd in open.compactMap({ Int32($0) }) where fd >= (hasSide ? 4 : 3) {
            unsafe posix_spawn_file_actions_addclose(&actions, fd)
        }

        // A group of its own: Ctrl-C reaches Kaira alone, which then ends the child in order. Signals as at the start.
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGHUP)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { unsafe argv.forEach { unsafe free($0) } }
        var child = pid_t(0)
        let result = unsafe posix_spawnp(&child, program, &actions, &attributes, argv, environ)
        for fd in theirs { Glibc.close(fd) }
        theirs = []
        guard result == 0 else {
            abandon()
            if result == ENOENT || result == EACCES { throw .missing(name) }
            throw MediaError(.inputOutput, "can't start \(name): \(systemMessage(result))")
        }
        (pid, input, output, side) = (child, inputEnd, outputEnd, sideEnd)
        inputIsOpen = inputEnd >= 0
        log = ErrorLog(reading: errors.mine)
        OpenMedia.register(self)
    }

    deinit {
        kill()
        wait()
        closeInput()
        for fd in [output, side] where fd >= 0 { Glibc.close(fd) }
    }

    /// Tells the child that no more input comes.
    func closeInput() {
        let isOpen = lock.withLock {
            defer { inputIsOpen = false }
            return inputIsOpen
        }
        if isOpen { Glibc.close(input) }
    }

    /// Kills the child, if it still runs.
    func kill() {
        // Under the lock and only before it was waited for: the number may belong to another process afterwards.
        lock.withLock { if end == nil { _ = Glibc.kill(pid, SIGKILL) } }
    }

    /// Waits until the child has ended.
    @discardableResult func wait() -> End {
        while true {
            if let end = lock.withLock({ end }) { return end }
            // Without reaping, so that `kill` stays safe; then reap under the lock.
            var information = unsafe siginfo_t()
            let result = unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT)
            if result != 0, errno == EINTR { continue }
            lock.withLock {
                guard end == nil else { return }
                var status = Int32(0)
                while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
                let signal = status & 0x7F
                end = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
            }
        }
    }

    /// What it wrote to standard error, cut to the first and last few kilobytes; complete once it has ended.
    var errorText: String { log.text() }

    /// Writes all bytes to its standard input.
    ///
    /// - Returns: false if the child no longer reads.
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool { unsafe writeAll(bytes, to: input) == 0 }

    private static func ignoreBrokenPipes() { _ = brokenPipesIgnored }
    private static let brokenPipesIgnored: Bool = {
        // A child that dies must be an error of write(2), not the end of the whole program.
        _ = signal(SIGPIPE, SIG_IGN)
        return true
    }()
}

/// Collects what a child says on standard error, on a thread of its own, in bounded memory.
///
/// `@unchecked Sendable`: all state is behind `condition`.
private final class ErrorLog: @unchecked Sendable {
    private let condition = NSCondition()
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var hasEnded = false

    init(reading fd: Int32) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe read(fd, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                condition.withLock {
                    if head.count < 4096 { head += buffer[..<count] } else { tail += buffer[..<count] }
                    if tail.count > 16384 { tail.removeFirst(tail.count - 8192) }
                }
            }
            Glibc.close(fd)
            condition.withLock {
                hasEnded = true
                condition.broadcast()
            }
        }
    }

    func text() -> String {
        condition.withLock {
            // A grandchild could hold the pipe open: wait for the end, but not for ever.
            let limit = Date(timeIntervalSinceNow: 1)
            while !hasEnded, condition.wait(until: limit) {}
            return String(decoding: head + tail, as: UTF8.self)
        }
    }
}

/// Writes all bytes to a descriptor; 0 or the number of the error.
func writeAll(_ bytes: UnsafeRawBufferPointer, to fd: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
        let count = unsafe write(fd, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0 {
            if errno == EINTR { continue }
            if errno == EAGAIN {
                var wanted = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&wanted, 1, 1000)
                continue
            }
            return errno
        }
        done += count
    }
    return 0
}

/// Fills a buffer from a descriptor; fewer bytes only at the end of the input.
func readAll(_ buffer: UnsafeMutableRawBufferPointer, from fd: Int32) -> Int {
    var done = 0
    while done < buffer.count {
        let count = unsafe read(fd, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        done += count
    }
    return done
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
