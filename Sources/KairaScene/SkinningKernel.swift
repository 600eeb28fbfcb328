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

    static func linear(
        _ range: Range<Int>, _ buffers: Buffers, _ influences: Influences,
        _ palette: UnsafeBufferPointer<Matrix4>
    ) {
        // A constant count lets the compiler unroll the sum.
        if influences.perVertex == 4 {
            unsafe linear(range, buffers, influences, palette, perVertex: 4)
        } else {
            unsafe linear(range, buffers, influences, palette, perVertex: influences.perVertex)
        }
    }

    @inline(__always)
    private static func linear(
        _ range: Range<Int>, _ buffers: Buffers, _ influences: Influences,
        _ palette: UnsafeBufferPointer<Matrix4>, perVertex: Int
    ) {
        let last = palette.count - 1
        let hasNormals = unsafe !buffers.normals.isEmpty
        let hasTangents = unsafe !buffers.tangents.isEmpty
        for vertex in range {
            var (x, y, z, w) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
            for k in 0..<perVertex {
                let at = vertex &* perVertex &+ k
                let weight = unsafe influences.weights[at]
                let m = unsafe palette[min(Int(influences.joints[at]), last)]
                x += m.x * weight
                y += m.y * weight
                z += m.z * weight
                w += m.w * weight
            }
            let p = unsafe buffers.positions[vertex]
            unsafe buffers.outPositions[vertex] = (x * p.x + y * p.y + z * p.z + w).xyz
            guard hasNormals || hasTangents else { continue }
            let (yz, zx, xy) = (cross(y, z), cross(z, x), cross(x, y))
            let sign: Float = (x * yz).sum() < 0 ? -1 : 1
            if hasNormals {
                let n = unsafe buffers.normals[vertex]
                let turned = (yz * n.x + zx * n.y + xy * n.z) * sign
                unsafe buffers.outNormals[vertex] = unit(turned, else: n)
            }
            if hasTangents {
                let t = unsafe buffers.tangents[vertex]
                let turned = x * t.x + y * t.y + z * t.z
                unsafe buffers.outTangents[vertex] = SIMD4(unit(turned, else: t.xyz), t.w * sign)
            }
        }
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
            let (yz, zx, xy) = (KairaGeometry.cross(y, z), KairaGeometry.cross(z, x), KairaGeometry.cross(x, y))
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

    // MARK: Four lanes

    /// The cross product of the first three lanes; the fourth is 0 for finite input.
    @inline(__always)
    private static func cross(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
        let (a1, b1) = (SIMD4(a.y, a.z, a.x, a.w), SIMD4(b.y, b.z, b.x, b.w))
        let c = a * b1 - a1 * b
        return SIMD4(c.y, c.z, c.x, c.w)
    }

    /// At unit length; the fourth lane must be 0. `fallback` where there is no direction.
    @inline(__always)
    private static func unit(_ v: SIMD4<Float>, else fallback: SIMD3<Float>) -> SIMD3<Float> {
        let squared = (v * v).sum()
        guard squared > 1e-36, squared < .infinity else { return fallback }
        return (v * (1 / squared.squareRoot())).xyz
    }
}
