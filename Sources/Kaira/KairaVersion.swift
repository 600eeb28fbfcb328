/// The version of this package, as its changelog names it.
public enum KairaVersion {
    /// `major.minor.patch`.
    public static let current = "0.1.0"
}
