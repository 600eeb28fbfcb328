import KairaGeometry

/// Hair as rods: strands that bend and twist like wire, curl at rest, and swing with little loss.
///
/// Dearer a segment than `Strands` by some ten times: for locks and antennae, or as guides of a `StrandInterpolation`.
/// All strands hang on one root frame, the head. Points are the world's particles, in the layout of `Strands`.
public struct RodStrands: Sendable {
    /// Where the rods live: gravity, drag, wind, substeps and the clock are its settings. Nothing but strands and
    /// colliders may be added to it.
    public var world: World<Float>
    /// How far the root frame may go in one call before that counts as a jump, metres.
    public var teleportDistance: Float = 1
    /// Where strand `i` begins in `positions`; one more than strands, the last is the count.
    public private(set) var starts: [Int32] = [0]

    private var roots: [RodReference] = []
    /// First frames at rest, in the root's frame.
    private var frames: [SIMD4<Float>] = []
    /// First points at rest, in the root's frame.
    private var places: [SIMD3<Float>] = []
    /// Colliders that move with the root, and where they are in its frame.
    private var followers: [(index: Int, place: SIMD3<Float>, turn: SIMD4<Float>)] = []
    private var rootPosition = SIMD3<Float>.zero
    private var rootRotation = Quaternion.identity
    private var isPlaced = false

    /// No strands.
    ///
    /// - Parameter step: the fixed step, seconds, > 0.
    public init(step: Double = 1.0 / 60) {
        world = World(step: step)
        world.settings.drag = 1e-4
        // A segment that turns by an angle in a substep is too long by half its square: at 30 rad/s, 0.05 %.
        world.settings.substeps = 16
    }

    /// How many strands.
    public var count: Int { starts.count - 1 }

    /// Points of all strands, world space; each strand's first is its root.
    public var positions: [SIMD3<Float>] { world.particles.positions }

    /// Where the root frame is and how it is turned.
    public var root: (position: SIMD3<Float>, rotation: Quaternion) { (rootPosition, rootRotation) }

    /// Points of a strand.
    public func range(of strand: Int) -> Range<Int> { Int(starts[strand])..<Int(starts[strand + 1]) }

    /// Adds a strand in its rest shape, clamped at its first point.
    ///
    /// - Parameters:
    ///   - points: from the root outward, at least 2, in the root's frame, metres, no two neighbours in one place.
    ///   - material: stiffness and mass.
    ///   - radius: how far it keeps from colliders, metres.
    /// - Throws: `PhysicsError.badValue`, also once time has begun.
    public mutating func addStrand(
        _ points: [SIMD3<Float>], material: RodMaterial<Float>, radius: Float = 0.001
    ) throws(PhysicsError) {
        guard !isPlaced else { throw .badValue(what: "a strand that is added after the first step") }
        let rod = try world.addRod(along: points, material: material, radius: radius)
        roots.append(rod)
        frames.append(world.segmentOrientation(rod.root))
        places.append(points[0])
        starts.append(Int32(world.particles.count))
    }

    /// Adds a shape that strands stay out of, at its place in the root's frame.
    ///
    /// - Parameters:
    ///   - collider: the shape and where it is in the root's frame (or in the world, if it does not follow).
    ///   - followsRoot: whether it moves with the root frame.
    /// - Throws: `PhysicsError`.
    public mutating func addCollider(
        _ collider: Collider<Float>, followsRoot: Bool = true
    ) throws(PhysicsError) {
        let index = try world.addCollider(collider)
        if followsRoot { followers.append((index, collider.position, collider.orientation)) }
    }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - seconds: since the last call; 0, less or not finite moves nothing.
    ///   - position: where the root frame is now; not finite moves nothing.
    ///   - rotation: how it is turned.
    /// - Returns: how many steps were taken.
    @discardableResult
    public mutating func advance(
        by seconds: Double, root position: SIMD3<Float> = .zero, rotation: Quaternion = .identity
    ) -> Int {
        guard seconds > 0, seconds.isFinite, position.isFinite, rotation.isFinite else { return 0 }
        let turn = rotation.normalized
        if !isPlaced || distance(position, rootPosition) > teleportDistance {
            // As it is, at rest: turned about the world's origin, then moved.
            let way = turn * rootRotation.conjugate
            world.teleport(rotation: way.vector, translation: position - way.act(rootPosition))
            for one in followers {
                world.placeCollider(
                    one.index, at: position + turn.act(one.place), orientation: product(turn.vector, one.turn))
            }
            isPlaced = true
        }
        rootPosition = position
        rootRotation = turn
        for (i, rod) in roots.enumerated() {
            world.drive(rod.particles[0], to: position + turn.act(places[i]))
            world.driveRootFrame(product(turn.vector, frames[i]), ofRoot: rod.root)
        }
        for one in followers {
            world.moveCollider(
                one.index, to: position + turn.act(one.place), orientation: product(turn.vector, one.turn))
        }
        return world.advance(by: seconds)
    }
}
