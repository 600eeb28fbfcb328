/// A body with elastic flagella in a viscous fluid, without inertia: rods with resistive-force drag, solved implicitly
/// with the body as one system, so that body and flagella together are free of force and torque.
///
/// A value of its own, with its own fixed step; a world can carry some. SI units, Double. The same input gives the same
/// bits, and stepping allocates nothing. A state that stops being finite goes back to the last one that was.
public struct Swimmer: Sendable {
    /// The fixed step.
    public var clock: FixedStep
    /// The body's centre, metres.
    public internal(set) var position: SIMD3<Double>
    /// The body's frame, unit quaternion (x, y, z, w); its axis is x.
    public internal(set) var orientation: SIMD4<Double>
    /// The body's drag.
    public var bodyDrag: BodyDrag
    /// Whether the body goes where `driveBody` says instead of swimming.
    public var isDriven = false
    /// Seconds lived.
    public internal(set) var time = 0.0
    /// How each flagellum bends itself.
    public var drives: [FlagellarDrive] = []
    /// Points of all flagella: ends of segments, metres; node 0 is the body's centre.
    public internal(set) var points: [SIMD3<Double>]
    /// Frames of all segments, z along; node 0 is the body's.
    public internal(set) var frames: [SIMD4<Double>]
    /// Nodes of each flagellum or branch, from its base outward.
    public internal(set) var flagella: [Range<Int>] = []
    /// How often a state had to be set back.
    public internal(set) var resets = 0

    var parents: [Int] = [-1]
    /// Where a first segment begins on the body, in the body's frame; unused elsewhere.
    var offsets: [SIMD3<Double>] = [.zero]
    /// Relation to the parent's frame at rest, without curvature.
    var rests: [SIMD4<Double>] = [SIMD4(0, 0, 0, 1)]
    var lengths: [Double] = [0]
    var jointLengths: [Double] = [0]
    var arcs: [Double] = [0]
    var owners: [Int] = [-1]
    var stretchStiffnesses: [SIMD3<Double>] = [.zero]
    var bendStiffnesses: [SIMD3<Double>] = [.zero]
    var drags: [ResistiveForce] = [ResistiveForce(along: 0, across: 0)]
    var system: BlockTree
    var oldPoints: [SIMD3<Double>]
    var oldFrames: [SIMD4<Double>]
    var bodyTarget: SIMD3<Double>
    var bodyTargetFrame: SIMD4<Double>
    var stepsToTarget = 0

    /// A body without flagella.
    public init(
        body: BodyDrag, at position: SIMD3<Double> = .zero, orientation: SIMD4<Double> = SIMD4(0, 0, 0, 1),
        step: Double = 1.0 / 240
    ) {
        clock = FixedStep(step: step, maximumSteps: 64)
        bodyDrag = body
        self.position = position
        self.orientation = normalized(orientation)
        points = [position]
        frames = [self.orientation]
        oldPoints = points
        oldFrames = frames
        bodyTarget = position
        bodyTargetFrame = self.orientation
        system = BlockTree()
        system.append(parent: -1)
    }

    /// Adds a flagellum.
    ///
    /// - Parameters:
    ///   - base: where it leaves the body, in the body's frame, metres.
    ///   - heading: where it points, in the body's frame.
    ///   - length: metres.
    ///   - segments: how finely it is cut, >= 1.
    ///   - material: its stiffness; mass does not matter here.
    ///   - fluid: its drag.
    ///   - drive: how it bends itself.
    /// - Returns: its index in `flagella` and `drives`.
    /// - Throws: `PhysicsError.badValue`.
    @discardableResult
    public mutating func addFlagellum(
        base: SIMD3<Double>, direction heading: SIMD3<Double>, length: Double, segments: Int,
        material: RodMaterial<Double>, fluid: ResistiveForce, drive: FlagellarDrive = FlagellarDrive()
    ) throws(PhysicsError) -> Int {
        guard isFinite(base), isFinite(heading) else { throw .badValue(what: "a flagellum's base or direction") }
        let z = KairaPhysics.direction(heading, else: SIMD3(-1, 0, 0))
        let frame = rotation(from: SIMD3(0, 0, 1), to: z)
        return try grow(
            parent: 0, start: base, relation: frame, length: length, segments: segments, material: material,
            fluid: fluid, drive: drive, arc: 0)
    }

