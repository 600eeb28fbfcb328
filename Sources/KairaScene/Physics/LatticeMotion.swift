import KairaGeometry
import KairaPhysics

/// A cage of mass points and springs round a part of a mesh: expressions drive some of its points, springs carry the rest.
///
/// It is simulated in the frame of its node, so that a fast head does not tear the mouth off. What it makes is
/// `SceneState.latticeOffsets`; `LatticeSkin` moves vertices by that. Morph targets that the cage's own expressions bind on
/// its meshes are taken back: they are for programs without the cage.
public struct LatticeMotion: SecondaryMotion {
    /// What is simulated, in the frame's space.
    public private(set) var world: World<Float>
    /// The cage.
    public let lattice: PhysicsDescription.Lattice
    private let index: Int
    private let node: Int
    private let rest: [SIMD3<Float>]
    private let restWorld: World<Float>
    private var driver: FrameDriver
    /// Per pose: its expression, and its offsets by driven point.
    private let expressions: [Int]
    private let driven: [Int]
    private let offsets: [[SIMD3<Float>]]
    /// Weights at the last call and at this one, and twice smoothed.
    private var before: [Float]
    private var wanted: [Float]
    private var half: [Float]
    private var eased: [Float]
    private var lastPlace: SIMD3<Float>?
    private var velocity = SIMD3<Float>.zero
    /// Morph weights that the expressions of the poses add.
    private let fallbacks: [(node: Int, target: Int, expression: Int, weight: Float, isOnly: Bool)]

    /// Seconds of a step.
    private static let step = 1.0 / 120

    /// The cage of a description, nil where it cannot be built.
    ///
    /// - Parameters:
    ///   - lattice: the cage.
    ///   - index: its place in the scene's physics.
    ///   - scene: where its node is.
    ///   - warnings: gets a sentence for what is left out.
    public init?(_ lattice: PhysicsDescription.Lattice, index: Int, scene: Scene, warnings: inout [String]) {
        let count = lattice.cornerCount
        guard scene.nodes.indices.contains(lattice.node.value), lattice.cells.min() >= 1, lattice.cells.max() <= 64,
            count <= PhysicsDescription.Lattice.maximumCorners, lattice.size.min() > 0, lattice.size.isFinite,
            lattice.origin.isFinite
        else {
            warnings.append("lattice \(index): its node, its cells or its box cannot be used")
            return nil
        }
        let solver = ExpressionSolver(scene)
        let poses = lattice.poses.filter { pose in
            pose.corners.count == pose.offsets.count && pose.corners.allSatisfy { 0..<count ~= $0 }
                && pose.offsets.allSatisfy(\.isFinite)
        }
        var drivenSet: Set<Int> = []
        for pose in poses { drivenSet.formUnion(pose.corners) }
        let fixed = Set(lattice.fixed)
        drivenSet.subtract(fixed)
        let driven = drivenSet.sorted()
        let slot = Dictionary(uniqueKeysWithValues: driven.enumerated().map { ($1, $0) })
        var world = World<Float>(step: Self.step)
        world.settings.gravity = .zero
        world.settings.substeps = 4
        do {
            try Self.build(lattice, free: { !drivenSet.contains($0) && !fixed.contains($0) }, in: &world)
        } catch {
            warnings.append("lattice \(index): \(error)")
            return nil
        }
        self.lattice = lattice
        self.index = index
        node = lattice.node.value
        rest = world.particles.positions
        restWorld = world
        self.world = world
        self.driven = driven
        offsets = poses.map { pose in
            var all = [SIMD3<Float>](repeating: .zero, count: driven.count)
            for (corner, offset) in zip(pose.corners, pose.offsets) { if let s = slot[corner] { all[s] = offset } }
            return all
        }
        expressions = poses.map { solver.index(of: $0.expression) ?? -1 }
        before = [Float](repeating: 0, count: poses.count)
        wanted = before
        half = before
        eased = before
        driver = FrameDriver(step: Self.step)
        var fallbacks: [(node: Int, target: Int, expression: Int, weight: Float, isOnly: Bool)] = []
        let own = Set(expressions)
        for e in own.sorted() where e >= 0 {
            for bind in solver.expressions[e].morphs where lattice.meshes.contains(bind.node) {
                let isOnly = !solver.expressions.indices.contains { other in
                    !own.contains(other)
                        && solver.expressions[other].morphs.contains {
                            $0.node == bind.node && $0.target == bind.target
                        }
                }
                fallbacks.append((bind.node.value, bind.target, e, bind.weight, isOnly))
            }
        }
        self.fallbacks = fallbacks
    }

