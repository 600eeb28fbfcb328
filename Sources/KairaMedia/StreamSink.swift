import Foundation
import Glibc
import KairaImage

/// Frames as bytes in a row, evenly spaced in time: Y4M, bare RGBA, or PNG after PNG; to standard output or a file.
///
/// Y4M has no mark for the colour matrix: as readers assume, pictures of 720 lines or more are BT.709, others BT.601.
///
/// `@unchecked Sendable`: used by one thread at a time; `isOpen` is behind `lock`.
final class StreamSink: FrameSink, @unchecked Sendable {
    private let descriptor: Int32
    private let file: OutputFile?
    private let size: SIMD2<Int>
    private let name: String
    private let pump: FramePump
    private var spacing: FrameSpacing
    private let lock = NSLock()
    private var isOpen = true
    private let isStopped = Flag()

    /// Takes over the descriptor.
    init(
        descriptor: Int32, file: OutputFile?, format: OutputFormat, size: SIMD2<Int>, frameRate: Rational,
        options: SinkOptions
    ) {
        self.descriptor = descriptor
        self.file = file
        self.size = size
        let name = file?.path ?? "standard output"
        self.name = name
        spacing = FrameSpacing(rate: frameRate)
        _ = signal(SIGPIPE, SIG_IGN)
        let isLarge = max(size.x, size.y) >= 1280 || min(size.x, size.y) >= 720
        let planes = PlanarYUV(width: size.x, height: size.y, matrix: isLarge ? .bt709 : .bt601, even: false)
        let header = Array(
            "YUV4MPEG2 W\(size.x) H\(size.y) F\(frameRate.numerator):\(frameRate.denominator) Ip A1:1 C420\n".utf8)
        let background = options.background
        let started = Flag()
        pump = FramePump(capacity: options.queuedFrames) { [isStopped] (image, count) throws(MediaError) in
            var bytes: [UInt8]
            switch format {
            case .y4m:
                let opaque = background == .zero ? image : image.composited(over: background)
                let mark = Array("FRAME\n".utf8)
                bytes = unsafe [UInt8](unsafeUninitializedCapacity: mark.count + planes.byteCount) { buffer, filled in
                    for i in mark.indices { unsafe buffer.initializeElement(at: i, to: mark[i]) }
                    filled = mark.count + planes.byteCount
                    unsafe planes.convert(
                        opaque, into: UnsafeMutableBufferPointer(rebasing: buffer[mark.count..<filled]))
                }
                if started.set() { try Self.send(header, to: descriptor, name) }
            case .png:
                do {
                    bytes = try image.encoded(as: .png)
                } catch {
                    throw MediaError(.inputOutput, "\(name): \(error)")
                }
            default:
                var straight = image
                straight.unpremultiply()
                bytes = straight.bytes
            }
            for _ in 0..<count where !isStopped.isSet { try Self.send(bytes, to: descriptor, name) }
        }
    }

    deinit { cancel() }

    private static func send(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws(MediaError) {
        let code = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
        guard code != 0 else { return }
        throw .writing(name, failed: code)
    }

    func write(_ frame: Frame) throws(MediaError) {
        guard frame.image.width == size.x, frame.image.height == size.y else {
            throw MediaError(
                .usage,
                "\(name): a frame of \(frame.image.width)x\(frame.image.height) in a video of \(size.x)x\(size.y)")
        }
        guard lock.withLock({ isOpen }) else { throw MediaError(.cancelled, "\(name): is closed") }
        if let (image, count) = spacing.add(frame.image, time: frame.time) { try pump.push(image, count: count) }
    }

    func finish() throws(MediaError) {
        guard lock.withLock({ isOpen }) else { throw MediaError(.cancelled, "\(name): is closed") }
        do throws(MediaError) {
            guard let (image, count) = spacing.finish() else {
                throw MediaError(.badData, "\(name): no frames to write")
            }
            try pump.push(image, count: count)
            try pump.drain()
            lock.withLock { isOpen = false }
            // Some file systems tell of a full disk only here.
            if close(descriptor) != 0 {
                throw MediaError.writing(name, failed: errno)
            }
            try file?.commit()
        } catch {
            cancel()
            file?.discard()
            throw error
        }
    }

    func cancel() {
        let wasOpen = lock.withLock {
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        _ = isStopped.set()
        pump.stop()
        close(descriptor)
        file?.discard()
    }
}

/// A mark that is set once, by any thread. `@unchecked Sendable`: the value is behind `lock`.
private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool { lock.withLock { value } }
    /// Sets it; true the first time.
    func set() -> Bool {
        lock.withLock {
            defer { value = true }
            return !value
        }
    }
}
