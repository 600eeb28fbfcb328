import KairaGeometry

/// Hair: many strands of segments that never stretch, by following the leader from the root outward.
///
/// One pass a substep keeps every length exactly and costs the same for any stiffness; it damps more than solvers that
/// look at a whole strand (use rods where that matters). A value of its own with its own fixed step; all strands hang on
/// one root frame, the head. Flat arrays; warm steps allocate nothing.
///
/// Source: Mueller, Kim, Chentanez, "Fast Simulation of Inextensible Hair and Fur", VRIPHYS 2012.
public struct Strands: Sendable {
    /// The fixed step.
    public var clock = FixedStep(step: 1.0 / 60, maximumSteps: 8)
    /// How they move.
    public var settings = StrandSettings()
    /// Shapes that they stay out of.
    public var colliders: [StrandCollider] = []
    /// How far the root frame may go in one call before that counts as a jump, metres.
    public var teleportDistance: Float = 1
    /// Where strand `i` begins in `positions`; one more than strands, the last is the count.
    public private(set) var starts: [Int32] = [0]
    /// Points of all strands, world space; each strand's first is its root.
    public internal(set) var positions: [SIMD3<Float>] = []
    /// How often a strand had to be set back.
    public internal(set) var resets = 0
    /// Seconds lived.
    public internal(set) var time = 0.0

    /// Length of the segment that ends at each point, metres; 0 at roots.
    var lengths: [Float] = []
    /// Points at rest in the root's frame.
    var rests: [SIMD3<Float>] = []
    /// Directions of segments at rest in the root's frame.
    var restDirections: [SIMD3<Float>] = []
    var velocities: [SIMD3<Float>] = []
    var stepStart: [SIMD3<Float>] = []
    var rootPosition = SIMD3<Float>.zero
    var rootRotation = Quaternion.identity
    /// Where the root frame is at the end of the running step, and where it was said to be by the last call.
    var targetPosition = SIMD3<Float>.zero
    var targetRotation = Quaternion.identity
    var givenPosition = SIMD3<Float>.zero
    var givenRotation = Quaternion.identity
    var substepsLeft = 0
    var isPlaced = false
    var capsules: [WorldCapsule] = []

    /// No strands.
    public init() {}

    /// How many strands.
    public var count: Int { starts.count - 1 }

    /// Points of a strand.
    public func range(of strand: Int) -> Range<Int> { Int(starts[strand])..<Int(starts[strand + 1]) }

    /// Adds a strand in its rest shape.
    ///
    /// - Parameter points: from the root outward, at least 2, in the root's frame, metres, no two neighbours in one place.
    /// - Throws: `PhysicsError.badValue`.
    public mutating func addStrand(_ points: [SIMD3<Float>]) throws(PhysicsError) {
        guard points.count >= 2, points.allSatisfy(\.isFinite) else { throw .badValue(what: "a strand's points") }
        var before = points[0]
        for (i, p) in points.enumerated() {
            let l = distance(p, before)
            guard i == 0 || l > 1e-7 else { throw .badValue(what: "a strand segment of no length") }
            lengths.append(i == 0 ? 0 : l)
            restDirections.append(i == 0 ? .zero : (p - before) / l)
            rests.append(p)
            positions.append(rootRotation.act(p) + rootPosition)
            velocities.append(.zero)
            stepStart.append(rootRotation.act(p) + rootPosition)
            before = p
        }
        starts.append(Int32(positions.count))
    }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - seconds: since the last call; 0, less or not finite moves nothing.
    ///   - position: where the root frame is now; not finite moves nothing.
    ///   - rotation: how it is turned.
    /// - Returns: how many steps were taken.
    /// - Complexity: O(steps * substeps * points * (1 + colliders)).
    @discardableResult
    public mutating func advance(
        by seconds: Double, root position: SIMD3<Float> = .zero, rotation: Quaternion = .identity
    ) -> Int {
        guard seconds > 0, seconds.isFinite, position.isFinite, rotation.isFinite else { return 0 }
        let turn = rotation.normalized
        if !isPlaced || distance(position, rootPosition) > teleportDistance {
            carry(to: position, turn, keepsShape: isPlaced)
        }
        let (lastPosition, lastRotation) = (givenPosition, givenRotation)
        (givenPosition, givenRotation) = (position, turn)
        let steps = clock.advance(by: seconds)
        for k in 0..<steps {
            // The frame is taken to move evenly between two calls; a step ends where it was at that time.
            let late = clock.remainder + Double(steps - 1 - k) * clock.step
            let share = Float(max(0, 1 - late / seconds))
            targetPosition = share >= 1 ? position : lerp(lastPosition, position, share)
            targetRotation = share >= 1 ? turn : Quaternion.slerp(lastRotation, turn, share)
            substepsLeft = max(settings.substeps, 1)
            step()
        }
        return steps
    }

    /// Takes up the rest shape at a place, without speed.
    public mutating func reset(to position: SIMD3<Float> = .zero, rotation: Quaternion = .identity) {
        carry(to: position, rotation.normalized, keepsShape: false)
    }

    /// Where a point is shown now: between the last two states.
    public func shownPosition(_ point: Int) -> SIMD3<Float> {
        lerp(stepStart[point], positions[point], Float(clock.fraction))
    }

    private mutating func carry(to position: SIMD3<Float>, _ rotation: Quaternion, keepsShape: Bool) {
        let turn = rotation * rootRotation.conjugate
        for i in positions.indices {
            positions[i] =
                keepsShape ? turn.act(positions[i] - rootPosition) + position : rotation.act(rests[i]) + position
            stepStart[i] = positions[i]
            velocities[i] = .zero
        }
        rootPosition = position
        rootRotation = rotation
        (givenPosition, givenRotation) = (position, rotation)
        clock.restart()
        isPlaced = true
    }
}
