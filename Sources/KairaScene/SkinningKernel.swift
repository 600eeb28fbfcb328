import KairaGeometry

/// The inner loops of skinning. Callers have checked every count; joint indices are clamped to the palette here, since
/// they come from a file.
enum SkinningKernel {
    /// Sources and destinations, which may be the same memory.
    @safe struct Buffers {
        var positions: UnsafeBufferPointer<SIMD3<Float>>
        var normals: UnsafeBufferPointer<SIMD3<Float>>
        var tangents: UnsafeBufferPointer<SIMD4<Float>>
        var outPositions: UnsafeMutableBufferPointer<SIMD3<Float>>
        var outNormals: UnsafeMutableBufferPointer<SIMD3<Float>>
        var outTangents: UnsafeMutableBufferPointer<SIMD4<Float>>
    }

    /// `[vertices, perVertex]`.
    @safe struct Influences {
        var perVertex: Int
        var joints: UnsafeBufferPointer<UInt16>
        var weights: UnsafeBufferPointer<Float>
    }

    // MARK: Linear blend

    /// `rows` are three a joint: see `SkinPalette.writeRows(into:)`.
    static func linear(
        _ range: Range<Int>, _ buffers: Buffers, _ influences: Influences, _ rows: UnsafeBufferPointer<SIMD4<Float>>
    ) {
        // A constant count lets the compiler unroll the sum.
        if influences.perVertex == 4 {
            unsafe linear(range, buffers, influences, rows, perVertex: 4)
        } else {
            unsafe linear(range, buffers, influences, rows, perVertex: influences.perVertex)
        }
    }

