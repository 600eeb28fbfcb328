import KairaGeometry
import KairaScene
import RealModule

/// How vertices are split where their triangles disagree.
struct VertexSplit {
    /// Of each new vertex, the old one; the first ones are the old vertices in their order.
    var sources: [Int]
    /// Of each new vertex, the first triangle that uses it, or -1.
    var triangles: [Int]
    /// The new indices.
    var indices: [UInt32]
}

extension Primitive {
    /// The unit normal of each triangle; +Y for one without area.
    var triangleNormals: [SIMD3<Float>] {
        stride(from: 0, to: indices.count, by: 3).map { k in
            let a = positions[Int(indices[k])]
            // Scaled up first: the squares of a tiny triangle's area would vanish.
            let u = positions[Int(indices[k + 1])] - a
            let v = positions[Int(indices[k + 2])] - a
            return direction(
                cross(direction(u, else: .zero), direction(v, else: .zero)), else: [0, 1, 0])
        }
    }

    /// Gives each vertex copies until all its triangles agree by `agree(triangle, corner, first triangle of the copy)`.
    func split(agree: (Int, Int, Int) -> Bool) -> VertexSplit {
        let count = positions.count
        var split = VertexSplit(
            sources: Array(0..<count), triangles: Array(repeating: -1, count: count), indices: indices)
        // The next copy of the same vertex, or -1.
        var next = [Int](repeating: -1, count: count)
        for k in indices.indices {
            let triangle = k / 3
            var vertex = Int(indices[k])
            var steps = 0
            while true {
                if split.triangles[vertex] < 0 {
                    split.triangles[vertex] = triangle
                    break
                }
                if agree(triangle, k % 3, split.triangles[vertex]) { break }
                steps += 1
                // A fan of very many triangles about one vertex must not cost their square.
                if next[vertex] < 0 || steps > 32 {
                    split.sources.append(Int(indices[k]))
                    split.triangles.append(triangle)
                    next.append(next[vertex])
                    next[vertex] = split.sources.count - 1
                    vertex = split.sources.count - 1
                    break
                }
                vertex = next[vertex]
            }
            split.indices[k] = UInt32(vertex)
        }
        return split
    }

    /// Takes up split vertices in all arrays.
    mutating func take(_ split: VertexSplit) {
        indices = split.indices
        guard split.sources.count > positions.count else { return }
        func gather<T>(_ values: [T]) -> [T] { values.isEmpty ? [] : split.sources.map { values[$0] } }
        positions = gather(positions)
        normals = gather(normals)
        tangents = gather(tangents)
        texCoords0 = gather(texCoords0)
        texCoords1 = gather(texCoords1)
        colors = gather(colors)
        if let old = influences {
            let width = old.perVertex
            influences = JointInfluences(
                perVertex: width, joints: split.sources.flatMap { old.joints[($0 * width)..<($0 * width + width)] },
                weights: split.sources.flatMap { old.weights[($0 * width)..<($0 * width + width)] })
        }
        for k in morphTargets.indices {
            morphTargets[k].positions = gather(morphTargets[k].positions)
            morphTargets[k].normals = gather(morphTargets[k].normals)
            morphTargets[k].tangents = gather(morphTargets[k].tangents)
        }
    }

    /// Of each triangle, whether its texture is mirrored: 1 or -1, the bitangent's sign.
    func textureSigns(_ coordinates: [SIMD2<Float>]) -> [Float] {
        stride(from: 0, to: indices.count, by: 3).map { k in
            let a = coordinates[Int(indices[k])]
            let u = coordinates[Int(indices[k + 1])] - a
            let v = coordinates[Int(indices[k + 2])] - a
            // v points down in glTF and the bitangent up: a triangle with the texture as it is has negative area.
            return u.x * v.y - u.y * v.x > 0 ? -1 : 1
        }
    }

    /// Tangents: each triangle's direction of rising u, weighted by the corner's angle, made orthogonal to the normal.
    ///
    /// This is MikkTSpace's weighting over the file's own vertices, without its welding.
    func makeTangents(_ coordinates: [SIMD2<Float>], signs: [Float]) -> [SIMD4<Float>] {
        var sums = [SIMD3<Float>](repeating: .zero, count: positions.count)
        for k in stride(from: 0, to: indices.count, by: 3) {
            let corner = [Int(indices[k]), Int(indices[k + 1]), Int(indices[k + 2])]
            let (e1, e2) = (positions[corner[1]] - positions[corner[0]], positions[corner[2]] - positions[corner[0]])
            let d1 = coordinates[corner[1]] - coordinates[corner[0]]
            let d2 = coordinates[corner[2]] - coordinates[corner[0]]
            let area = d1.x * d2.y - d1.y * d2.x
            guard area != 0 else { continue }
            let tangent = (e1 * d2.y - e2 * d1.y) * (area < 0 ? -1 : 1)
            for c in 0..<3 {
                let at = positions[corner[c]]
                let normal = normals[corner[c]]
                let a = positions[corner[(c + 1) % 3]] - at
                let b = positions[corner[(c + 2) % 3]] - at
                let flat = direction(reject(tangent, from: normal), else: .zero)
                sums[corner[c]] += flat * angle(reject(a, from: normal), reject(b, from: normal))
            }
        }
        return sums.indices.map { v in
            let normal = normals[v]
            let tangent = direction(reject(sums[v], from: normal), else: perpendicular(to: normal))
            return SIMD4(tangent, signs[v])
        }
    }
}
