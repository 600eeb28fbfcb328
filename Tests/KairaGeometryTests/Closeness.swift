import KairaGeometry

/// The largest difference between components.
func gap(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
    (0..<3).map { abs(a[$0] - b[$0]) }.max() ?? 0
}

/// The largest difference between components of two quaternions, whatever their signs.
func gap(_ a: Quaternion, _ b: SIMD4<Float>) -> Float {
    func off(_ s: Float) -> Float { (0..<4).map { abs(a.vector[$0] * s - b[$0]) }.max() ?? 0 }
    return min(off(1), off(-1))
}

/// The largest difference between entries, column-major.
func gap(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

extension Matrix3 {
    var entries: [Float] { [x, y, z].flatMap { [$0.x, $0.y, $0.z] } }

    init(_ m: [Float]) {
        self.init([m[0], m[1], m[2]], [m[3], m[4], m[5]], [m[6], m[7], m[8]])
    }
}

extension Matrix4 {
    var entries: [Float] { [x, y, z, w].flatMap { [$0.x, $0.y, $0.z, $0.w] } }

    init(_ m: [Float]) {
        self.init(
            SIMD4(m[0], m[1], m[2], m[3]), SIMD4(m[4], m[5], m[6], m[7]), SIMD4(m[8], m[9], m[10], m[11]),
            SIMD4(m[12], m[13], m[14], m[15]))
    }
}
