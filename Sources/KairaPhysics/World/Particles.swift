/// Points with mass, one array per quantity; particle `i` is element `i` of each. Metres, seconds, kilograms.
public struct Particles<Scalar: PhysicsScalar>: Sendable {
    /// Where they are.
    public var positions: [SIMD3<Scalar>] = []
    /// How fast they move.
    public var velocities: [SIMD3<Scalar>] = []
    /// Forces from outside, newtons; they stay until changed.
    public var forces: [SIMD3<Scalar>] = []
    /// 1 / mass; 0 for a particle that only its owner moves.
    public internal(set) var inverseMasses: [Scalar] = []
    /// How far colliders keep away.
    public internal(set) var radii: [Scalar] = []

    /// Positions when the running substep began.
    var substepStart: [SIMD3<Scalar>] = []
    /// Positions when the last step began: the older state of the interpolation.
    var stepStart: [SIMD3<Scalar>] = []
    /// Where they were added or teleported to: what a reset goes back to if all else is lost.
    var home: [SIMD3<Scalar>] = []
    /// Where driven particles are to be at the end of this call; others ignore it.
    var driveTargets: [SIMD3<Scalar>] = []

    /// How many there are.
    public var count: Int { positions.count }

    mutating func append(_ position: SIMD3<Scalar>, velocity: SIMD3<Scalar>, inverseMass: Scalar, radius: Scalar) {
        positions.append(position)
        velocities.append(velocity)
        forces.append(.zero)
        inverseMasses.append(inverseMass)
        radii.append(radius)
        substepStart.append(position)
        stepStart.append(position)
        home.append(position)
        driveTargets.append(position)
    }
}

/// Moves free particles ahead: external forces, implicit air drag, then position.
func predict<S: PhysicsScalar>(
    _ positions: inout [SIMD3<S>], _ velocities: inout [SIMD3<S>], start: inout [SIMD3<S>], forces: [SIMD3<S>],
    inverseMasses: [S], gravity: SIMD3<S>, drag: S, wind: SIMD3<S>, h: S
) {
    var x = positions.mutableSpan
    var v = velocities.mutableSpan
    var old = start.mutableSpan
    let f = forces.span
    let w = inverseMasses.span
    for i in x.indices {
        old[i] = x[i]
        guard w[i] > 0 else { continue }
        var u = v[i] + h * (gravity + f[i] * w[i])
        let c = h * drag * w[i]
        u = (u + c * wind) / (1 + c)
        v[i] = u
        x[i] += h * u
    }
}

/// Speeds from the way that a substep made.
func deriveVelocities<S: PhysicsScalar>(
    _ velocities: inout [SIMD3<S>], positions: [SIMD3<S>], start: [SIMD3<S>], h: S
) {
    var v = velocities.mutableSpan
    let x = positions.span
    let old = start.span
    let rate = 1 / h
    for i in v.indices { v[i] = (x[i] - old[i]) * rate }
}
