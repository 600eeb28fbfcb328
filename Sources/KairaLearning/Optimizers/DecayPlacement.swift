/// Where the decay of weights goes: what tells ``Adam`` and ``AdamW`` apart.
public protocol DecayPlacement: Sendable {
    /// Whether parameters are pulled to 0 apart from the gradient and its moments.
    static var isDecoupled: Bool { get }
    /// The decay where none is given.
    static var usualWeight: Double { get }
    /// The optimiser's name in saved states.
    static var optimizer: String { get }
}

/// Into the gradient, and so into its moments: g + decay * p takes the place of g.
public enum CoupledDecay: DecayPlacement {
    /// No: it is part of the gradient.
    public static let isDecoupled = false
    /// None.
    public static let usualWeight = 0.0
    /// "adam".
    public static let optimizer = "adam"
}

/// Apart from the gradient: p -= rate * decay * p comes before the step (Loshchilov and Hutter 2019).
public enum DecoupledDecay: DecayPlacement {
    /// Yes.
    public static let isDecoupled = true
    /// 0.01.
    public static let usualWeight = 1e-2
    /// "adamw".
    public static let optimizer = "adamw"
}
