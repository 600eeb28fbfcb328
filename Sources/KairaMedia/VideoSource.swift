import Foundation
import Glibc
import KairaImage

/// The frames of a video, decoded by an `ffmpeg` child.
///
/// One decode gives pixels and exact times: a filter in ffmpeg writes each frame's presentation time, in nanoseconds, to
/// a second pipe just before its pixels come out of the first. Frames pass as they are, none doubled or dropped.
/// Where the file does not say how colours were encoded, pictures of 720 lines or more are taken as BT.709 and smaller
/// ones as BT.601, as players do.
public final class VideoSource: FrameSource {
    /// What is known of the input.
    public let information: MediaInformation
    private let decoder: Decoder

    /// What could not be decoded, once `next` has returned nil.
    public var damage: MediaError? { decoder.damage }

    init(
        path: String, probe: MediaProbe, options: SourceOptions,
        pipe: (fd: Int32, head: [UInt8], hasEnded: Bool)? = nil
    ) throws(MediaError) {
        var information = probe.information
        let size = options.frameSize(for: information.size)
        information.frameSize = size
        // The same cap as for pictures, and what the frames' pixels may take.
        guard size.x > 0, size.y > 0, size.x <= 16384, size.y <= 16384 else {
            throw MediaError(
                .badData, "\(path): frames of \(size.x)x\(size.y) are over 16384 pixels a side; decode them smaller")
        }
        self.information = information

        var arguments = ["-nostdin", "-v", "error"] + MediaTools.inputGuard
        if let name = probe.decoder { arguments += ["-c:v", name] }
        arguments += ["-threads", "\(max(1, options.threads))", "-i", pipe == nil ? "file:" + path : "pipe:0"]
        var scale = "scale=\(size.x):\(size.y):flags=bicubic"
        if probe.hasUnknownMatrix {
            let isLarge =
                max(information.size.x, information.size.y) >= 1280
                || min(information.size.x, information.size.y) >= 720
            scale += ":in_color_matrix=" + (isLarge ? "bt709" : "bt601")
        }
        let stamps = "metadata=mode=add:key=k:value=1,metadata=mode=print:key=k:file=pipe\\\\:3:direct=1"
        arguments += [
            "-map", "0:\(probe.streamIndex)", "-filter_threads", "1",
            "-vf", "\(scale),settb=1/1000000000,\(stamps)", "-fps_mode", "passthrough",
            "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1",
        ]
        let child = try ChildProcess(
            options.tools.ffmpeg, arguments, input: pipe == nil ? .nothing : .pipe, hasSide: true)
        let frameBytes = size.x * size.y * 4
        // Two frames always, more only while they stay under 64 MB together.
        let capacity = max(2, min(options.queuedFrames, (64 << 20) / frameBytes))
        decoder = Decoder(
            child: child, path: path, size: size, hasAlpha: information.hasAlpha, rate: information.frameRate,
            promisedFrames: probe.promisedFrames, duration: information.duration, capacity: capacity)
        if let pipe {
            Thread.detachNewThread { [decoder] in decoder.feed(pipe.fd, head: pipe.head, hasEnded: pipe.hasEnded) }
        }
        Thread.detachNewThread { [decoder] in decoder.run() }
    }

    deinit { decoder.stop() }

    /// The next frame; nil at the end.
    ///
    /// - Throws: `badData` if not one frame could be decoded, `inputOutput` if ffmpeg died.
    public func next() throws(MediaError) -> Frame? { try decoder.next() }

    /// Stops decoding.
    public func close() { decoder.stop() }
}

/// The reading side of the child; held by its threads, so that the source can go before them.
///
/// `@unchecked Sendable`: `result` and `isStopped` are behind `lock`, the rest is fixed or used by `run` alone.
private final class Decoder: @unchecked Sendable {
    private let child: ChildProcess
    private let path: String
    private let size: SIMD2<Int>
    private let hasAlpha: Bool
    private let frameNanoseconds: Int64
    private let promisedFrames: Int?
    private let duration: Double?
    private let queue: BoundedQueue<Frame>
    private let lock = NSLock()
    private var failure: MediaError?
    private var warning: MediaError?
    private var isStopped = false
    private var sideBytes: [UInt8] = []

    init(
        child: ChildProcess, path: String, size: SIMD2<Int>, hasAlpha: Bool, rate: Rational, promisedFrames: Int?,
        duration: Double?, capacity: Int
    ) {
        self.child = child
        self.path = path
        self.size = size
        self.hasAlpha = hasAlpha
        self.promisedFrames = promisedFrames
        self.duration = duration
        frameNanoseconds = Int64(1e9 / rate.value)
        queue = BoundedQueue(capacity: capacity)
    }

