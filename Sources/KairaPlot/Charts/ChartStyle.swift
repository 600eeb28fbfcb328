import Glibc
import KairaImage

/// What charts have in common: paper, ink, letters.
enum ChartStyle {
    static let ink: SIMD4<Float> = [0.15, 0.15, 0.17, 1]
    static let grid: SIMD4<Float> = [0.88, 0.88, 0.9, 1]
    static let guide: SIMD4<Float> = [0.6, 0.6, 0.63, 1]
    static let textSize = 13.0
    static let titleSize = 16.0

    /// Colours that people with red-green blindness tell apart (Okabe and Ito, 2008), without the yellow.
    static let series: [SIMD4<Float>] = [
        [0, 0.447, 0.698, 1], [0.835, 0.369, 0, 1], [0, 0.62, 0.451, 1], [0.8, 0.475, 0.655, 1],
        [0.337, 0.706, 0.914, 1],
        [0.902, 0.624, 0, 1],
    ]

    /// One of them, counted from 0 and round again.
    static func color(_ index: Int) -> SIMD4<Float> { series[max(index, 0) % series.count] }

    static func paper(_ size: SIMD2<Int>) throws(PlotError) -> Canvas {
        guard size.x >= 160, size.y >= 120 else { throw .empty("a chart smaller than 160x120 pixels") }
        guard size.x <= 32767, size.y <= 32767 else { throw .tooLarge(width: size.x, height: size.y) }
        return try Canvas(Image(width: size.x, height: size.y, filledWith: [255, 255, 255, 255]))
    }

    /// Round numbers from 0 or below up to at least `high`: steps of 1, 2 or 5 times a power of ten.
    static func ticks(from low: Double, to high: Double, about count: Int, whole: Bool = false) -> [Double] {
        let span = high - low
        guard span > 0, span.isFinite, count > 0 else { return [low] }
        var step = 1.0
        while step * Double(count) * 10 <= span { step *= 10 }
        while step * Double(count) > span * 10 { step /= 10 }
        // Now the right power of ten is within a factor of ten.
        while step * Double(count) > span { step /= 10 }
        for factor in [1.0, 2, 5, 10] where step * factor * Double(count) >= span {
            step *= factor
            break
        }
        if whole { step = max(step.rounded(), 1) }
        guard step > 0, abs(low / step) < 1e15, abs(high / step) < 1e15 else { return [low] }
        let first = Int((low / step).rounded(.up)), last = Int((high / step + 1e-9).rounded(.down))
        return first <= last ? (first...last).map { Double($0) * step } : [low]
    }

    /// The power of ten that a number is; not finite for one that is not above 0.
    static func exponent(_ value: Double) -> Double { value > 0 ? log10(value) : .nan }

    /// A power of ten by its exponent: 0.001, 1, 1000, 1e-6; between two of them a plain number.
    static func power(_ exponent: Double) -> String {
        guard abs(exponent - exponent.rounded()) < 1e-9 else { return label(pow(10, exponent)) }
        let whole = Int(exponent.rounded())
        guard abs(whole) > 3 else { return label(whole < 0 ? 1 / pow(10, Double(-whole)) : pow(10, Double(whole))) }
        return "1e\(whole)"
    }

    /// A number as short as it can be said.
    static func label(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e9 { return String(Int(value)) }
        let digits = (value * 1000).rounded() / 1000
        return digits.description
    }

    /// Text that cairo can show: up to a zero byte, and not without end.
    static func printable(_ text: String) -> String { String(text.prefix(120).filter { $0 != "\0" }) }
}
