import CAllocationCount
import KairaGeometry
import KairaPhysics

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
        for segments in [1000, 10_000, 100_000] {
            var hair = try PhysicsLoad.strands(segments: segments)
            for _ in 0..<10 { hair.advance(by: 1.0 / 60) }
            let times = milliseconds(max(20, 200_000 / segments)) { hair.advance(by: 1.0 / 60) }
            try emit(BenchmarkRow(name: "physics-hair-\(segments)", times: times, threads: 1, type: "fp32"))
        }
    }
}