    /// Four vertices at a time: each one's matrix is summed as three rows, then the four are transposed, so that all that
    /// follows has one vertex a lane and no shuffles. A lane's arithmetic does not depend on its neighbours.
    @inline(__always)
    private static func linear(
        _ range: Range<Int>, _ buffers: Buffers, _ influences: Influences,
        _ rows: UnsafeBufferPointer<SIMD4<Float>>, perVertex: Int
    ) {
        let lastJoint = rows.count / 3 - 1
        let hasNormals = unsafe !buffers.normals.isEmpty
        let hasTangents = unsafe !buffers.tangents.isEmpty
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            // Beyond the end the last vertex is computed again and not stored.
            let count = min(4, range.upperBound - first)
            let v0 = first
            let v1 = first + min(1, count - 1)
            let v2 = first + min(2, count - 1)
            let v3 = first + min(3, count - 1)
            let a = unsafe blend(v0, influences, rows, perVertex, lastJoint)
            let b = unsafe blend(v1, influences, rows, perVertex, lastJoint)
            let c = unsafe blend(v2, influences, rows, perVertex, lastJoint)
            let d = unsafe blend(v3, influences, rows, perVertex, lastJoint)
            let x = transpose(a.0, b.0, c.0, d.0)
            let y = transpose(a.1, b.1, c.1, d.1)
            let z = transpose(a.2, b.2, c.2, d.2)

            let p = unsafe load(buffers.positions, v0, v1, v2, v3)
            unsafe store(
                x.0 * p.0 + x.1 * p.1 + x.2 * p.2 + x.3, y.0 * p.0 + y.1 * p.1 + y.2 * p.2 + y.3,
                z.0 * p.0 + z.1 * p.1 + z.2 * p.2 + z.3, to: buffers.outPositions, first, count)
            guard hasNormals || hasTangents else { continue }

            // Rows of the cofactor matrix: the inverse transpose times the determinant.
            let x0 = y.1 * z.2 - y.2 * z.1, x1 = y.2 * z.0 - y.0 * z.2, x2 = y.0 * z.1 - y.1 * z.0
            let y0 = z.1 * x.2 - z.2 * x.1, y1 = z.2 * x.0 - z.0 * x.2, y2 = z.0 * x.1 - z.1 * x.0
            let z0 = x.1 * y.2 - x.2 * y.1, z1 = x.2 * y.0 - x.0 * y.2, z2 = x.0 * y.1 - x.1 * y.0
            let determinant = x.0 * x0 + x.1 * x1 + x.2 * x2
            let sign = SIMD4<Float>.one.replacing(with: -1, where: determinant .< 0)
            if hasNormals {
                let n = unsafe load(buffers.normals, v0, v1, v2, v3)
                let nx = (x0 * n.0 + x1 * n.1 + x2 * n.2) * sign
                let ny = (y0 * n.0 + y1 * n.1 + y2 * n.2) * sign
                let nz = (z0 * n.0 + z1 * n.1 + z2 * n.2) * sign
                let u = unit(nx, ny, nz, else: n)
                unsafe store(u.0, u.1, u.2, to: buffers.outNormals, first, count)
            }
            if hasTangents {
                let t = unsafe transpose(
                    buffers.tangents[v0], buffers.tangents[v1], buffers.tangents[v2], buffers.tangents[v3])
                let tx = x.0 * t.0 + x.1 * t.1 + x.2 * t.2
                let ty = y.0 * t.0 + y.1 * t.1 + y.2 * t.2
                let tz = z.0 * t.0 + z.1 * t.1 + z.2 * t.2
                let u = unit(tx, ty, tz, else: (t.0, t.1, t.2))
                let out = transpose(u.0, u.1, u.2, t.3 * sign)
                unsafe buffers.outTangents[first] = out.0
                if count > 1 { unsafe buffers.outTangents[first + 1] = out.1 }
                if count > 2 { unsafe buffers.outTangents[first + 2] = out.2 }
                if count > 3 { unsafe buffers.outTangents[first + 3] = out.3 }
            }
        }
    }

    private typealias Four = SIMD4<Float>

    /// The rows of one vertex's matrix.
    @inline(__always)
    private static func blend(
        _ vertex: Int, _ influences: Influences, _ rows: UnsafeBufferPointer<SIMD4<Float>>, _ perVertex: Int,
        _ lastJoint: Int
    ) -> (Four, Four, Four) {
        let base = vertex &* perVertex
        if perVertex == 4 {
            // Written out: sums carried round a loop are torn into single lanes by the compiler.
            let (w0, j0) = influence(base, influences, lastJoint)
            let (w1, j1) = influence(base &+ 1, influences, lastJoint)
            let (w2, j2) = influence(base &+ 2, influences, lastJoint)
            let (w3, j3) = influence(base &+ 3, influences, lastJoint)
            var x = unsafe rows[j0] * w0
            x += unsafe rows[j1] * w1
            x += unsafe rows[j2] * w2
            x += unsafe rows[j3] * w3
            var y = unsafe rows[j0 &+ 1] * w0
            y += unsafe rows[j1 &+ 1] * w1
            y += unsafe rows[j2 &+ 1] * w2
            y += unsafe rows[j3 &+ 1] * w3
            var z = unsafe rows[j0 &+ 2] * w0
            z += unsafe rows[j1 &+ 2] * w1
            z += unsafe rows[j2 &+ 2] * w2
            z += unsafe rows[j3 &+ 2] * w3
            return (x, y, z)
        }
        var (x, y, z) = (Four.zero, Four.zero, Four.zero)
        for at in base..<base &+ perVertex {
            let (weight, row) = influence(at, influences, lastJoint)
            x += unsafe rows[row] * weight
            y += unsafe rows[row &+ 1] * weight
            z += unsafe rows[row &+ 2] * weight
        }
        return (x, y, z)
    }

    /// A weight in all lanes, and where its joint's rows begin.
    @inline(__always)
    private static func influence(_ at: Int, _ influences: Influences, _ lastJoint: Int) -> (Four, Int) {
        unsafe (Four(repeating: influences.weights[at]), min(Int(influences.joints[at]), lastJoint) &* 3)
    }

    @inline(__always)
    private static func transpose(_ a: Four, _ b: Four, _ c: Four, _ d: Four) -> (Four, Four, Four, Four) {
        (
            Four(a.x, b.x, c.x, d.x), Four(a.y, b.y, c.y, d.y), Four(a.z, b.z, c.z, d.z), Four(a.w, b.w, c.w, d.w)
        )
    }

    /// The x, y and z of four vectors.
    @inline(__always)
    private static func load(
        _ from: UnsafeBufferPointer<SIMD3<Float>>, _ v0: Int, _ v1: Int, _ v2: Int, _ v3: Int
    ) -> (Four, Four, Four) {
        let (a, b, c, d) = unsafe (from[v0], from[v1], from[v2], from[v3])
        return (Four(a.x, b.x, c.x, d.x), Four(a.y, b.y, c.y, d.y), Four(a.z, b.z, c.z, d.z))
    }

    @inline(__always)
    private static func store(
        _ x: Four, _ y: Four, _ z: Four, to: UnsafeMutableBufferPointer<SIMD3<Float>>, _ first: Int, _ count: Int
    ) {
        unsafe to[first] = SIMD3(x.x, y.x, z.x)
        if count > 1 { unsafe to[first + 1] = SIMD3(x.y, y.y, z.y) }
        if count > 2 { unsafe to[first + 2] = SIMD3(x.z, y.z, z.z) }
        if count > 3 { unsafe to[first + 3] = SIMD3(x.w, y.w, z.w) }
    }

    /// At unit length; `fallback` where there is no direction.
    @inline(__always)
    private static func unit(
        _ x: Four, _ y: Four, _ z: Four, else fallback: (Four, Four, Four)
    ) -> (Four, Four, Four) {
        let squared = x * x + y * y + z * z
        let none = .!((squared .> 1e-36) .& (squared .< .infinity))
        let scale = 1 / squared.squareRoot()
        return (
            (x * scale).replacing(with: fallback.0, where: none),
            (y * scale).replacing(with: fallback.1, where: none),
            (z * scale).replacing(with: fallback.2, where: none)
        )
    }

    // MARK: Dual quaternions

    static func dualQuaternion(
        _ range: Range<Int>, _ buffers: Buffers, _ influences: Influences,
        _ palette: UnsafeBufferPointer<SkinPalette.DualQuaternionJoint>, _ stretches: Bool
    ) {
        let last = palette.count - 1
        let perVertex = influences.perVertex
        let hasNormals = unsafe !buffers.normals.isEmpty
        let hasTangents = unsafe !buffers.tangents.isEmpty
        for vertex in range {
            let base = vertex * perVertex
            var strongest = base
            for at in base..<base + perVertex where unsafe influences.weights[at] > influences.weights[strongest] {
                strongest = at
            }
            let pivot = unsafe palette[min(Int(influences.joints[strongest]), last)].rigid.real
            var (real, dual) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
            var (x, y, z) = (SIMD3<Float>.zero, SIMD3<Float>.zero, SIMD3<Float>.zero)
            for at in base..<base + perVertex {
                let weight = unsafe influences.weights[at]
                guard weight != 0 else { continue }
                let joint = unsafe palette[min(Int(influences.joints[at]), last)]
                // q and -q are the same rotation: take the one on the pivot's side.
                let signed = dot(joint.rigid.real, pivot) < 0 ? -weight : weight
                real += joint.rigid.real * signed
                dual += joint.rigid.dual * signed
                if stretches {
                    x += joint.stretch.x * weight
                    y += joint.stretch.y * weight
                    z += joint.stretch.z * weight
                }
            }
            let squared = dot(real, real)
            if squared > 0 {
                let scale = 1 / squared.squareRoot()
                real *= scale
                dual *= scale
            } else {
                real = pivot
            }
            let rotation = Quaternion(real)
            let translation = 2 * (Quaternion(dual) * rotation.conjugate).imaginary
            var p = unsafe buffers.positions[vertex]
            if stretches { p = x * p.x + y * p.y + z * p.z }
            unsafe buffers.outPositions[vertex] = rotation.act(p) + translation
            guard hasNormals || hasTangents else { continue }
            let (yz, zx, xy) = stretches ? (cross(y, z), cross(z, x), cross(x, y)) : (x, y, z)
            let sign: Float = stretches && dot(x, yz) < 0 ? -1 : 1
            if hasNormals {
                let n = unsafe buffers.normals[vertex]
                let stretched = stretches ? (yz * n.x + zx * n.y + xy * n.z) * sign : n
                unsafe buffers.outNormals[vertex] = direction(rotation.act(stretched), else: n)
            }
            if hasTangents {
                let t = unsafe buffers.tangents[vertex]
                let stretched = stretches ? x * t.x + y * t.y + z * t.z : t.xyz
                unsafe buffers.outTangents[vertex] = SIMD4(direction(rotation.act(stretched), else: t.xyz), t.w * sign)
            }
        }
    }
}
