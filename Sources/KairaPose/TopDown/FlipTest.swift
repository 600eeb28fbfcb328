import KairaMotion

/// The flip test: a network also sees the mirrored crop, and both answers are averaged.
///
/// With unbiased data processing the mirrored heatmaps need no shift.
public struct FlipTest: Sendable, Hashable {
    /// For each joint, the joint of the other side; itself for a joint of the middle.
    public let opposite: [Int]

    /// The test for a layout, by its left-right pairs.
    public init(_ layout: KeypointLayout) {
        var opposite = Array(layout.joints.indices)
        for pair in layout.pairs {
            opposite[pair.x] = pair.y
            opposite[pair.y] = pair.x
        }
        self.opposite = opposite
    }

    /// Averages the heatmaps of the plain crop with those of the mirrored one, in place.
    ///
    /// - Parameters:
    ///   - heatmaps: `[people, joints, rows, columns]` of the plain crops; becomes the average.
    ///   - mirrored: the same of the mirrored crops, as the network gave them.
    ///   - people: how many.
    ///   - rows: of a map.
    ///   - columns: of a map.
    public func average(
        _ heatmaps: inout MutableSpan<Float>, with mirrored: Span<Float>, people: Int = 1, rows: Int, columns: Int
    ) {
        let joints = opposite.count, count = people * joints * rows * columns
        precondition(heatmaps.count >= count && mirrored.count >= count)
        unsafe heatmaps.withUnsafeMutableBufferPointer { target in
            unsafe mirrored.withUnsafeBufferPointer { source in
                // Both outlive the call and hold `count` values, which bounds every index below.
                for person in 0..<people {
                    for joint in 0..<joints {
                        for row in 0..<rows {
                            let to = ((person * joints + joint) * rows + row) * columns
                            let from = ((person * joints + opposite[joint]) * rows + row) * columns + columns - 1
                            for column in 0..<columns {
                                unsafe target[to + column] = (target[to + column] + source[from - column]) * 0.5
                            }
                        }
                    }
                }
            }
        }
    }
}