    /// Adds a branch at the end of a flagellum's node.
    ///
    /// - Parameters:
    ///   - node: of some flagellum, not 0.
    ///   - angle: the branch's direction against the node's frame, a rotation vector in radians.
    ///   - length: metres.
    ///   - segments: how finely it is cut, >= 1.
    ///   - material: its stiffness.
    ///   - fluid: its drag.
    ///   - drive: how it bends itself; its arc length goes on from the node's.
    /// - Returns: its index in `flagella` and `drives`.
    /// - Throws: `PhysicsError`.
    @discardableResult
    public mutating func addBranch(
        at node: Int, angle: SIMD3<Double>, length: Double, segments: Int, material: RodMaterial<Double>,
        fluid: ResistiveForce, drive: FlagellarDrive = FlagellarDrive()
    ) throws(PhysicsError) -> Int {
        guard node > 0, node < points.count else {
            throw .noSuchElement(what: "flagellum node", index: node, count: points.count)
        }
        guard isFinite(angle) else { throw .badValue(what: "a branch's angle") }
        return try grow(
            parent: node, start: .zero, relation: quaternion(rotation: angle), length: length, segments: segments,
            material: material, fluid: fluid, drive: drive, arc: arcs[node])
    }

    private mutating func grow(
        parent: Int, start: SIMD3<Double>, relation: SIMD4<Double>, length: Double, segments: Int,
        material: RodMaterial<Double>, fluid: ResistiveForce, drive: FlagellarDrive, arc: Double
    ) throws(PhysicsError) -> Int {
        guard length > 0, length.isFinite, segments >= 1 else { throw .badValue(what: "a flagellum's length") }
        guard material.isUsable else { throw .badValue(what: "a flagellum's material") }
        guard fluid.along > 0, fluid.across > 0, fluid.spin >= 0 else { throw .badValue(what: "a flagellum's drag") }
        let l = length / Double(segments)
        let begin = points.count
        let owner = flagella.count
        var before = parent
        for k in 0..<segments {
            let origin = before == 0 ? position + rotate(orientation, start) : points[before]
            let own = k == 0 ? relation : SIMD4(0, 0, 0, 1)
            let frame = normalized(product(frames[before], own))
            parents.append(before)
            offsets.append(before == 0 ? start : .zero)
            rests.append(own)
            lengths.append(l)
            jointLengths.append((l + lengths[before]) / 2)
            arcs.append(arc + Double(k + 1) * l)
            owners.append(owner)
            stretchStiffnesses.append(SIMD3(material.shear, material.shear, material.stretch))
            bendStiffnesses.append(SIMD3(material.bend.x, material.bend.y, material.twist))
            drags.append(fluid)
            points.append(origin + rotate(frame, SIMD3(0, 0, l)))
            frames.append(frame)
            system.append(parent: before)
            before = points.count - 1
        }
        flagella.append(begin..<points.count)
        drives.append(drive)
        oldPoints = points
        oldFrames = frames
        return owner
    }

    /// Where a flagellum begins now.
    public func base(of flagellum: Int) -> SIMD3<Double> { start(of: flagella[flagellum].lowerBound) }

    func start(of node: Int) -> SIMD3<Double> {
        let parent = parents[node]
        return parent == 0 ? points[0] + rotate(frames[0], offsets[node]) : points[parent]
    }

    /// Says where the driven body is to be at the end of the next `advance`; what is not finite is ignored.
    public mutating func driveBody(to position: SIMD3<Double>, orientation: SIMD4<Double> = SIMD4(0, 0, 0, 1)) {
        guard isFinite(position), isFinite(orientation) else { return }
        bodyTarget = position
        bodyTargetFrame = normalized(orientation)
    }

    /// Lets time pass.
    ///
    /// - Parameter seconds: since the last call; 0, less or not finite does nothing.
    /// - Returns: how many steps were taken.
    @discardableResult
    public mutating func advance(by seconds: Double) -> Int {
        let steps = clock.advance(by: seconds)
        stepsToTarget = steps
        for _ in 0..<steps { step() }
        return steps
    }

    /// Where a node is shown now: between the last two states.
    public func shownPoint(_ node: Int) -> SIMD3<Double> {
        oldPoints[node] + (points[node] - oldPoints[node]) * clock.fraction
    }

    /// Takes all to another place at once, the shape as it is.
    public mutating func teleport(rotation q: SIMD4<Double> = SIMD4(0, 0, 0, 1), translation: SIMD3<Double>) {
        guard isFinite(q), isFinite(translation) else { return }
        let q = normalized(q)
        for i in points.indices {
            points[i] = rotate(q, points[i]) + translation
            frames[i] = normalized(product(q, frames[i]))
        }
        position = points[0]
        orientation = frames[0]
        bodyTarget = position
        bodyTargetFrame = orientation
        copy(points, to: &oldPoints)
        copy(frames, to: &oldFrames)
        clock.restart()
    }
}
