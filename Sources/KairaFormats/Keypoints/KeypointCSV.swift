import KairaMotion

/// Writes keypoints as a table, one row a joint, for spreadsheets and data frames (RFC 4180, line feeds).
public enum KeypointCSV {
    /// The columns: frame index, seconds, person, person's score, joint name, pixels, confidence, metres (empty where
    /// there are none).
    public static let header = "index,time,id,score,joint,x,y,confidence,world_x,world_y,world_z"

    /// Writes the header and all rows; a frame without people has none.
    ///
    /// - Throws: `FormatsError.cannotWrite` as for JSON.
    public static func write(_ sequence: KeypointSequence) throws(FormatsError) -> [UInt8] {
        var out = Array((header + "\n").utf8)
        for (i, frame) in sequence.frames.enumerated() {
            try KeypointJSON.check(frame, after: i > 0 ? sequence.frames[i - 1] : nil, in: sequence)
            for pose in frame.people {
                let start = "\(frame.index),\(frame.time),\(pose.id),\(pose.score),"
                for (j, joint) in sequence.layout.joints.enumerated() {
                    let point = pose.points[j]
                    var row = start + "\(joint),\(point.x),\(point.y),\(pose.confidence[j]),"
                    row += pose.world.map { "\($0[j].x),\($0[j].y),\($0[j].z)\n" } ?? ",,\n"
                    out += row.utf8
                }
            }
        }
        return out
    }
}
