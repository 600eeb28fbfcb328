import CAllocationCount
import Kaira
import KairaGeometry
import KairaPhysics
import KairaScene

/// A frame of secondary motion at 60 Hz on one thread, its allocations, how hair grows with its segments, and nets of
/// rigid links beside Bullet's soft body.
struct PhysicsBenchmark: Benchmark {
    let name = "physics"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        if options.peers { try compare(emit) }
        var load = try PhysicsLoad()
        var anchors = [Matrix4.identity]
        for _ in 0..<60 { load.step(anchors: &anchors) }
        let before = kaira_allocation_count()
        for _ in 0..<300 { load.step(anchors: &anchors) }
        let allocations = Double(kaira_allocation_count() - before) / 300
        let times = milliseconds(300) { load.step(anchors: &anchors) }
        try emit(BenchmarkRow(name: "physics-frame", times: times, threads: 1, type: "fp32"))
        // In the place of milliseconds: allocations a frame.
        try emit(BenchmarkRow(name: "physics-frame-allocations", times: [allocations], threads: 1, type: "count"))
        try mascot(emit)
        for segments in [1000, 10_000, 100_000] {
            var hair = try PhysicsLoad.strands(segments: segments)
            for _ in 0..<10 { hair.advance(by: 1.0 / 60) }
            let times = milliseconds(max(20, 200_000 / segments)) { hair.advance(by: 1.0 / 60) }
            try emit(BenchmarkRow(name: "physics-hair-\(segments)", times: times, threads: 1, type: "fp32"))
        }
    }

    /// The mascot as it is shipped: flagella, antennae and mouth, while it walks about and speaks.
    private func mascot(_ emit: (BenchmarkRow) throws -> Void) throws {
        var builder = KairaKunBuilder()
        builder.detail = .low
        builder.textureSize = 64
        let scene = builder.build()
        guard var physics = ScenePhysics(scene) else { throw BenchmarkError("the mascot has no physics") }
        var state = SceneState(scene)
        let count = scene.avatar?.expressions.count ?? 0
        state.expressionWeights = [Float](repeating: 0, count: count)
        var frame = 0
        func step() {
            frame += 1
            let t = Float(frame) / 60
            state.locals[0].translation.x = 0.4 * (t * 0.7 - (t * 0.7).rounded())
            for e in state.expressionWeights.indices { state.expressionWeights[e] = (e + frame / 8) % 7 == 0 ? 1 : 0 }
            state.updateWorld()
            physics.update(&state, deltaTime: 1.0 / 60)
        }
        for _ in 0..<120 { step() }
        let before = kaira_allocation_count()
        for _ in 0..<300 { step() }
        let allocations = Double(kaira_allocation_count() - before) / 300
        try emit(BenchmarkRow(name: "physics-mascot", times: milliseconds(300) { step() }, threads: 1, type: "fp32"))
        try emit(BenchmarkRow(name: "physics-mascot-allocations", times: [allocations], threads: 1, type: "count"))
    }

    /// Times nets beside Bullet's soft body: the same points, masses, rigid links and step of 1/60 s, no damping, no
    /// collisions, let fall from the horizontal.
    ///
    /// Same error: Bullet runs with some number of iterations; ours with the fewest substeps whose residual stretch
    /// is not above Bullet's: neither its root mean square over all links and the 60 steps after the first 180 nor its
    /// greatest. Both errors are printed. Both are timed over the same frames, in alternation.
    private func compare(_ emit: (BenchmarkRow) throws -> Void) throws {
        let bullet = try PeerProcess(program: "KAIRA_PEERS_BULLET")
        for (scene, size, iterations) in [
            ("chain", 101, 50), ("chain", 101, 200), ("cloth", 50, 10), ("cloth", 50, 40), ("cloth", 50, 160),
        ] {
            var request = [
                "scene": scene, "size": "\(size)", "iterations": "\(iterations)", "frames": "180", "runs": "60",
                "what": "errors",
            ]
            let theirs = try bullet.measure(request)
            guard theirs.count == 3 else { throw BenchmarkError("Bullet's peer gave \(theirs.count) errors, not 3") }
            var net = try PhysicsNet(scene, size: size, substeps: 1)
            var (strain, greatest) = net.errors()
            while strain > theirs[0] || greatest > theirs[1], net.substeps < 400 {
                net = try PhysicsNet(scene, size: size, substeps: net.substeps + 1)
                (strain, greatest) = net.errors()
            }
            request["what"] = "times"
            var (times, peerTimes): ([Double], [Double]) = ([], [])
            for _ in 0..<5 {
                peerTimes += try bullet.measure(request)
                var world = try PhysicsNet(scene, size: size, substeps: net.substeps)
                for _ in 0..<180 { world.step() }
                times += milliseconds(60) { world.step() }
            }
            var row = BenchmarkRow(
                name: "physics-\(scene)-\(size) (\(net.substeps) substeps, \(iterations) iterations)", times: times,
                threads: 1, type: "fp32", peer: "Bullet soft body", peerTimes: peerTimes)
            row.residual = strain
            row.peer_residual = theirs[0]
            row.greatest_residual = greatest
            row.peer_greatest_residual = theirs[1]
            try emit(row)
        }
    }
}

/// A chain of links or a square of cloth (links along, across and over both diagonals), held at one end or two corners.
struct PhysicsNet {
    let substeps: Int
    private var world = World<Float>(step: 1.0 / 60)
    private var links: [(Int, Int, Double)] = []

    init(_ scene: String, size: Int, substeps: Int) throws {
        self.substeps = substeps
        world.settings.substeps = substeps
        let isCloth = scene == "cloth"
        let rows = isCloth ? size : 1
        let spacing = 1 / Float(size - 1)
        for j in 0..<rows {
            for i in 0..<size {
                let isFixed = j == 0 && (i == 0 || isCloth && i == size - 1)
                try world.addParticle(
                    at: [Float(i) * spacing, 0, Float(j) * spacing], mass: isFixed ? 0 : 1 / Float(size * rows))
            }
        }
        for j in 0..<rows {
            for i in 0..<size {
                let p = j * size + i
                if i + 1 < size { link(p, p + 1) }
                if j + 1 < rows { link(p, p + size) }
                if i + 1 < size, j + 1 < rows {
                    link(p, p + size + 1)
                    link(p + 1, p + size)
                }
            }
        }
        if isCloth {
            for (a, b, _) in links { try world.addDistance(a, b) }
        } else {
            try world.addChain(Array(0..<size))
        }
    }

    private mutating func link(_ a: Int, _ b: Int) { links.append((a, b, length(a, b))) }

    private func length(_ a: Int, _ b: Int) -> Double {
        let d = world.particles.positions[b] - world.particles.positions[a]
        return (Double(d.x) * Double(d.x) + Double(d.y) * Double(d.y) + Double(d.z) * Double(d.z)).squareRoot()
    }

    mutating func step() { world.advance(by: 1.0 / 60) }

    /// Root mean square and greatest relative stretch over the 60 steps after 180; infinite where it was set back.
    mutating func errors() -> (Double, Double) {
        for _ in 0..<180 { step() }
        var (sum, greatest) = (0.0, 0.0)
        for _ in 0..<60 {
            step()
            for (a, b, rest) in links {
                let strain = length(a, b) / rest - 1
                sum += strain * strain
                greatest = max(greatest, abs(strain))
            }
        }
        if world.diagnostics.resets > 0 { return (.infinity, .infinity) }
        return ((sum / Double(links.count * 60)).squareRoot(), greatest)
    }
}
