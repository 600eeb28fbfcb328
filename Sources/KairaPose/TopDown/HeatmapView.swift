/// One heatmap in memory that somebody else owns.
@unsafe struct HeatmapView {
    let values: UnsafePointer<Float>
    let rows: Int
    let columns: Int

    /// A value; 0 where it is not finite.
    subscript(column: Int, row: Int) -> Float {
        let value = unsafe values[row * columns + column]
        return value.isFinite ? value : 0
    }

    /// The first of the largest cells, or nil where none is above 0.
    func highest() -> (column: Int, row: Int, value: Float)? {
        let count = unsafe rows * columns
        // Eight maxima side by side; `replacing` leaves NaN and infinities out.
        var best = SIMD8<Float>.zero
        var i = 0
        while i + 8 <= count {
            let next = unsafe UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Float>.self)
            best.replace(with: next, where: (next .> best) .& (next .<= Float.greatestFiniteMagnitude))
            i += 8
        }
        var top = best.max()
        while i < count {
            let next = unsafe values[i]
            if next > top, next.isFinite { top = next }
            i += 1
        }
        guard top > 0 else { return nil }
        for i in 0..<count where unsafe values[i] == top {
            return unsafe (i % columns, i / columns, top)
        }
        return nil
    }
}
