import KairaGeometry
import KairaMotion
import KairaPhysics
import KairaScene

/// The cage of mass points and springs round the mouth: the corners along the lips are driven by the visemes, the flesh
/// round them is left to the springs and keeps its volume; where the cage meets the rest of the head it is fixed.
///
/// Where the driven corners go is fitted: the least squares of what a viseme's morph does to the mouth, over offsets of the
/// corners with the weights of the binding, which is smooth along the lips. Vertices are tied while the mouth is open
/// (`bindTarget`), so that the upper lip lies on one row of corners and the lower one on the next, with hollow cells between
/// them.
///
/// Flesh below the lip has to go somewhere when the jaw drops by more than a cell: four rows share the way, cells deeper
/// than the mouth leave room to bulge (27 mm at [a]), and stiff volumes keep every cell the
/// right way round. Nothing but the mouth hangs on the cage, so the bulge is not seen.
struct MascotMouthCage {
    /// The mouth as it is drawn, with its morphs.
    let mouth: BodyPart
    /// Where the head bone is, whose frame the cage is in.
    let head: SIMD3<Float>

    /// The morph in which vertices are tied.
    static let bindName = "cage"
    /// What the cage follows; the file's expressions of these names.
    static let visemes = ["aa", "ih", "ou", "ee", "oh", "closed"]

    private static let cells = SIMD3<Int>(10, 7, 2)
    /// The hollow row of cells: lips are its lower and upper border.
    private static let lips = 4
    /// Of a cell, metres; the mouth lies in the front one.
    private static let depth: Float = 0.05
    private static let halfWidth: Float = 0.17
    /// Smooth along the lips; across them each cell is by itself, for the flesh below must not pull at the teeth.
    private static let cubicAxes = [0]
    /// The first driven corner of a row and how many there are: those that vertices hang on, the outermost through the
    /// curves' neighbours alone. Left to the springs, these would lag behind and bend the corners of the lips.
    private static let first = 1
    private static let driven = 9

    /// The cage.
    ///
    /// - Parameters:
    ///   - node: the head's.
    ///   - mesh: the mouth's.
    ///   - morphs: names of the mesh's morph targets in their order.
    /// - Returns: the cage, with a pose a viseme.
    func lattice(node: NodeID, mesh: NodeID, morphs: [String]) -> PhysicsDescription.Lattice {
        let n = Self.cells
        let tied = zip(mouth.positions, mouth.morphs[Self.bindName] ?? []).map { $0 + $1 - head }
        var box = BoundingBox(tied)
        let margin: Float = 0.001
        box.min -= SIMD3(repeating: margin)
        box.max += SIMD3(repeating: margin)
        let (height, depth) = (box.size.y, max(box.size.z, Self.depth))
        let origin = SIMD3(
            -Self.halfWidth, box.min.y - height * Float(Self.lips), box.max.z - depth * Float(n.z))
        let size = SIMD3(2 * Self.halfWidth, height * Float(n.y), depth * Float(n.z))
        var lattice = PhysicsDescription.Lattice(
            name: "mouth", node: node, meshes: [mesh], cells: n, origin: origin, size: size)
        lattice.bindTarget = morphs.firstIndex(of: Self.bindName)
        lattice.cubicAxes = Self.cubicAxes
        lattice.mass = 0.04
        lattice.structural = 2e-3
        lattice.shear = 4e-3
        lattice.bend = 1e-2
        lattice.cell = 1e-8
        lattice.damping = 25
        lattice.easing = 0.01
        let corner = lattice.corner
        for k in 0...n.z {
            for j in 0...n.y {
                for i in 0...n.x where k == 0 || i == 0 || i == n.x || j == 0 || j == n.y {
                    lattice.fixed.append(corner(i, j, k))
                }
            }
        }
        // The mouth's own space, from the lips to the throat.
        for k in 0..<n.z {
            for i in Self.first..<Self.first + Self.driven - 1 {
                lattice.hollow.append((k * n.y + Self.lips) * n.x + i)
            }
        }
        for name in Self.visemes {
            guard let deltas = mouth.morphs[name] else { continue }
            let fit = fitted(deltas, tied: tied, origin: origin, size: size)
            var pose = PhysicsDescription.Lattice.Pose(expression: name, corners: [], offsets: [])
            for (slot, offset) in fit.enumerated() {
                let i = slot % Self.driven + Self.first
                let j = Self.lips + slot / Self.driven
                for k in 1...n.z {
                    pose.corners.append(corner(i, j, k))
                    pose.offsets.append(offset)
                }
            }
            lattice.poses.append(pose)
        }
        return lattice
    }

    /// Offsets of the driven corners, the lower row first.
    private func fitted(
        _ deltas: [SIMD3<Float>], tied: [SIMD3<Float>], origin: SIMD3<Float>, size: SIMD3<Float>
    ) -> [SIMD3<Float>] {
        let n = Self.cells
        let count = 2 * Self.driven
        let step = size / SIMD3<Float>(Float(n.x), Float(n.y), Float(n.z))
        var matrix = [Double](repeating: 0, count: count * count)
        var right = [SIMD3<Double>](repeating: .zero, count: count)
        let binding = LatticeBinding(
            places: tied.map { ($0 - origin) / step }, cells: n, cellSize: step, cubicAxes: Self.cubicAxes
        ) { x, y, _ in y * (n.x + 1) + x }
        for v in tied.indices {
            var own = [Double](repeating: 0, count: count)
            for (corner, weight) in binding.terms(of: v) {
                let (slot, row) = (corner % (n.x + 1) - Self.first, corner / (n.x + 1) - Self.lips)
                guard 0..<Self.driven ~= slot, 0...1 ~= row else { continue }
                own[row * Self.driven + slot] += Double(weight)
            }
            for a in 0..<count where own[a] != 0 {
                for b in 0..<count { matrix[a * count + b] += own[a] * own[b] }
                right[a] += own[a] * SIMD3<Double>(deltas[v])
            }
        }
        // Corners that few vertices hang on follow their neighbours: a little bending energy along each row.
        for row in 0..<2 {
            for c in 1..<Self.driven - 1 {
                let parts = [
                    (row * Self.driven + c - 1, 1.0), (row * Self.driven + c, -2.0), (row * Self.driven + c + 1, 1.0),
                ]
                for (a, wa) in parts { for (b, wb) in parts { matrix[a * count + b] += 0.02 * wa * wb } }
            }
        }
        for a in 0..<count { matrix[a * count + a] += 0.05 }
        return Self.solve(&matrix, right).map { SIMD3<Float>($0) }
    }

    /// Gaussian elimination without pivoting, for a symmetric positive definite matrix.
    private static func solve(_ m: inout [Double], _ right: [SIMD3<Double>]) -> [SIMD3<Double>] {
        let n = right.count
        var x = right
        for k in 0..<n {
            for r in k + 1..<n {
                let factor = m[r * n + k] / m[k * n + k]
                for c in k..<n { m[r * n + c] -= factor * m[k * n + c] }
                x[r] -= factor * x[k]
            }
        }
        for k in (0..<n).reversed() {
            for c in k + 1..<n { x[k] -= m[k * n + c] * x[c] }
            x[k] /= m[k * n + k]
        }
        return x
    }
}
