import Dispatch
import KairaGeometry

/// Moves a primitive's vertices: morph targets first, then the skin or the node's own transform.
///
/// Normals go by the inverse transpose, tangents by the matrix itself; both come out at unit length, and a mirroring
/// transform turns the bitangent's sign. The result is the same for any number of threads, bit for bit.
public struct Deformer: Sendable {
    /// How the influences of a vertex are averaged.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// The joints' matrices; what glTF means. Loses volume where a joint twists or bends far.
        case linear
        /// The joints' rotations and translations as dual quaternions (Kavan et al. 2008), antipodal signs resolved against
        /// the strongest influence; joints' scale and shear is averaged linearly and applied before.
        case dualQuaternion = "dual-quaternion"
    }

    /// How influences are averaged.
    public var method: Method
    /// Threads at most; small primitives use one.
    public var threads: Int

    /// A deformer.
    public init(method: Method = .linear, threads: Int = 1) {
        self.method = method
        self.threads = threads
    }

    /// Deforms one primitive.
    ///
    /// - Parameters:
    ///   - primitive: every per-vertex array empty or as long as `positions`, or else this traps.
    ///   - morphWeights: one a morph target; missing ones are 0.
    ///   - palette: of the node's skin; used if the primitive has influences.
    ///   - worldFromMesh: the node's world matrix; used if there is no palette.
    ///   - warp: moves vertices between morph targets and skin; see `LatticeSkin`.
    ///   - geometry: receives the result; reused, it is not allocated again.
    public func deform(
        _ primitive: Primitive, morphWeights: [Float], palette: SkinPalette?, worldFromMesh: Matrix4,
        warp: ((inout [SIMD3<Float>], inout [SIMD3<Float>]) -> Void)? = nil, into geometry: inout DeformedGeometry
    ) {
        let count = primitive.positions.count
        precondition(primitive.normals.isEmpty || primitive.normals.count == count)
        precondition(primitive.tangents.isEmpty || primitive.tangents.count == count)
        geometry.prepare(for: primitive)
        var morphed = morph(primitive, weights: morphWeights, into: &geometry)
        if let warp {
            if !morphed {
                Self.copy(primitive.positions, to: &geometry.positions)
                Self.copy(primitive.normals, to: &geometry.normals)
                Self.copy(primitive.tangents, to: &geometry.tangents)
                morphed = true
            }
            warp(&geometry.positions, &geometry.normals)
        }

        guard let influences = primitive.influences, let palette, !palette.matrices.isEmpty else {
            transform(primitive, by: worldFromMesh, morphed: morphed, geometry: &geometry)
            return
        }
        precondition(influences.joints.count == count * influences.perVertex)
        var stretches = false
        switch method {
        case .linear: palette.writeRows(into: &geometry.rows)
        case .dualQuaternion: stretches = palette.writeDualQuaternions(into: &geometry.joints)
        }
        let (joints, rows) = (geometry.joints, geometry.rows)
        withBuffers(primitive, geometry: &geometry, morphed: morphed) { buffers in
            unsafe influences.joints.withUnsafeBufferPointer { indices in
                unsafe influences.weights.withUnsafeBufferPointer { weights in
                    let influences = unsafe SkinningKernel.Influences(
                        perVertex: influences.perVertex, joints: indices, weights: weights)
                    switch method {
                    case .linear:
                        unsafe rows.withUnsafeBufferPointer { rows in
                            inChunks(count) { range in
                                unsafe SkinningKernel.linear(range, buffers, influences, rows)
                            }
                        }
                    case .dualQuaternion:
                        unsafe joints.withUnsafeBufferPointer { joints in
                            inChunks(count) { range in
                                unsafe SkinningKernel.dualQuaternion(range, buffers, influences, joints, stretches)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds the morph targets to the primitive's own arrays; false, and nothing written, if none has a weight.
    private func morph(_ primitive: Primitive, weights: [Float], into geometry: inout DeformedGeometry) -> Bool {
        guard zip(weights, primitive.morphTargets).contains(where: { $0.0 != 0 }) else { return false }
        Self.copy(primitive.positions, to: &geometry.positions)
        Self.copy(primitive.normals, to: &geometry.normals)
        Self.copy(primitive.tangents, to: &geometry.tangents)
        for (target, weight) in zip(primitive.morphTargets, weights) where weight != 0 {
            Self.add(target.positions, weight, to: &geometry.positions)
            Self.add(target.normals, weight, to: &geometry.normals)
            for i in 0..<min(target.tangents.count, geometry.tangents.count) {
                geometry.tangents[i] += SIMD4(target.tangents[i] * weight, 0)
            }
        }
        return true
    }

    // Spans: one check that an array is not shared, not one an element.

    private static func copy<Element>(_ source: [Element], to target: inout [Element]) {
        var output = target.mutableSpan
        for i in 0..<min(source.count, output.count) { output[i] = source[i] }
    }

    private static func add(_ deltas: [SIMD3<Float>], _ weight: Float, to target: inout [SIMD3<Float>]) {
        var output = target.mutableSpan
        for i in 0..<min(deltas.count, output.count) { output[i] += deltas[i] * weight }
    }

    private func transform(
        _ primitive: Primitive, by m: Matrix4, morphed: Bool, geometry: inout DeformedGeometry
    ) {
        let linear = m.linear
        let mirrored: Float = linear.determinant < 0 ? -1 : 1
        // The adjugate's transpose is the inverse transpose times the determinant: the length is mended below, and a
        // flat transform has one too.
        let cofactor = Matrix3(cross(linear.y, linear.z), cross(linear.z, linear.x), cross(linear.x, linear.y))
            .scaled(mirrored)
        for i in primitive.positions.indices {
            geometry.positions[i] = m.transform(point: morphed ? geometry.positions[i] : primitive.positions[i])
        }
        for i in primitive.normals.indices {
            let n = morphed ? geometry.normals[i] : primitive.normals[i]
            geometry.normals[i] = direction(cofactor * n, else: n)
        }
        for i in primitive.tangents.indices {
            let t = morphed ? geometry.tangents[i] : primitive.tangents[i]
            geometry.tangents[i] = SIMD4(direction(linear * t.xyz, else: t.xyz), t.w * mirrored)
        }
    }

    /// Runs `body` over all vertices, in parallel where that pays. No vertex reads another's result, so that the split
    /// leaves no trace.
    private func inChunks(_ count: Int, _ body: (Range<Int>) -> Void) {
        // Less than this takes longer to hand over than to do.
        let pieces = min(max(threads, 1), max(count / 4096, 1))
        guard pieces > 1 else { return body(0..<count) }
        withoutActuallyEscaping(body) { body in
            let job = ChunkBody(body: body)
            DispatchQueue.concurrentPerform(iterations: pieces) { piece in
                job.body(piece * count / pieces..<(piece + 1) * count / pieces)
            }
        }
    }

    private func withBuffers(
        _ primitive: Primitive, geometry: inout DeformedGeometry, morphed: Bool,
        _ body: (SkinningKernel.Buffers) -> Void
    ) {
        unsafe primitive.positions.withUnsafeBufferPointer { positions in
            unsafe primitive.normals.withUnsafeBufferPointer { normals in
                unsafe primitive.tangents.withUnsafeBufferPointer { tangents in
                    unsafe geometry.positions.withUnsafeMutableBufferPointer { outPositions in
                        unsafe geometry.normals.withUnsafeMutableBufferPointer { outNormals in
                            unsafe geometry.tangents.withUnsafeMutableBufferPointer { outTangents in
                                unsafe body(
                                    SkinningKernel.Buffers(
                                        positions: morphed ? UnsafeBufferPointer(outPositions) : positions,
                                        normals: morphed ? UnsafeBufferPointer(outNormals) : normals,
                                        tangents: morphed ? UnsafeBufferPointer(outTangents) : tangents,
                                        outPositions: outPositions, outNormals: outNormals, outTangents: outTangents))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Unchecked: a chunk's vertices are written by one thread only, and the call waits for all chunks.
private struct ChunkBody: @unchecked Sendable {
    let body: (Range<Int>) -> Void
}
