import KairaMotion

/// Turns the heatmaps of a top-down network into poses.
public struct TopDownOutput: Sendable, Hashable {
    /// The joints, in the order of the maps.
    public var layout: KeypointLayout
    /// How a map is read.
    public var decoder: HeatmapDecoder

    /// An output for a layout.
    public init(layout: KeypointLayout, decoder: HeatmapDecoder = HeatmapDecoder()) {
        self.layout = layout
        self.decoder = decoder
    }

    /// The pose that one person's heatmaps `[joints, rows, columns]` show.
    ///
    /// A joint that was not found lies in the crop's middle with confidence 0. The score is mmpose's: the box's, times
    /// the mean of the joint scores above 0.2.
    ///
    /// - Parameters:
    ///   - heatmaps: at least `joints * rows * columns` values.
    ///   - rows: of a map, at least 2.
    ///   - columns: of a map, at least 2.
    ///   - crop: what the network was shown.
    ///   - box: the person's box: x, y, width, height, pixels.
    ///   - boxScore: how sure the detector was, 0...1.
    ///   - frameSize: the picture's size in pixels.
    ///   - time: seconds from the start of the source.
    /// - Returns: the pose, id 0, in pixels of the picture.
    public func pose(
        _ heatmaps: Span<Float>, rows: Int, columns: Int, crop: PersonCrop, box: SIMD4<Float>, boxScore: Float = 1,
        frameSize: SIMD2<Int>, time: Double
    ) -> KeypointPose {
        let peaks = decoder.decode(heatmaps, joints: layout.joints.count, rows: rows, columns: columns)
        let points = peaks.map { peak in
            SIMD2<Float>(peak.cell.map { crop.point($0, columns: columns, rows: rows) } ?? crop.center)
        }
        let sure = peaks.filter { $0.score > 0.2 }
        let mean = sure.isEmpty ? 0 : sure.reduce(0) { $0 + $1.score } / Float(sure.count)
        return KeypointPose(
            layout: layout, score: min(max(boxScore * mean, 0), 1), box: box, points: points,
            confidence: peaks.map { min(max($0.score, 0), 1) }, time: time, frameSize: frameSize)
    }
}
