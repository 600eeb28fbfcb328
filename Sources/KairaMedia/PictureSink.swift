import Foundation
import Glibc
import KairaImage

/// One picture, or a numbered PNG file a frame.
///
/// A sequence holds the frames as they come, none doubled or left out; numbers count from 0.
/// `@unchecked Sendable`: used by one thread at a time; `written` is behind `lock`.
final class PictureSink: FrameSink, @unchecked Sendable {
    private let output: String
    private let format: OutputFormat
    private let options: SinkOptions
    private let pump: FramePump
    private let written: Written
    private var count = 0
    private var isOpen = true

    init(_ output: String, format: OutputFormat, size: SIMD2<Int>, options: SinkOptions) throws(MediaError) {
        if format == .pngSequence {
            guard Self.path(output, frame: 0) != nil else {
                throw MediaError(.usage, "\(output): the pattern needs {frame:05d} where the number goes")
            }
        }
        // The first file stands for all: refuse before work is done.
        let first = Self.path(output, frame: 0) ?? output
        try OutputFile(first, force: options.force).discard()
        self.output = output
        self.format = format
        self.options = options
        let written = Written()
        self.written = written
        pump = FramePump(capacity: options.queuedFrames) { (image, number) throws(MediaError) in
            let path = Self.path(output, frame: number) ?? output
            let bytes: [UInt8]
            do {
                let isJPEG = format == .jpeg
                let picture = isJPEG ? image.composited(over: options.background) : image
                bytes = try picture.encoded(as: isJPEG ? .jpeg : .png, quality: options.quality)
            } catch {
                throw MediaError(.inputOutput, "\(path): \(error)")
            }
            let file = try OutputFile(path, force: options.force)
            let fd = try file.create()
            var code = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: fd) }
            if close(fd) != 0, code == 0 { code = errno }
            guard code == 0 else {
                file.discard()
                throw MediaError.writing(path, failed: code)
            }
            try file.commit()
            written.add(file.path)
        }
    }

    deinit { cancel() }

    func write(_ frame: Frame) throws(MediaError) {
        guard isOpen else { throw MediaError(.cancelled, "\(output): is closed") }
        if format != .pngSequence, count > 0 {
            throw MediaError(
                .usage, "\(output): holds one picture; for more name a pattern such as frame-{frame:05d}.png")
        }
        do throws(MediaError) {
            try pump.push(frame.image, count: count)
        } catch {
            cancel()
            throw error
        }
        count += 1
    }

    func finish() throws(MediaError) {
        guard isOpen else { throw MediaError(.cancelled, "\(output): is closed") }
        do throws(MediaError) {
            guard count > 0 else { throw MediaError(.badData, "\(output): no frames to write") }
            try pump.drain()
        } catch {
            cancel()
            throw error
        }
        isOpen = false
    }

    func cancel() {
        guard isOpen else { return }
        isOpen = false
        pump.stop()
        written.removeAll()
    }

    /// The path of one frame: `{frame}` is the number, `{frame:05d}` the number with at least 5 digits; nil without it.
    static func path(_ pattern: String, frame: Int) -> String? {
        guard let start = pattern.range(of: "{frame"), let end = pattern[start.upperBound...].firstIndex(of: "}") else {
            return nil
        }
        let form = pattern[start.upperBound..<end]
        var digits = "\(frame)"
        if !form.isEmpty {
            guard form.hasPrefix(":0"), form.hasSuffix("d"), let width = Int(form.dropFirst(2).dropLast()),
                (1...20).contains(width)
            else { return nil }
            digits = String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return pattern[..<start.lowerBound] + digits + pattern[pattern.index(after: end)...]
    }

    /// The files made so far. `@unchecked Sendable`: behind `lock`.
    private final class Written: @unchecked Sendable {
        private let lock = NSLock()
        private var paths: [String] = []
        func add(_ path: String) {
            lock.withLock { paths.append(path) }
        }
        func removeAll() {
            lock.withLock {
                for path in paths { unsafe unlink(path) }
                paths = []
            }
        }
    }
}
