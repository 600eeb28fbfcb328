/// How rods are solved in a substep.
public enum RodSolver: String, Sendable, Hashable, Codable, CaseIterable {
    /// All constraints of a rod tree at once: a block-tree Cholesky, O(segments). Stiff at any length and step.
    case direct
    /// One constraint after another (XPBD). Cheaper a pass, but stiff rods need many substeps.
    case gaussSeidel
}
