import Foundation
import KairaImage
import Synchronization

/// Frames of a video file, decoded by an ffmpeg child, with the exact presentation time of each.
///
/// Times come from the decoder itself (the `showinfo` filter, in the stream's own time base), not from a frame rate.
public final class VideoSource: FrameSource {
    /// What the frames come from.
    public let information: MediaInformation
    private let path: String
    private let child: ChildProcess
    private let frames = BoundedQueue<Frame>(capacity: 3)
    private let ending = Ending()
    private var delivered = 0
    private let temporary: String?

    /// How decoding ended: written by the reading thread, read by the caller's.
    private final class Ending: Sendable {
        struct State {
            var warnings: [String] = []
            var failure: MediaError?
            var isClosed = false
        }
        let state = Mutex(State())
    }

    /// Opens a video.
    ///
    /// - Parameters:
    ///   - path: the file, or `-` for stdin, which is kept in a temporary file while it is read: most containers have
    ///     to be read from both ends.
    ///   - maximumSize: the longest side of decoded frames in pixels; larger pictures are reduced.
    /// - Throws: `MediaError`.
    public init(path: String, maximumSize: Int? = nil) throws(MediaError) {
        let file = path == "-" ? try Self.spoolStandardInput() : path
        temporary = path == "-" ? file : nil
        self.path = path == "-" ? "stdin" : path
        do {
            information = try MediaProbe.probe(file, maximumSize: maximumSize)
            let size = "\(information.width):\(information.height)"
            let times = FrameTimes()
            child = try ChildProcess(
                "ffmpeg",
                [
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", "-protocol_whitelist", "file,pipe",
                    "-i", FFmpegArguments.fileURL(file), "-map", "0:v:0", "-an", "-sn", "-dn", "-fps_mode",
                    "passthrough", "-vf", "showinfo=checksum=0,scale=\(size):flags=bilinear,setsar=1", "-pix_fmt",
                    "rgba", "-f", "rawvideo", "-max_muxing_queue_size", "64", "-",
                ], takesInput: false, line: { times.take($0) })
            let reader = Thread { [child, frames, information, ending, path = self.path] in
                let count = Self.read(child, times: times, information: information, into: frames)
                Self.conclude(ending, child: child, path: path, frames: count)
                frames.close()
            }
            reader.name = "kaira decode"
            reader.start()
        } catch {
            if path == "-" { try? FileManager.default.removeItem(atPath: file) }
            throw error
        }
    }

    deinit {
        close()
        if let temporary { try? FileManager.default.removeItem(atPath: temporary) }
    }

    /// What was wrong with the input without ending it.
    public var warnings: [String] { ending.state.withLock { $0.warnings } }

    /// The next frame, or nil after the last.
    public func next() throws(MediaError) -> Frame? {
        if let frame = frames.pop() {
            delivered += 1
            return frame
        }
        let (failure, isClosed) = ending.state.withLock { ($0.failure, $0.isClosed) }
        if isClosed { return nil }
        if let failure { throw failure }
        if delivered == 0 {
            let reason = child.errorText
            throw .badData(
                path: path, reason: "no frame could be decoded\(reason.isEmpty ? "" : ": " + reason)")
        }
        return nil
    }

    /// Stops decoding.
    public func close() {
        let wasClosed = ending.state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        child.kill()
        frames.close(dropping: true)
    }

    /// Runs on the reading thread after the child's last byte.
    private static func conclude(_ ending: Ending, child: ChildProcess, path: String, frames count: Int) {
        let status = child.wait()
        let reason = child.errorText
        ending.state.withLock { state in
            guard !state.isClosed else { return }
            if status >= 128 {
                state.failure = .failed(
                    path: path, reason: "ffmpeg was ended by signal \(status - 128) after \(count) frames")
            } else if count > 0, status != 0 || !reason.isEmpty {
                state.warnings.append(
                    "\(path): the file is damaged; \(count) frames were decoded"
                        + (reason.isEmpty ? "" : " (\(reason))"))
            }
        }
    }

    /// The reading thread: bytes and times to frames; returns how many there were.
    private static func read(
        _ child: ChildProcess, times: FrameTimes, information: MediaInformation, into frames: BoundedQueue<Frame>
    ) -> Int {
        var index = 0
        var first: Int64?
        var last: Int64 = 0
        while true {
            var image = Image(width: information.width, height: information.height)
            guard child.read(into: &image.bytes) == image.bytes.count else { break }
            let own = times.next() ?? information.frameRate.nanoseconds(of: index)
            let start = first ?? own
            first = start
            // Damaged files have times that fall or repeat: never hand those on.
            let time = index == 0 ? 0 : max(own - start, last)
            last = time
            guard frames.push(Frame(image: image, timeNanoseconds: time, index: index)) else { break }
            index += 1
        }
        return index
    }

    private static func spoolStandardInput() throws(MediaError) -> String {
        let path = NSTemporaryDirectory() + "kaira-\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw .failed(path: path, reason: "a temporary file for stdin could not be made") }
        do {
            while let data = try FileHandle.standardInput.read(upToCount: 1 << 20), !data.isEmpty {
                try file.write(contentsOf: data)
            }
            try file.close()
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw .failed(path: "stdin", reason: "it could not be kept in a temporary file: \(error)")
        }
        return path
    }
}

/// The presentation times that the decoder reports, in order, as they come in on stderr.
private final class FrameTimes: Sendable {
    private struct State {
        var numerator = 1.0
        var denominator = 1.0
        var times: [Int64] = []
    }
    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    /// Takes a line of ffmpeg's log; true where it is no message for a person.
    func take(_ line: Substring) -> Bool {
        // "[Parsed_showinfo_0 @ 0x...] config in time_base: 1/10240, frame_rate: 5/1"
        // "[Parsed_showinfo_0 @ 0x...] n:   0 pts:      0 pts_time:0 ..."
        guard line.hasPrefix("[Parsed_showinfo") else {
            // Of the info level only warnings and errors of the decoders are kept: those name their part in brackets.
            return !line.hasPrefix("[") || line.hasPrefix("[libx") || line.hasPrefix("[swscaler")
                || line.contains("deprecated")
        }
        if let range = line.range(of: "config in time_base: ") {
            let parts = line[range.upperBound...].prefix { $0 != "," }.split(separator: "/").compactMap { Double($0) }
            if parts.count == 2, parts[0] > 0, parts[1] > 0 {
                state.withLock { ($0.numerator, $0.denominator) = (parts[0], parts[1]) }
            }
        } else if line.contains("] n:"), let range = line.range(of: " pts:") {
            let text = line[range.upperBound...].drop { $0 == " " }.prefix { $0 != " " }
            state.withLock { state in
                let time = Double(text).map { $0 * state.numerator / state.denominator * 1e9 }
                let last = state.times.last ?? 0
                state.times.append(time.map { Int64($0.rounded()) } ?? last)
            }
            filled.signal()
        }
        return true
    }

    /// The time of the next frame, nanoseconds; nil where the decoder says none within a second.
    func next() -> Int64? {
        guard filled.wait(timeout: .now() + 1) == .success else { return nil }
        return state.withLock { $0.times.isEmpty ? nil : $0.times.removeFirst() }
    }
}
