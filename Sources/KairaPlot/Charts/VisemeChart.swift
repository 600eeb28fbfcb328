import KairaImage
import KairaMotion

/// A sound and how the mouth moves with it: the waveform, its spectrogram, the five weights, and the closures.
public struct VisemeChart: Sendable {
    /// Above the chart.
    public var title: String
    /// Samples, full scale -1...1.
    public var samples: [Float]
    /// Samples a second.
    public var sampleRate: Int
    /// Decibels, from 0 Hz up to half of `sampleRate`, for evenly spaced times.
    public var spectrogram: [[Float]]
    /// The mouth.
    public var track: VisemeTrack
    /// Width and height, pixels.
    public var size: SIMD2<Int>

    /// A chart from its parts.
    public init(
        title: String, samples: [Float], sampleRate: Int, spectrogram: [[Float]], track: VisemeTrack,
        size: SIMD2<Int> = [1200, 760]
    ) {
        self.title = title
        self.samples = samples
        self.sampleRate = sampleRate
        self.spectrogram = spectrogram
        self.track = track
        self.size = size
    }

    private static let left: Float = 76
    private static let right: Float = 22

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without sound, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        guard !samples.isEmpty, sampleRate > 0 else { throw .empty("a chart without sound") }
        guard size.x >= 480, size.y >= 400 else { throw .empty("a chart of sound smaller than 480x400 pixels") }
        guard size.x <= 32767, size.y <= 32767 else { throw .tooLarge(width: size.x, height: size.y) }
        let duration = Double(samples.count) / Double(sampleRate)
        let (left, right) = (Self.left, Float(size.x) - Self.right)
        let top: Float = 44
        let height = Float(size.y) - top - 70
        let wave = (top, top + height * 0.17)
        let picture = (wave.1 + 18, wave.1 + 18 + height * 0.4)
        let curves = (picture.1 + 26, top + height)
        var paper = Image(width: size.x, height: size.y, filledWith: [255, 255, 255, 255])
        paint(&paper, x: Int(left)..<Int(right), y: Int(picture.0)..<Int(picture.1))
        let canvas = try Canvas(paper)
        func x(_ time: Double) -> Float { left + Float(time / duration) * (right - left) }
        let text = ChartStyle.textSize
        canvas.setColor(ChartStyle.ink)
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        drawClosures(on: canvas, y: curves, x: x)
        drawWave(on: canvas, y: wave, x: (left, right))
        // Axes: kilohertz, weights, seconds.
        let nyquist = Double(sampleRate) / 2
        for tick in ChartStyle.ticks(from: 0, to: nyquist / 1000, about: 4) {
            let y = picture.1 - Float(tick * 1000 / nyquist) * (picture.1 - picture.0)
            label(ChartStyle.label(tick) + " kHz", on: canvas, y: y)
        }
        for tick in [0, 0.5, 1] {
            let y = curves.1 - Float(tick) * (curves.1 - curves.0)
            canvas.setColor(ChartStyle.grid)
            canvas.line(SIMD2(left, y), SIMD2(right, y), width: 1)
            label(ChartStyle.label(tick), on: canvas, y: y)
        }
        for tick in ChartStyle.ticks(from: 0, to: duration, about: max(2, size.x / 110)) {
            canvas.setColor(ChartStyle.ink)
            canvas.line(SIMD2(x(tick), curves.1), SIMD2(x(tick), curves.1 + 4), width: 1)
            let words = ChartStyle.label(tick) + " s"
            canvas.text(
                words, x: Double(x(tick)) - canvas.width(of: words, size: text) / 2, y: Double(curves.1) + 6 + text,
                size: text)
        }
        drawCurves(on: canvas, y: curves, x: x)
        return try canvas.image()
    }

    private func label(_ words: String, on canvas: Canvas, y: Float) {
        canvas.setColor(ChartStyle.ink)
        let text = ChartStyle.textSize
        canvas.text(
            words, x: Double(Self.left) - 8 - canvas.width(of: words, size: text), y: Double(y) + text * 0.35,
            size: text)
    }

    /// Dark is loud, over 70 dB below the loudest.
    private func paint(_ image: inout Image, x: Range<Int>, y: Range<Int>) {
        guard let peak = spectrogram.lazy.flatMap({ $0 }).max(), !x.isEmpty, !y.isEmpty else { return }
        for px in x {
            let column = spectrogram[min((px - x.lowerBound) * spectrogram.count / x.count, spectrogram.count - 1)]
            guard !column.isEmpty else { continue }
            for py in y {
                let place = (Float(y.upperBound - 1 - py) + 0.5) / Float(y.count) * Float(column.count - 1)
                let (low, part) = (Int(place), place - Float(Int(place)))
                let value = column[low] * (1 - part) + column[min(low + 1, column.count - 1)] * part
                let darkness = min(max((value - peak + 70) / 70, 0), 1)
                // White through blue to near black.
                let rest = 1 - darkness
                let color = SIMD3<Float>(rest * rest, rest * (0.4 + 0.6 * rest), 0.25 + 0.75 * rest)
                let i = (py * image.width + px) * 4
                for k in 0..<3 { image.bytes[i + k] = UInt8(min(max(color[k] * 255, 0), 255)) }
            }
        }
    }

    private func drawWave(on canvas: Canvas, y: (Float, Float), x: (Float, Float)) {
        let middle = (y.0 + y.1) / 2, half = (y.1 - y.0) / 2
        canvas.setColor(ChartStyle.grid)
        canvas.line(SIMD2(x.0, middle), SIMD2(x.1, middle), width: 1)
        canvas.setColor(ChartStyle.ink)
        let columns = Int(x.1 - x.0)
        let peak = max(samples.lazy.map { abs($0) }.max() ?? 0, 1e-3)
        for column in 0..<columns {
            let range =
                column * samples.count
                / columns..<max(
                    column * samples.count / columns + 1, (column + 1) * samples.count / columns)
            var (low, high): (Float, Float) = (0, 0)
            for sample in samples[range.clamped(to: 0..<samples.count)] {
                low = min(low, sample)
                high = max(high, sample)
            }
            let px = x.0 + Float(column)
            canvas.line(
                SIMD2(px, middle - min(high / peak, 1) * half), SIMD2(px, middle - max(low / peak, -1) * half), width: 1
            )
        }
        label("sound", on: canvas, y: middle)
    }

    private func drawClosures(on canvas: Canvas, y: (Float, Float), x: (Double) -> Float) {
        canvas.setColor([0.85, 0.85, 0.87, 1])
        var start: Double?
        for frame in track.frames + [VisemeFrame(time: track.frames.last?.time ?? 0, .sil)] {
            if frame.isClosed, start == nil { start = frame.time }
            if !frame.isClosed, let begun = start {
                canvas.rectangle(SIMD4(x(begun), y.0, max(x(frame.time) - x(begun), 1), y.1 - y.0))
                start = nil
            }
        }
    }

    private func drawCurves(on canvas: Canvas, y: (Float, Float), x: (Double) -> Float) {
        func place(_ frame: VisemeFrame, _ k: Int) -> SIMD2<Float> {
            SIMD2(x(frame.time), y.1 - min(max(frame.mouth.weights[k], 0), 1) * (y.1 - y.0))
        }
        let edge = Float(size.x) - Self.right
        for k in MouthShape.names.indices {
            canvas.setColor(ChartStyle.series[k])
            for (a, b) in zip(track.frames, track.frames.dropFirst())
            where max(a.mouth.weights[k], b.mouth.weights[k]) > 0.002 && x(b.time) <= edge {
                canvas.line(place(a, k), place(b, k), width: 1.8)
            }
        }
        let text = ChartStyle.textSize
        var at = Double(Self.left)
        let line = Double(size.y) - 14
        for (k, name) in MouthShape.names.enumerated() {
            canvas.setColor(ChartStyle.series[k])
            canvas.line(SIMD2(Float(at), Float(line - 4)), SIMD2(Float(at + 18), Float(line - 4)), width: 3)
            canvas.setColor(ChartStyle.ink)
            canvas.text(name, x: at + 24, y: line, size: text)
            at += 24 + canvas.width(of: name, size: text) + 22
        }
        canvas.setColor([0.85, 0.85, 0.87, 1])
        canvas.rectangle(SIMD4(Float(at), Float(line - 11), 18, 13))
        canvas.setColor(ChartStyle.ink)
        canvas.text("lips closed", x: at + 24, y: line, size: text)
    }
}