    /// Points, springs between corners of one solid cell, bending over two, volumes of solid cells.
    private static func build(
        _ lattice: PhysicsDescription.Lattice, free: (Int) -> Bool, in world: inout World<Float>
    ) throws(PhysicsError) {
        let n = lattice.cells
        let step = lattice.size / SIMD3<Float>(Float(n.x), Float(n.y), Float(n.z))
        let hollow = Set(lattice.hollow)
        let corner = lattice.corner
        /// Whether two corners share a cell that is not hollow.
        func isSolid(_ p: SIMD3<Int>, _ q: SIMD3<Int>) -> Bool {
            for k in max(max(p.z, q.z) - 1, 0)...min(min(p.z, q.z), n.z - 1) {
                for j in max(max(p.y, q.y) - 1, 0)...min(min(p.y, q.y), n.y - 1) {
                    for i in max(max(p.x, q.x) - 1, 0)...min(min(p.x, q.x), n.x - 1)
                    where !hollow.contains((k * n.y + j) * n.x + i) { return true }
                }
            }
            return false
        }
        let mass = lattice.mass / Float(lattice.cornerCount)
        world.settings.drag = lattice.damping * mass
        for k in 0...n.z {
            for j in 0...n.y {
                for i in 0...n.x {
                    let p = lattice.origin + step * SIMD3<Float>(Float(i), Float(j), Float(k))
                    try world.addParticle(at: p, mass: free(corner(i, j, k)) ? mass : 0)
                }
            }
        }
        let near: [SIMD3<Int>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let across: [SIMD3<Int>] = [
            [1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1], [1, 1, 1], [1, 1, -1], [1, -1, 1],
            [1, -1, -1],
        ]
        let kinds =
            near.map { ($0, lattice.structural, 1) } + across.map { ($0, lattice.shear, 1) }
            + near.map { ($0, lattice.bend, 2) }
        for (d, compliance, length) in kinds {
            for k in 0...n.z {
                for j in 0...n.y {
                    for i in 0...n.x {
                        let p = SIMD3(i, j, k)
                        let q = p &+ d &* length
                        guard 0...n.x ~= q.x, 0...n.y ~= q.y, 0...n.z ~= q.z else { continue }
                        let (a, b) = (corner(i, j, k), corner(q.x, q.y, q.z))
                        guard free(a) || free(b) else { continue }
                        let middle = p &+ d
                        guard isSolid(p, middle), length == 1 || isSolid(middle, q) else { continue }
                        try world.addDistance(a, b, compliance: compliance)
                    }
                }
            }
        }
        for k in 0..<n.z {
            for j in 0..<n.y {
                for i in 0..<n.x where !hollow.contains((k * n.y + j) * n.x + i) {
                    // Five tetrahedra, mirrored from cell to cell so that faces match.
                    let flip = (i + j + k) & 1
                    for t in [[0, 1, 2, 4], [3, 2, 1, 7], [5, 4, 7, 1], [6, 7, 4, 2], [1, 2, 4, 7]] {
                        let p = t.map { corner(i + (($0 & 1) ^ flip), j + ($0 >> 1 & 1), k + ($0 >> 2)) }
                        guard p.contains(where: free) else { continue }
                        try world.addVolume(p[0], p[1], p[2], p[3], compliance: lattice.cell)
                    }
                }
            }
        }
        let surface = Self.surface(of: lattice, hollow: hollow)
        if surface.contains(where: { t in (0..<3).contains { free(Int(t[$0])) } }) {
            try world.addEnclosedVolume(surface, compliance: lattice.volume)
        }
        for pair in lattice.apart where free(pair.x) || free(pair.y) {
            try world.addStrainLimit(pair.x, pair.y, lower: 1, upper: 1e6)
        }
    }

    /// The faces between solid cells and what is hollow or outside, two triangles each, counter-clockwise from there.
    private static func surface(of lattice: PhysicsDescription.Lattice, hollow: Set<Int>) -> [SIMD3<Int32>] {
        let n = lattice.cells
        func isSolid(_ c: SIMD3<Int>) -> Bool {
            guard c.min() >= 0, c.x < n.x, c.y < n.y, c.z < n.z else { return false }
            return !hollow.contains((c.z * n.y + c.y) * n.x + c.x)
        }
        func corner(_ p: SIMD3<Int>) -> Int32 { Int32(lattice.corner(p.x, p.y, p.z)) }
        var triangles: [SIMD3<Int32>] = []
        for k in 0..<n.z {
            for j in 0..<n.y {
                for i in 0..<n.x where isSolid([i, j, k]) {
                    for axis in 0..<3 {
                        for side in 0...1 {
                            var step = SIMD3<Int>.zero
                            step[axis] = side * 2 - 1
                            guard !isSolid(SIMD3(i, j, k) &+ step) else { continue }
                            var (base, u, v) = (SIMD3(i, j, k), SIMD3<Int>.zero, SIMD3<Int>.zero)
                            base[axis] += side
                            // u, v and the outward axis are right-handed.
                            u[(axis + (side == 1 ? 1 : 2)) % 3] = 1
                            v[(axis + (side == 1 ? 2 : 1)) % 3] = 1
                            let (a, b) = (corner(base), corner(base &+ u))
                            let (c, d) = (corner(base &+ u &+ v), corner(base &+ v))
                            triangles += [SIMD3(a, b, c), SIMD3(a, c, d)]
                        }
                    }
                }
            }
        }
        return triangles
    }

    /// How far the frame may go in one call before that counts as a jump, metres.
    public var teleportDistance: Float {
        get { driver.teleportDistance }
        set { driver.teleportDistance = newValue }
    }
    /// How often a point had to be set back.
    public var resets: Int { world.diagnostics.resets }

    /// Moves the cage by the time that has passed.
    ///
    /// The first call takes up the shape that the expressions ask for, without time.
    public mutating func update(_ state: inout SceneState, deltaTime: Double) {
        takeBack(&state)
        let frame = state.worlds[node].isFinite ? state.worlds[node].rigid : .identity
        readWeights(state)
        if !driver.isPlaced { place(frame) }
        let (steps, jump) = driver.begin(frame, seconds: deltaTime)
        if jump != nil { lastPlace = nil }
        for _ in 0..<steps {
            let share = driver.nextShare()
            if lattice.inertia > 0 { feel(driver.frame(at: share)) }
            for p in wanted.indices {
                let w = lerp(before[p], wanted[p], share)
                let t = lattice.easing / 2
                let h = Float(Self.step)
                half[p] += (w - half[p]) * (h / (t + h))
                eased[p] += (half[p] - eased[p]) * (h / (t + h))
            }
            for (slot, corner) in driven.enumerated() { world.drive(corner, to: target(slot)) }
            world.advance(by: Self.step)
        }
        if steps > 0 || deltaTime > 0 { for p in wanted.indices { before[p] = wanted[p] } }
        write(&state)
    }

    /// Takes up the shape that the expressions ask for, at rest.
    public mutating func reset(to state: inout SceneState) {
        readWeights(state)
        place(state.worlds[node].isFinite ? state.worlds[node].rigid : .identity)
        write(&state)
    }

    /// Weights of the poses' expressions; together at most 1.
    private mutating func readWeights(_ state: SceneState) {
        var sum: Float = 0
        for (p, e) in expressions.enumerated() {
            let w = state.expressionWeights.indices.contains(e) ? state.expressionWeights[e] : 0
            wanted[p] = w.isFinite ? min(max(w, 0), 1) : 0
            sum += wanted[p]
        }
        if sum > 1 { for p in wanted.indices { wanted[p] /= sum } }
    }

    private func target(_ slot: Int) -> SIMD3<Float> {
        var p = rest[driven[slot]]
        for pose in eased.indices { p += offsets[pose][slot] * eased[pose] }
        return p
    }

    private mutating func place(_ frame: Transform) {
        world = restWorld
        for p in wanted.indices { (before[p], half[p], eased[p]) = (wanted[p], wanted[p], wanted[p]) }
        for (slot, corner) in driven.enumerated() { world.place(corner, at: target(slot)) }
        if eased.contains(where: { $0 > 0 }) {
            for _ in 0..<90 { world.advance(by: Self.step) }
            for i in world.particles.velocities.indices { world.particles.velocities[i] = .zero }
        }
        driver.place(frame)
        lastPlace = nil
        velocity = .zero
    }

    /// The frame's acceleration, as those inside feel it.
    private mutating func feel(_ frame: Transform) {
        let h = Float(Self.step)
        let center = frame.transform(point: lattice.origin + lattice.size / 2)
        var felt = SIMD3<Float>.zero
        if let last = lastPlace {
            let v = (center - last) / h
            felt = frame.rotation.conjugate.act((velocity - v) / h) * lattice.inertia
            velocity = v
        }
        lastPlace = center
        let size = length(felt)
        world.settings.gravity = size > 100 ? felt * (100 / size) : felt
    }

    private func takeBack(_ state: inout SceneState) {
        for f in fallbacks where state.morphWeights[f.node].indices.contains(f.target) {
            if f.isOnly {
                state.morphWeights[f.node][f.target] = 0
            } else if state.expressionWeights.indices.contains(f.expression) {
                state.morphWeights[f.node][f.target] -= f.weight * state.expressionWeights[f.expression]
            }
        }
    }

    private func write(_ state: inout SceneState) {
        guard state.latticeOffsets.indices.contains(index) else { return }
        if state.latticeOffsets[index].count != rest.count {
            state.latticeOffsets[index] = [SIMD3<Float>](repeating: .zero, count: rest.count)
        }
        let t = Float(driver.fraction)
        for i in rest.indices { state.latticeOffsets[index][i] = world.position(of: i, fraction: t) - rest[i] }
    }
}
