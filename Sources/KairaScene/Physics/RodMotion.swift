import KairaGeometry
import KairaPhysics

/// Flagella: chains of nodes driven by elastic rods in a viscous fluid, which beat faster as their body moves and recoil as
/// it stops.
public struct RodMotion: SecondaryMotion {
    /// What is simulated.
    public private(set) var swimmer: Swimmer
    /// How active the rods are, 0 (idle) ... 1.
    public private(set) var activation: Double = 0
    private let description: PhysicsDescription.Rods
    private let chains: [NodeChain]
    /// Where each chain branches off, nil on the body: a chain and its node.
    private let forks: [SIMD2<Int>?]
    private var matrices: [[Matrix4]]
    private let node: Int
    /// The swimmer's segments of each chain begin here; segment k of a chain ends at node k + 1.
    private let rest: Swimmer
    private let baseMaterial: Material?
    private var driver: FrameDriver
    private var bases: [SIMD3<Float>]
    private var lastPlace: SIMD3<Float>?
    private var speed: Double = 0
    private var recoil: Double = 0
    private var beat: Double = 0
    private var glow: Double = 0
    private var glowRate: Double = 0
    private let phases: [Double]

    /// Seconds of a step; the rods are solved implicitly.
    private static let step = 1.0 / 120

    /// The rods of a description, nil where none can be used.
    ///
    /// - Parameters:
    ///   - description: whose chains; one whose nodes do not follow each other is left out, with a warning.
    ///   - index: its place, for messages.
    ///   - scene: where its nodes are.
    ///   - warnings: gets a sentence for each part that is left out.
    public init?(_ description: PhysicsDescription.Rods, index: Int, scene: Scene, warnings: inout [String]) {
        guard scene.nodes.indices.contains(description.node.value) else {
            warnings.append("rods \(index): there is no node \(description.node.value)")
            return nil
        }
        let state = SceneState(scene)
        let frame = state.worlds[description.node.value].rigid
        let inverse = frame.rotation.conjugate
        func local(_ node: Int) -> SIMD3<Double> {
            SIMD3<Double>(inverse.act(state.worlds[node].translation - frame.translation))
        }
        // The body only carries: its drag is of no consequence.
        var swimmer = Swimmer(body: .sphere(radius: 0.1, viscosity: 1), step: Self.step)
        swimmer.isDriven = true
        let bend = Double(description.bend)
        // Next to no stretch: what a segment resists is bending.
        let hard = bend * 1e5
        let material = RodMaterial<Double>(
            stretch: hard, shear: hard, bend: SIMD2(repeating: bend), twist: Double(description.twist),
            lineDensity: 1, lineInertia: 1)
        let fluid = ResistiveForce(
            along: Double(description.dragAlong), across: Double(description.dragAcross), spin: 1e-7)
        var chains: [NodeChain] = []
        var nodeOf: [Int: Int] = [:]
        var forkOf: [Int: SIMD2<Int>] = [:]
        var forks: [SIMD2<Int>?] = []
        var phases: [Double] = []
        var bases: [SIMD3<Float>] = []
        for (k, ids) in description.chains.enumerated() {
            guard let chain = NodeChain(ids, of: scene), !chain.nodes.contains(where: { nodeOf[$0] != nil }) else {
                warnings.append("rods \(index), chain \(k): its nodes do not hang on each other, or have no length")
                continue
            }
            let parent = nodeOf[chain.parent] ?? 0
            var path = chain.nodes.map(local)
            // A branch begins where the rod that carries it is cut.
            if parent > 0 { path[0] = swimmer.points[parent] }
            guard let flagellum = try? swimmer.addFlagellum(along: path, from: parent, material: material, fluid: fluid)
            else {
                warnings.append("rods \(index), chain \(k): a segment has no length")
                continue
            }
            for (segment, node) in zip(swimmer.flagella[flagellum], chain.nodes.dropFirst()) {
                nodeOf[node] = segment
            }
            swimmer.drives[flagellum].wavelength = Double(description.wavelength)
            swimmer.drives[flagellum].helicity = Double(description.helicity)
            swimmer.drives[flagellum].onset = Double(description.onset)
            for (k, node) in chain.nodes.enumerated() { forkOf[node] = [chains.count, k] }
            forks.append(forkOf[chain.parent])
            phases.append(-Double(description.lag) * Double(k))
            chains.append(chain)
            if parent == 0 { bases.append(SIMD3<Float>(path[0])) }
        }
        guard !chains.isEmpty else { return nil }
        self.description = description
        self.chains = chains
        self.phases = phases
        self.forks = forks
        matrices = chains.map { [Matrix4](repeating: .identity, count: $0.nodes.count) }
        self.bases = bases
        self.swimmer = swimmer
        rest = swimmer
        node = description.node.value
        baseMaterial = description.pulse.flatMap {
            scene.materials.indices.contains($0.material.value) ? scene.materials[$0.material] : nil
        }
        driver = FrameDriver(step: Self.step)
    }

