import KairaGeometry

/// Sine and cosine of a part of a full turn, by polynomials: the same bits on every machine.
enum Turn {
    /// sin(2 pi t); its error is below 4e-6.
    static func sine(_ t: Float) -> Float {
        var x = t - t.rounded(.down)  // 0..<1
        var sign: Float = 1
        if x >= 0.5 {
            x -= 0.5
            sign = -1
        }
        if x > 0.25 { x = 0.5 - x }
        let a = x * 6.283_185_3
        let s = a * a
        return sign * a * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362_880)))))
    }

    /// cos(2 pi t); its error is below 4e-6.
    static func cosine(_ t: Float) -> Float { sine(t + 0.25) }

    /// Rotates about an axis of unit length by a part of a full turn.
    static func rotate(_ v: SIMD3<Float>, about axis: SIMD3<Float>, by t: Float) -> SIMD3<Float> {
        let (s, c) = (sine(t), cosine(t))
        return v * c + cross(axis, v) * s + axis * (dot(axis, v) * (1 - c))
    }
}
