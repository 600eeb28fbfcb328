import Foundation
import Glibc
import KairaImage

/// Frames to stdout, for the next program of a pipe.
public final class StreamSink: FrameSink {
    /// What is written.
    public enum Format: Sendable, Hashable {
        /// YUV4MPEG2, 4:2:0, BT.709 limited range.
        case y4m
        /// Bare RGBA, straight alpha.
        case rgba
        /// One PNG after the other, straight alpha.
        case png
    }

    private let format: Format
    private let descriptor: Int32
    private let rate: FrameRate
    private var pace: ConstantRate
    private var y4m: Y4MWriter?
    private var isEnded = false

    /// A sink for stdout, or for another file descriptor that stays open.
    public init(format: Format, rate: FrameRate, descriptor: Int32 = STDOUT_FILENO) {
        signal(SIGPIPE, SIG_IGN)
        self.format = format
        self.rate = rate
        self.descriptor = descriptor
        pace = ConstantRate(rate)
    }

    /// Takes one frame.
    public func write(_ frame: Frame) throws(MediaError) {
        try pace.push(frame) { (image, _) throws(MediaError) in try emit(image) }
    }

    private func emit(_ image: Image) throws(MediaError) {
        switch format {
        case .y4m:
            if y4m == nil {
                let writer = Y4MWriter(width: image.width, height: image.height, rate: rate)
                try send(writer.header)
                y4m = writer
            }
            try send(y4m?.frame(image) ?? [])
        case .rgba:
            var straight = image
            straight.unpremultiply()
            try send(straight.bytes)
        case .png:
            let bytes: [UInt8]
            do { bytes = try PNGCodec.encode(image) } catch { throw .failed(path: "stdout", reason: "\(error)") }
            try send(bytes)
        }
    }

    private func send(_ bytes: [UInt8]) throws(MediaError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .failed(
                    path: "stdout", reason: unsafe "it cannot be written: \(String(cString: strerror(errno)))")
            }
            written += count
        }
    }

    /// Writes the last frame.
    public func finish() throws(MediaError) {
        guard !isEnded else { return }
        isEnded = true
        try pace.finish { (image, _) throws(MediaError) in try emit(image) }
    }

    /// Stops; what went down the pipe is gone.
    public func cancel() { isEnded = true }
}
