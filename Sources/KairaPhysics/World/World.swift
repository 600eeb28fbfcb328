/// A place where bodies obey physics: particles, constraints between them, rods, and colliders that they cannot enter.
///
/// A world is a value: a copy is a second, independent world. It steps at a fixed length inside (`clock`), whatever the
/// frame rate, and shows states between two steps by interpolation. The same input gives the same bits. Stepping
/// allocates nothing once the world is built. SI units, right-handed.
///
/// ```swift
/// var world = World<Float>()
/// let top = try world.addParticle(at: [0, 2, 0], mass: 0)  // fixed
/// let bob = try world.addParticle(at: [1, 2, 0], mass: 1)
/// try world.addDistance(top, bob)
/// world.advance(by: 1.0 / 60)
/// ```
///
/// A state that stops being finite (a NaN from outside, an explicit method that blew up) is set back, particle by
/// particle, to where it was when the step began, or else to where it was added, at rest; `diagnostics` counts it.
public struct World<Scalar: PhysicsScalar>: Sendable {
    /// Gravity, drag, wind, substeps, method.
    public var settings = WorldSettings<Scalar>()
    /// The fixed step.
    public var clock: FixedStep
    /// Whether time stands still.
    public var isPaused = false
    /// The points with mass.
    public var particles = Particles<Scalar>()
    /// The shapes that particles cannot enter.
    public internal(set) var colliders: [Collider<Scalar>] = []
    /// Sampled distance fields that colliders may name.
    public internal(set) var fields: [SignedDistanceField<Scalar>] = []
    /// What went wrong so far.
    public internal(set) var diagnostics = WorldDiagnostics()

    var distances = DistanceConstraints<Scalar>()
    var chains = Chains<Scalar>()
    var bendings = BendingConstraints<Scalar>()
    var volumes = VolumeConstraints<Scalar>()
    var enclosed = EnclosedVolumes<Scalar>()
    var shapes = ShapeMatches<Scalar>()
    var attachments = Attachments<Scalar>()
    var limits = StrainLimits<Scalar>()
    var rods = Rods<Scalar>()
    var bodies = FreeBodies<Scalar>()
    /// Whether particles or constraints were added since they were put in order.
    var isStale = false
    /// Substeps left until driven particles and colliders must have arrived.
    var driveSubstepsLeft = 0
    /// Particles that are on their way to their drive targets.
    var driven: [Int32] = []
    /// Room: inverse masses with drag.
    var effectiveMasses: [Scalar] = []
    /// Room: speeds when the substep began, or that predicted its positions.
    var speedsBefore: [SIMD3<Scalar>] = []

    /// An empty world.
    ///
    /// - Parameters:
    ///   - step: seconds, > 0.
    ///   - maximumSteps: most steps in one call of `advance`; time beyond is dropped.
    public init(step: Double = 1.0 / 60, maximumSteps: Int = 8) {
        clock = FixedStep(step: step, maximumSteps: maximumSteps)
    }

    /// Lets time pass.
    ///
    /// - Parameter seconds: since the last call; 0, less or not finite does nothing.
    /// - Returns: how many steps were taken.
    /// - Complexity: O(steps * substeps * constraints); no allocation.
    @discardableResult
    public mutating func advance(by seconds: Double) -> Int {
        guard !isPaused else { return 0 }
        let steps = clock.advance(by: seconds)
        driveSubstepsLeft = steps * max(settings.substeps, 1)
        for _ in 0..<steps { step() }
        return steps
    }

    /// How far the shown state lies between the last two steps, 0...1.
    public var interpolationFraction: Scalar { Scalar(clock.fraction) }

    /// Where a particle is shown now: between the last two states.
    public func shownPosition(of particle: Int) -> SIMD3<Scalar> {
        let old = particles.stepStart[particle]
        return old + (particles.positions[particle] - old) * interpolationFraction
    }

    /// Writes where all particles are shown now.
    public func shownPositions(into positions: inout [SIMD3<Scalar>]) {
        let t = interpolationFraction
        for i in 0..<min(positions.count, particles.count) {
            let old = particles.stepStart[i]
            positions[i] = old + (particles.positions[i] - old) * t
        }
    }
}

/// What went wrong in a world and was mended.
public struct WorldDiagnostics: Sendable, Hashable, Codable {
    /// Particles and rod segments set back because they were not finite.
    public var resets = 0

    /// Nothing yet.
    public init() {}
}
