import KairaPose

/// One take of a set of 3D poses.
struct PoseTake {
    /// `S9`, `Validate/S1`, `TS3`; empty where the file names none.
    var subject: String
    /// `Walking 1`; empty where the file names none.
    var take: String
    /// Millimetres.
    var positions: JointPositions
    /// Whether each frame counts; nil for all.
    var isValid: [Bool]?
    /// The activity of each frame, 1 to 7 in MPI-INF-3DHP; nil where the file has none.
    var activities: [Int]?

    var name: String { subject.isEmpty || take.isEmpty ? subject + take : subject + "/" + take }
}
