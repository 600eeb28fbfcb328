/// How finely the mascot is cut.
public enum MascotDetail: String, Sendable, CaseIterable {
    /// About 6,000 triangles.
    case low
    /// About 20,000 triangles.
    case medium
    /// About 70,000 triangles.
    case high

    /// Triangles of the whole mascot, about.
    public var triangles: Int {
        switch self {
        case .low: 6000
        case .medium: 20_000
        case .high: 70_000
        }
    }

    /// Corners round a tube or ball that has `medium` of them at the middle level.
    func sides(_ medium: Int) -> Int {
        switch self {
        case .low: max(3, (medium * 9 + 10) / 20)
        case .medium: medium
        case .high: (medium * 17 + 5) / 10
        }
    }

    /// Steps along something that has `medium` of them at the middle level.
    func steps(_ medium: Int) -> Int {
        switch self {
        case .low: max(2, (medium + 1) / 2)
        case .medium: medium
        case .high: medium * 2
        }
    }

    /// Triangles of a part that has `medium` of them at the middle level.
    func share(_ medium: Int) -> Int {
        switch self {
        case .low: medium * 3 / 10
        case .medium: medium
        case .high: medium * 4
        }
    }
}