    /// How far the frame may go in one call before that counts as a jump, metres.
    public var teleportDistance: Float {
        get { driver.teleportDistance }
        set { driver.teleportDistance = newValue }
    }
    /// How often a state had to be set back.
    public var resets: Int { swimmer.resets }

    /// The nodes that it moves.
    public var nodes: [NodeID] { chains.flatMap { $0.nodes.map { NodeID($0) } } }

    /// Moves the nodes by the time that has passed.
    public mutating func update(_ state: inout SceneState, deltaTime: Double) {
        guard deltaTime > 0, deltaTime.isFinite, state.worlds[node].isFinite else { return }
        let frame = state.worlds[node].rigid
        if !driver.isPlaced { place(frame) }
        let (steps, jump) = driver.begin(frame, seconds: deltaTime)
        if let jump {
            swimmer.teleport(
                rotation: SIMD4<Double>(jump.rotation.vector), translation: SIMD3<Double>(jump.translation))
            lastPlace = nil
            (speed, recoil) = (0, 0)
        }
        for _ in 0..<steps { step(driver.frame(at: driver.nextShare())) }
        write(&state)
    }

    /// Takes up the rest shape at the state's pose.
    public mutating func reset(to state: inout SceneState) {
        guard state.worlds[node].isFinite else { return }
        place(state.worlds[node].rigid)
        write(&state)
    }

    private mutating func place(_ frame: Transform) {
        swimmer = rest
        swimmer.teleport(rotation: SIMD4<Double>(frame.rotation.vector), translation: SIMD3<Double>(frame.translation))
        driver.place(frame)
        lastPlace = nil
        (activation, speed, recoil, beat, glow) = (0, 0, 0, 0, 0)
        glowRate = Double(description.pulse?.rate.x ?? 0)
    }

    private mutating func step(_ frame: Transform) {
        let h = Self.step
        // The bases' mean speed: what moves and what turns the body both count.
        var place = SIMD3<Float>.zero
        for base in bases { place += frame.transform(point: base) }
        place /= Float(max(bases.count, 1))
        let v = lastPlace.map { Double(distance(place, $0)) / h } ?? 0
        lastPlace = place
        // Motion from pictures trembles: 50 ms of smoothing before it counts.
        let before = speed
        speed += (v - speed) * (h / (0.05 + h))
        let full = Double(max(description.activeSpeed, 1e-6))
        let wanted = min(speed / full, 1)
        let time = wanted > activation ? 0.12 : 0.7
        activation += (wanted - activation) * (h / (time + h))
        // A stop is a loss of speed within a moment; it bends the rods and lets go.
        let loss = max(before - speed, 0) / full
        recoil = min(recoil + loss, 1)
        recoil *= 1 - h / (0.22 + h)
        let a = activation
        let idle = description.idle
        let active = description.active
        beat += h * 2 * Double.pi * (Double(idle.frequency) * (1 - a) + Double(active.frequency) * a)
        if let pulse = description.pulse {
            glowRate = Double(pulse.rate.x) * (1 - a) + Double(pulse.rate.y) * a
            glow += glowRate * h
        }
        let amplitude = Double(idle.amplitude) * (1 - a) + Double(active.amplitude) * a
        for f in phases.indices {
            swimmer.drives[f].amplitude = amplitude
            swimmer.drives[f].phase = phases[f] - beat
            swimmer.drives[f].bias = Double(description.recoil) * recoil
        }
        swimmer.driveBody(
            to: SIMD3<Double>(frame.translation), orientation: SIMD4<Double>(frame.rotation.vector))
        swimmer.advance(by: h)
    }

    private mutating func write(_ state: inout SceneState) {
        let t = driver.fraction
        for f in chains.indices {
            let first = swimmer.flagella[f].lowerBound
            let above = forks[f].map { matrices[$0.x][$0.y] }
            chains[f].pose(&state, above: above, matrices: &matrices[f]) { [swimmer] k in
                SIMD3<Float>(
                    k == 0 ? swimmer.base(of: f, fraction: t) : swimmer.point(first + k - 1, fraction: t))
            }
        }
        guard let pulse = description.pulse, let base = baseMaterial else { return }
        var material = state.materialOverrides[pulse.material] ?? base
        let strength = lerp(pulse.strength.x, pulse.strength.y, Float(activation))
        material.emissive = base.emissive * strength
        let phase = glow + glowRate * Self.step * (t - 1)
        // Textures repeat: whole turns are dropped, so that long runs stay exact.
        material.emissiveTexture?.offset.x = (base.emissiveTexture?.offset.x ?? 0) - Float(phase - phase.rounded(.down))
        state.materialOverrides[pulse.material] = material
    }
}
