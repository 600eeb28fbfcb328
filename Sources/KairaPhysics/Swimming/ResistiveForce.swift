import RealModule

/// Drag of a thin filament at low Reynolds number, per length: f = -(Kt t t^T + Kn (1 - t t^T)) v.
///
/// Source: Gray and Hancock, "The Propulsion of Sea-Urchin Spermatozoa", J. Exp. Biol. 1955.
public struct ResistiveForce: Sendable, Hashable {
    /// Along the filament, Pa s.
    public var along: Double
    /// Across it, Pa s.
    public var across: Double
    /// Against spin about its own axis, N s (torque per length and rad/s).
    public var spin: Double

    /// Drag from its coefficients.
    public init(along: Double, across: Double, spin: Double = 0) {
        self.along = along
        self.across = across
        self.spin = spin
    }

    /// Gray and Hancock's coefficients: Kt = 2 pi mu / (ln(2 lambda/a) - 1/2), Kn = 4 pi mu / (ln(2 lambda/a) + 1/2).
    /// Viscosity in Pa s, wavelength and filament radius in metres, wavelength > radius.
    public init(viscosity: Double, wavelength: Double, radius: Double) {
        let slenderness = Double.log(max(2 * wavelength / radius, 2))
        along = 2 * .pi * viscosity / (slenderness - 0.5)
        across = 4 * .pi * viscosity / (slenderness + 0.5)
        spin = 4 * .pi * viscosity * radius * radius
    }

    /// The motion that leaves a filament of some shape free of force and torque.
    ///
    /// `points` are the filament's nodes (at least 2), `velocities` how the shape changes there, metres and seconds, in
    /// one frame; `body` may add the drag of a rigid body centred at `bodyCentre` that moves with the frame.
    ///
    /// - Returns: velocity of the frame's origin and its angular velocity about it, in that frame. Zero where the drag
    ///   cannot be inverted (a straight filament that spins freely gets no spin).
    /// - Complexity: O(points).
    public func freeMotion(
        points: [SIMD3<Double>], velocities: [SIMD3<Double>], body: BodyDrag? = nil, bodyCentre: SIMD3<Double> = .zero
    ) -> (velocity: SIMD3<Double>, spin: SIMD3<Double>) {
        var matrix = [Double](repeating: 0, count: 42)
        var size = 0.0
        for i in 1..<max(points.count, 1) {
            let way = points[i] - points[i - 1]
            let l = length(way)
            guard l > 0 else { continue }
            let r = (points[i] + points[i - 1]) / 2
            let v = (velocities[i] + velocities[i - 1]) / 2
            add(&matrix, at: r, tangent: way / l, along: along * l, across: across * l, velocity: v)
            size = max(size, dot(r, r))
        }
        if let body {
            // The body's axis is the frame's x.
            add(
                &matrix, at: bodyCentre, tangent: SIMD3(1, 0, 0), along: body.along, across: body.across,
                velocity: .zero)
            matrix[3 * 7 + 3] += body.spinAlong
            matrix[4 * 7 + 4] += body.spinAcross
            matrix[5 * 7 + 5] += body.spinAcross
        }
        let u = Self.solve(&matrix, floor: 1e-12)
        return (SIMD3(u[0], u[1], u[2]), SIMD3(u[3], u[4], u[5]))
    }

    /// The speed along a unit vector that leaves a filament free of force along it, all other motion held: an endless
    /// filament of which `points` are whole waves.
    public func freeSpeed(points: [SIMD3<Double>], velocities: [SIMD3<Double>], along axis: SIMD3<Double>) -> Double {
        var (drag, thrust) = (0.0, 0.0)
        for i in 1..<max(points.count, 1) {
            let way = points[i] - points[i - 1]
            let l = length(way)
            guard l > 0 else { continue }
            let t = way / l
            let v = (velocities[i] + velocities[i - 1]) / 2
            drag += l * (across + (along - across) * dot(t, axis) * dot(t, axis))
            thrust += l * (across * dot(v, axis) + (along - across) * dot(t, v) * dot(t, axis))
        }
        return drag > 0 ? -thrust / drag : 0
    }

    /// Adds drag of a piece to the 6 x 7 system, rows of 7.
    private func add(
        _ m: inout [Double], at r: SIMD3<Double>, tangent t: SIMD3<Double>, along: Double, across: Double,
        velocity: SIMD3<Double>
    ) {
        for k in 0..<3 {
            var axis = SIMD3<Double>.zero
            axis[k] = 1
            // Column k: a unit velocity; column k + 3: a unit spin.
            for (column, v) in [(k, axis), (k + 3, cross(axis, r))] {
                let f = across * v + (along - across) * dot(t, v) * t
                let n = cross(r, f)
                for row in 0..<3 {
                    m[row * 7 + column] += f[row]
                    m[(row + 3) * 7 + column] += n[row]
                }
            }
        }
        let f = across * velocity + (along - across) * dot(t, velocity) * t
        let n = cross(r, f)
        for row in 0..<3 {
            m[row * 7 + 6] -= f[row]
            m[(row + 3) * 7 + 6] -= n[row]
        }
    }

    /// Gaussian elimination of six rows of seven with full pivoting on the diagonal; pivots below `floor` times the
    /// largest count as no motion.
    private static func solve(_ m: inout [Double], floor: Double) -> [Double] {
        var done = [Bool](repeating: false, count: 6)
        var largest = 0.0
        for k in 0..<6 { largest = max(largest, abs(m[k * 7 + k])) }
        guard largest > 0, largest.isFinite else { return [Double](repeating: 0, count: 6) }
        for _ in 0..<6 {
            var k = -1
            for i in 0..<6 where !done[i] && (k < 0 || abs(m[i * 7 + i]) > abs(m[k * 7 + k])) { k = i }
            done[k] = true
            let pivot = m[k * 7 + k]
            guard abs(pivot) > floor * largest else {
                for c in 0..<7 { m[k * 7 + c] = 0 }
                continue
            }
            for c in 0..<7 { m[k * 7 + c] /= pivot }
            for r in 0..<6 where r != k {
                let factor = m[r * 7 + k]
                for c in 0..<7 { m[r * 7 + c] -= factor * m[k * 7 + c] }
            }
        }
        return (0..<6).map { m[$0 * 7 + 6] }
    }
}
