import CAllocationCount
import Kaira
import KairaGeometry
import KairaPhysics
import KairaScene

/// A frame of secondary motion at 60 Hz on one thread, its allocations, and how hair grows with its segments.
struct PhysicsBenchmark: Benchmark {
    let name = "physics"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
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
}
