/// The rods of a world: position-and-orientation Cosserat rods in trees, one array per quantity.
struct Rods<Scalar: PhysicsScalar>: Sendable {
    // Nodes of the trees: a root (a place, perhaps a clamping frame) or a segment (its end and its turn).
    /// Particle at a root's place or at a segment's end.
    var particles: [Int32] = []
    /// Node before each, -1 at a root.
    var parents: [Int32] = []
    /// Frames: z along the segment; of a root, the clamp.
    var orientations: [SIMD4<Scalar>] = []
    /// Whether a segment resists turning against its parent; at a root, whether it holds its first segments' turn.
    var holdsTurn: [Bool] = []
    /// Whether a segment's frame stays as it is.
    var isHeld: [Bool] = []
    /// Angular velocities, rad/s, world axes.
    var spins: [SIMD3<Scalar>] = []
    /// Those that the last substep began with.
    var spinsBefore: [SIMD3<Scalar>] = []
    /// Segment lengths at rest, metres.
    var lengths: [Scalar] = []
    /// Lengths over which a segment and its parent bend, metres.
    var jointLengths: [Scalar] = []
    /// Rest relation to the parent's frame.
    var rests: [SIMD4<Scalar>] = []
    /// Shear, shear, stretch: G A, G A, E A in newtons.
    var stretchStiffnesses: [SIMD3<Scalar>] = []
    /// Bend, bend, twist: E I, E I, G J in N m^2.
    var bendStiffnesses: [SIMD3<Scalar>] = []
    /// Rotational inertia, kg m^2.
    var inertias: [Scalar] = []
    /// Damping times, seconds.
    var dampings: [Scalar] = []
    /// Trees solved at once, and those solved one constraint after another: node ranges.
    var direct: [Range<Int>] = []
    var sequential: [Range<Int>] = []

    /// Frames when the substep and the step began, and when built.
    var substepStart: [SIMD4<Scalar>] = []
    var stepStart: [SIMD4<Scalar>] = []
    var home: [SIMD4<Scalar>] = []
    /// Roots on their way to other frames, and the frames of all nodes to get to.
    var drivenRoots: [Int32] = []
    var frameTargets: [SIMD4<Scalar>] = []
    /// One system a direct tree.
    var systems: [BlockTree] = []
    var room = RodRoom()

    var isEmpty: Bool { particles.isEmpty }

    /// Moves the frames ahead by their spins.
    mutating func predict(_ h: Scalar) {
        for i in particles.indices {
            let q = orientations[i]
            substepStart[i] = q
            guard turns(i) else { continue }
            let s = spins[i] * (h / 2)
            let turn = product(SIMD4(s.x, s.y, s.z, 0), q)
            orientations[i] = normalized(q + turn)
        }
    }

    /// Turns driven roots by a share of the way left.
    mutating func drive(share: Scalar) {
        for root in drivenRoots {
            let (q, t) = (orientations[Int(root)], frameTargets[Int(root)])
            let sign: Scalar = q.x * t.x + q.y * t.y + q.z * t.z + q.w * t.w < 0 ? -1 : 1
            orientations[Int(root)] = share == 1 ? t : normalized(q + (t * sign - q) * share)
        }
    }

    mutating func solve(
        _ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar
    ) {
        for k in direct.indices {
            solveDirect(k, &positions, start: start, inverseMasses: inverseMasses, h: Double(h))
        }
        for range in sequential { solveSequential(range, &positions, inverseMasses: inverseMasses, h: h) }
    }

    /// Spins from the turns that a substep made.
    mutating func deriveVelocities(_ h: Scalar) {
        let rate = 2 / h
        for i in particles.indices where parents[i] >= 0 {
            spinsBefore[i] = spins[i]
            let d = product(orientations[i], conjugate(substepStart[i]))
            spins[i] = imaginary(d) * (d.w < 0 ? -rate : rate)
        }
    }

    /// Sets back frames that are not finite; returns how many.
    mutating func mend() -> Int {
        var resets = 0
        for i in particles.indices {
            if !isFinite(orientations[i]) || !isFinite(spins[i]) {
                orientations[i] = isFinite(stepStart[i]) ? stepStart[i] : home[i]
                spins[i] = .zero
                resets += 1
            }
        }
        return resets
    }

    mutating func keepStepStart() { copy(orientations, to: &stepStart) }

    mutating func teleport(rotation q: SIMD4<Scalar>) {
        drivenRoots.removeAll(keepingCapacity: true)
        for i in orientations.indices {
            orientations[i] = normalized(product(q, orientations[i]))
            substepStart[i] = orientations[i]
            stepStart[i] = orientations[i]
            home[i] = orientations[i]
            spins[i] = .zero
            frameTargets[i] = orientations[i]
        }
    }
}
