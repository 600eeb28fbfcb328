import CEGL
import KairaGeometry
import KairaScene

/// A primitive's vertices on the GPU.
final class GPUPrimitive {
    let array: GLuint
    let influences: Int
    let topology: GLenum
    let indexCount: GLsizei
    let hasVertexColor: Bool
    /// Vertices whose weakest influences were dropped: the GPU takes 8.
    let droppedVertices: Int
    private var buffers: [GLBuffer] = []
    private let positions = GLBuffer()
    private let normals = GLBuffer()
    private let indices = GLBuffer()
    private let source: Primitive
    private var morphed: [Float]
    private var warped: [[SIMD3<Float>]] = []

    init(_ primitive: Primitive) {
        source = primitive
        var array: GLuint = 0
        unsafe glCreateVertexArrays(1, &array)
        self.array = array
        topology =
            switch primitive.topology {
            case .points: GLenum(GL_POINTS)
            case .lines: GLenum(GL_LINES)
            case .triangles: GLenum(GL_TRIANGLES)
            }
        indexCount = GLsizei(primitive.indices.count)
        hasVertexColor = !primitive.colors.isEmpty
        morphed = Array(repeating: 0, count: primitive.morphTargets.count)
        var influences = 0
        var dropped = 0
        var reduced: JointInfluences?
        if let all = primitive.influences {
            let result = all.reduced(to: 8)
            dropped = result.droppedVertices
            reduced = result.influences
            influences = result.influences.perVertex > 4 ? 8 : 4
        }
        self.influences = influences
        droppedVertices = dropped
        positions.store(Self.packed(primitive.positions), usage: GL_DYNAMIC_DRAW)
        normals.store(Self.packed(primitive.normals), usage: GL_DYNAMIC_DRAW)
        indices.store(primitive.indices)
        buffers = [positions, normals, indices]
        bind(to: array, reduced)
        glVertexArrayElementBuffer(array, indices.name)
    }

    private func bind(to array: GLuint, _ influences: JointInfluences?) {
        attribute(array, 0, positions, size: 3)
        if source.normals.isEmpty {
            glVertexAttrib3f(1, 0, 0, 1)
        } else {
            attribute(array, 1, normals, size: 3)
        }
        attribute(array, 2, stored(source.tangents), size: 4)
        attribute(array, 3, stored(source.texCoords0), size: 2)
        attribute(array, 4, stored(source.texCoords1.isEmpty ? source.texCoords0 : source.texCoords1), size: 2)
        attribute(array, 5, stored(source.colors), size: 4)
        guard let influences else { return }
        let (joints, weights) = (stored(influences.joints), stored(influences.weights))
        let step = influences.perVertex
        for set in 0..<(step > 4 ? 2 : 1) {
            let (j, w) = (GLuint(6 + set * 2), GLuint(7 + set * 2))
            // Binding points 6...9; a set is four values into the vertex's record.
            if let joints {
                glVertexArrayVertexBuffer(array, j, joints.name, set * 8, GLsizei(step * 2))
                glVertexArrayAttribIFormat(array, j, 4, GLenum(GL_UNSIGNED_SHORT), 0)
                glVertexArrayAttribBinding(array, j, j)
                glEnableVertexArrayAttrib(array, j)
            }
            if let weights {
                glVertexArrayVertexBuffer(array, w, weights.name, set * 16, GLsizei(step * 4))
                glVertexArrayAttribFormat(array, w, 4, GLenum(GL_FLOAT), GLboolean(GL_FALSE), 0)
                glVertexArrayAttribBinding(array, w, w)
                glEnableVertexArrayAttrib(array, w)
            }
        }
    }

    private func stored<Element: BitwiseCopyable>(_ values: [Element]) -> GLBuffer? {
        guard !values.isEmpty else { return nil }
        let buffer = GLBuffer()
        buffer.store(values)
        buffers.append(buffer)
        return buffer
    }

    private func attribute(_ array: GLuint, _ index: GLuint, _ buffer: GLBuffer?, size: GLint) {
        guard let buffer else { return }
        glVertexArrayVertexBuffer(array, index, buffer.name, 0, GLsizei(size * 4))
        glVertexArrayAttribFormat(array, index, size, GLenum(GL_FLOAT), GLboolean(GL_FALSE), 0)
        glVertexArrayAttribBinding(array, index, index)
        glEnableVertexArrayAttrib(array, index)
    }

    /// Three floats a vector: `SIMD3` takes the room of four.
    private static func packed(_ vectors: [SIMD3<Float>]) -> [Float] {
        var out = [Float](repeating: 0, count: vectors.count * 3)
        for (i, v) in vectors.enumerated() { (out[i * 3], out[i * 3 + 1], out[i * 3 + 2]) = (v.x, v.y, v.z) }
        return out
    }

    /// Takes up morph weights and what lattices add; nothing is uploaded where they are those of the last frame.
    ///
    /// - Parameters:
    ///   - weights: one a morph target.
    ///   - offsets: of the lattices that it is tied to; empty for none.
    ///   - warp: moves vertices by the offsets.
    func morph(
        _ weights: [Float], offsets: [[SIMD3<Float>]] = [],
        warp: ((inout [SIMD3<Float>], inout [SIMD3<Float>]) -> Void)? = nil
    ) {
        guard !source.morphTargets.isEmpty || warp != nil else { return }
        let wanted = (0..<source.morphTargets.count).map { $0 < weights.count ? weights[$0] : 0 }
        guard wanted != morphed || offsets != warped else { return }
        morphed = wanted
        warped = offsets
        var (points, directions) = (source.positions, source.normals)
        for (target, weight) in zip(source.morphTargets, wanted) where weight != 0 {
            for i in target.positions.indices { points[i] += target.positions[i] * weight }
            if !directions.isEmpty {
                for i in target.normals.indices { directions[i] += target.normals[i] * weight }
            }
        }
        warp?(&points, &directions)
        positions.store(Self.packed(points), usage: GL_DYNAMIC_DRAW)
        normals.store(Self.packed(directions), usage: GL_DYNAMIC_DRAW)
    }

    deinit { unsafe withUnsafePointer(to: array) { unsafe glDeleteVertexArrays(1, $0) } }
}
