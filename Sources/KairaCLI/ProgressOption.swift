import ArgumentParser
import Foundation
import Kaira
import Synchronization

/// How progress is shown.
enum ProgressOption: String, ExpressibleByArgument, CaseIterable {
    /// A bar where stderr is a terminal, nothing elsewhere.
    case auto
    /// A bar.
    case bar
    /// One JSON object a line on stderr.
    case json
    /// Nothing.
    case none

    /// A handler that draws it, and a function that ends the drawing.
    func handler() -> (report: ProgressHandler, finish: @Sendable () -> Void) {
        switch self {
        case .none: ({ _ in }, {})
        case .json: ({ ProgressLine.write($0) }, {})
        case .bar: ProgressBar.start()
        case .auto: isatty(STDERR_FILENO) == 1 ? ProgressBar.start() : ({ _ in }, {})
        }
    }
}

/// One JSON object a line.
private enum ProgressLine {
    static func write(_ progress: PipelineProgress) {
        let total = progress.total.map { ",\"total\":\($0)" } ?? ""
        let line = "{\"schema\":\"kaira.progress/1\",\"unit\":\"\(progress.unit)\",\"done\":\(progress.done)\(total)}\n"
        Console.errorText(line)
    }
}

/// A bar on one line of the terminal, redrawn at most ten times a second.
private enum ProgressBar {
    private struct Drawn {
        var last: ContinuousClock.Instant?
        var start = ContinuousClock.now
        var any = false
    }

    static func start() -> (report: ProgressHandler, finish: @Sendable () -> Void) {
        let box = Mutex(Drawn())
        return (
            { progress in
                box.withLock { drawn in
                    let now = ContinuousClock.now
                    let done = progress.total.map { progress.done >= $0 } ?? false
                    if let last = drawn.last, now - last < .milliseconds(100), !done { return }
                    drawn.last = now
                    drawn.any = true
                    draw(progress, elapsed: (now - drawn.start).seconds)
                }
            },
            { if box.withLock({ $0.any }) { Console.errorText("\n") } }
        )
    }

    private static func draw(_ progress: PipelineProgress, elapsed: Double) {
        let rate = elapsed > 0 ? Double(progress.done) / elapsed : 0
        let speed = "\(Int(rate.rounded())) \(progress.unit)/s"
        var line: String
        if let total = progress.total, total > 0 {
            let share = min(Double(progress.done) / Double(total), 1)
            let filled = Int(share * 30)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            let left = rate > 0 ? Int((Double(max(total - progress.done, 0)) / rate).rounded(.up)) : 0
            line = "\(bar) \(progress.done)/\(total) \(progress.unit), \(speed), \(left) s left"
        } else {
            line = "\(progress.done) \(progress.unit), \(speed)"
        }
        Console.errorText("\r\u{1B}[K\(line)")
    }
}
