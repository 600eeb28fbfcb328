/// What a top-down network said about one person of a frame.
public struct PersonHeatmaps: Sendable, Hashable {
    /// The person's id; -1 for somebody who is not reported yet.
    public var id: Int
    /// What the network was shown.
    public var crop: PersonCrop
    /// `[keypoints, rows, columns]`; with the flip test the average of both answers.
    public var values: [Float]
    /// Rows of a map.
    public var rows: Int
    /// Columns of a map.
    public var columns: Int
}
