import KairaImage
import KairaPlot
import KairaPose

/// A picture of an evaluation: PCK over the threshold above the error of each joint.
enum EvaluationPlot {
    static func draw(
        curve: [(Double, Double)]?, thresholdLabel: String, errors: [(name: String, value: Double)], errorLabel: String
    ) throws -> Image {
        var parts: [Image] = []
        if let curve, !curve.isEmpty {
            parts.append(
                try LineChart(
                    title: "Share of correct joints", xLabel: thresholdLabel, yLabel: "per cent",
                    series: [.init(points: curve.map { SIMD2($0.0, $0.1) })], yRange: 0...100
                ).draw())
        }
        if !errors.isEmpty {
            parts.append(
                try BarChart(title: errorLabel, bars: errors.map { .init(name: $0.name, value: $0.value) }).draw())
        }
        guard !parts.isEmpty else { throw PlotError.empty("an evaluation without curves and joints") }
        var sheet = Image(
            width: parts.map(\.width).max() ?? 1, height: parts.reduce(0) { $0 + $1.height },
            filledWith: [255, 255, 255, 255])
        var y = 0
        for part in parts {
            sheet.draw(part, atX: 0, y: y)
            y += part.height
        }
        return sheet
    }
}

extension Pose3DReport {
    /// PCK over the threshold above the error of each joint.
    ///
    /// - Throws: `PlotError`.
    public func plot() throws -> Image {
        try EvaluationPlot.draw(
            curve: Array(zip(PoseErrors3D.thresholds, curve)), thresholdLabel: "threshold, mm",
            errors: joints.map { ($0.name, $0.mpjpe) }, errorLabel: "MPJPE, mm")
    }
}

extension MotionEvaluationReport {
    /// PCK over the threshold above the error of each joint.
    ///
    /// - Throws: `PlotError`.
    public func plot() throws -> Image {
        try EvaluationPlot.draw(
            curve: curve.map { Array(zip(MotionComparison.thresholds, $0)) }, thresholdLabel: "threshold, torsos",
            errors: joints.compactMap { joint in joint.error.map { (joint.name, $0) } },
            errorLabel: "mean error, \(unit)")
    }
}