    var damage: MediaError? { lock.withLock { warning } }

    func next() throws(MediaError) -> Frame? {
        if let frame = queue.pop() { return frame }
        let failure = lock.withLock {
            defer { self.failure = nil }
            return self.failure
        }
        if let failure { throw failure }
        return nil
    }

    func stop() {
        lock.withLock { isStopped = true }
        child.kill()
        queue.close(discarding: true)
    }

    /// Reads frames until the child ends.
    func run() {
        let frameBytes = size.x * size.y * 4
        var (count, origin, last) = (0, Int64?.none, Int64(0))
        var isCut = false
        while true {
            var got = 0
            // A fresh array a frame: glibc hands the same memory out again once it was freed, so nothing grows.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: frameBytes) { buffer, filled in
                got = unsafe readAll(UnsafeMutableRawBufferPointer(buffer), from: child.output)
                filled = got
            }
            guard got == frameBytes, var image = Image(width: size.x, height: size.y, bytes: bytes) else {
                isCut = got != 0
                break
            }
            if hasAlpha { image.premultiply() }
            var time = last
            if let stamp = readStamp() {
                if origin == nil { origin = stamp }
                time = stamp - (origin ?? 0)
            } else if count > 0 {
                time = last + frameNanoseconds
            }
            // Files lie: time never runs backwards.
            last = max(last, time)
            guard queue.push(Frame(image: image, timeNanoseconds: last, index: count)) else { break }
            count += 1
        }
        let wasStopped = lock.withLock { isStopped }
        if wasStopped { child.kill() }
        judge(child.wait(), count: count, last: last, isCut: isCut, wasStopped: wasStopped)
        queue.close(discarding: false)
    }

    private func judge(_ end: ChildProcess.End, count: Int, last: Int64, isCut: Bool, wasStopped: Bool) {
        if wasStopped { return }
        let text = child.errorText
        let reason = firstLine(text, without: path)
        lock.withLock {
            if case .killed(let signal) = end {
                failure = MediaError(
                    .inputOutput,
                    "\(path): ffmpeg was killed by signal \(signal) after \(count) frames; see to its memory and try again"
                )
            } else if count == 0 {
                failure = MediaError(
                    .badData, "\(path): not one picture could be decoded\(reason); give a file with pictures")
            } else if end != .exited(0) || isCut || !text.isEmpty {
                warning = MediaError(.partial, "\(path): decoded \(count) frames, but the file is damaged\(reason)")
            } else if let promisedFrames, let duration, count < promisedFrames,
                // Both: an edit list may hide frames on purpose.
                Double(last + 3 * frameNanoseconds) * 1e-9 < duration
            {
                warning = MediaError(
                    .partial, "\(path): decoded \(count) of \(promisedFrames) frames; the file seems to be cut")
            }
        }
    }

    /// The next time from the side pipe, nanoseconds; nil where the frame has none. Lines are
    /// `frame:0    pts:40000000 pts_time:0.04` and `k=1`, written before the frame's pixels.
    private func readStamp() -> Int64? {
        while true {
            while let end = sideBytes.firstIndex(of: 10) {
                let line = String(decoding: sideBytes[..<end], as: UTF8.self)
                sideBytes.removeFirst(end + 1)
                guard line.hasPrefix("frame:"), let start = line.range(of: "pts:") else { continue }
                return Int64(line[start.upperBound...].prefix { $0 == "-" || $0.isNumber })
            }
            // The time was written before the pixels: where it is not there by now, it never comes.
            var wanted = pollfd(fd: child.side, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&wanted, 1, 100) == 0 { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(child.side, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 || sideBytes.count > 65536 { return nil }
            sideBytes += buffer[..<count]
        }
    }

    /// Sends standard input on to the child, the bytes that were looked at first.
    func feed(_ fd: Int32, head: [UInt8], hasEnded: Bool) {
        defer { child.closeInput() }
        guard unsafe head.withUnsafeBytes({ unsafe child.send($0) }), !hasEnded else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !lock.withLock({ isStopped }) {
            // With a limit, so that a stopped source does not wait for a sender that sleeps.
            var wanted = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&wanted, 1, 200) == 0 { continue }
            let count = unsafe read(fd, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            guard unsafe buffer.withUnsafeBytes({ unsafe child.send(UnsafeRawBufferPointer(rebasing: $0[..<count])) })
            else { return }
        }
    }
}
