import KairaRender

extension DrawingChoice {
    /// Throws where the parts do not fit together; `isVector` for drawings of exact lines.
    func check(isVector: Bool = false) throws(KairaError) {
        guard section != nil else { return }
        func has(_ wanted: RenderMode) -> Bool { mode == wanted || partModes.rules.contains { $0.mode == wanted } }
        if isVector {
            // Modes that no line can show are refused with a reason of their own.
            if has(.hiddenLine) || has(.solid) { return }
            throw .usage("--section cuts drawings with hidden lines in a vector file: add --mode hidden-line")
        }
        if !has(.solid) {
            throw .usage(
                "--section cuts solids: add --mode solid, or --mode-of NAME=solid for a part; drawings with hidden lines are"
                    + " cut in vector files, -o FILE.svg or .pdf")
        }
    }
}
