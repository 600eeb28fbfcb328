import Foundation
import KairaGeometry

/// The winding number of 100,000 points about a torus of 100,000 triangles, beside libigl's, and what else a solid costs.
struct SolidBenchmark: Benchmark {
    let name = "solid"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        let (positions, triangles) = Self.torus(around: 250, across: 200)
        let points = Self.points(100_000)
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let peer = options.peers ? try PeerProcess(script: "libigl_winding.py") : nil
        let files = try Self.write(positions, triangles, points)
        defer { for file in files.values { try? FileManager.default.removeItem(atPath: file) } }
        let request = files.merging(["runs": "3", "what": "time"]) { $1 }

        // Both build their tree and ask it: libigl's function has no other way.
        var (times, peerTimes): ([Double], [Double]) = ([], [])
        let whole = { _ = try WindingNumber(positions: positions, triangles: triangles).values(at: points) }
        _ = try milliseconds(2) { try whole() }
        _ = try peer?.measure(request)
        for _ in 0..<5 {
            times += try milliseconds(3) { try whole() }
            if let peer { peerTimes += try peer.measure(request) }
        }
        var row = BenchmarkRow(
            name: "winding-100k", times: times, threads: threads, type: "fp32/fp64", peer: peer == nil ? nil : "libigl",
            peerTimes: peerTimes)
        let tree = try WindingNumber(positions: positions, triangles: triangles)
        let some = Array(points.prefix(1000))
        let exact = tree.values(at: some, accuracy: 0)
        row.mean_error = zip(tree.values(at: some), exact).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(some.count)
        row.peer_mean_error = try peer?.measure(request.merging(["what": "error"]) { $1 }).first
        try emit(row)

        for threads in Set([1, threads]).sorted() {
            try emit(
                BenchmarkRow(
                    name: "winding-100k-points",
                    times: milliseconds(9) { _ = tree.values(at: points, threads: threads) },
                    threads: threads, type: "fp32/fp64"))
        }
        try emit(
            BenchmarkRow(
                name: "winding-100k-exact-1000",
                times: milliseconds(5) { _ = tree.values(at: some, accuracy: 0) }, threads: threads, type: "fp64"))

        let mesh = try HalfEdgeMesh(positions: positions, triangles: triangles)
        let plane = try Plane(0.3, 0.2, 1, 0.05)
        try emit(
            BenchmarkRow(
                name: "half-edges-100k",
                times: milliseconds(7) { _ = try HalfEdgeMesh(positions: positions, triangles: triangles) }, threads: 1,
                type: "fp64"))
        try emit(
            BenchmarkRow(
                name: "mesh-report-100k", times: milliseconds(5) { _ = MeshReport(mesh) }, threads: 1, type: "fp64"))
        try emit(
            BenchmarkRow(
                name: "section-100k", times: milliseconds(7) { _ = MeshSection(mesh, plane: plane) }, threads: 1,
                type: "fp64"))
        try emit(
            BenchmarkRow(
                name: "cut-100k", times: milliseconds(5) { _ = try mesh.cut(by: plane, keeping: .above) }, threads: 1,
                type: "fp64"))
        if (try? SolidBoolean.libraryVersion()) != nil {
            let moved = try HalfEdgeMesh(positions: positions.map { $0 + [0.6, 0.1, 0.2] }, triangles: triangles)
            try emit(
                BenchmarkRow(
                    name: "union-100k-100k (Manifold)",
                    times: milliseconds(5) { _ = try SolidBoolean(.union)([mesh, moved]) }, threads: 1, type: "fp64"))
        }
    }

    private static func torus(around: Int, across: Int) -> ([SIMD3<Double>], [SIMD3<Int32>]) {
        var positions: [SIMD3<Double>] = []
        var triangles: [SIMD3<Int32>] = []
        for i in 0..<around {
            let u = 2 * Double.pi * Double(i) / Double(around)
            for j in 0..<across {
                let v = 2 * Double.pi * Double(j) / Double(across)
                let r = 1 + 0.4 * cos(v)
                positions.append(SIMD3(r * cos(u), r * sin(u), 0.4 * sin(v)))
                let (k, l) = ((i + 1) % around, (j + 1) % across)
                let corner = [i * across + j, k * across + j, k * across + l, i * across + l].map { Int32($0) }
                triangles += [SIMD3(corner[0], corner[1], corner[2]), SIMD3(corner[0], corner[2], corner[3])]
            }
        }
        return (positions, triangles)
    }

    /// Points in the torus's box, a little enlarged, by xorshift.
    private static func points(_ count: Int) -> [SIMD3<Double>] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state >> 11) * 0x1p-53 * 2 - 1
        }
        return (0..<count).map { _ in SIMD3(1.5 * random(), 1.5 * random(), 0.6 * random()) }
    }

    private static func write(
        _ positions: [SIMD3<Double>], _ triangles: [SIMD3<Int32>], _ points: [SIMD3<Double>]
    ) throws -> [String: String] {
        func file<T>(_ name: String, _ values: [T]) throws -> String {
            let url = FileManager.default.temporaryDirectory.appending(path: "kaira-bench-\(UUID().uuidString)-\(name)")
            try unsafe values.withUnsafeBytes { bytes in unsafe try Data(bytes).write(to: url) }
            return url.path
        }
        return [
            "vertices": try file("vertices", positions.flatMap { [$0.x, $0.y, $0.z] }),
            "faces": try file("faces", triangles.flatMap { [$0.x, $0.y, $0.z] }),
            "points": try file("points", points.flatMap { [$0.x, $0.y, $0.z] }),
        ]
    }
}
