import KairaRender

extension DrawingChoice {
    /// Throws where the parts do not fit together.
    func check() throws(KairaError) {
        let isSolid = mode == .solid || partModes.rules.contains { $0.mode == .solid }
        if section != nil, !isSolid {
            throw .usage("--section cuts solids: add --mode solid, or --mode-of NAME=solid for a part")
        }
    }
}
