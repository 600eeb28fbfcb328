import CKairaKernels
import Foundation

/// The generalised winding number of triangles: 1 inside a closed outward surface, 0 outside, between the two near holes.
///
/// It is the solid angle that the triangles fill as seen from a point, over 4 pi, with sign (Jacobson, Kavan and
/// Sorkine-Hornung 2013). The fast answer replaces far clusters of triangles by their multipole expansion to third order
/// (Barill, Dickson, Schmidt, Levin and Jacobson, "Fast Winding Numbers for Soups and Clouds", 2018). Triangles may be open,
/// cross each other, or be a soup without common vertices.
public struct WindingNumber: Sendable {
    /// The C tree; it never changes after it is made.
    @safe private final class Tree: @unchecked Sendable {  // no lock: read only
        let handle: OpaquePointer
        init(_ handle: OpaquePointer) { unsafe self.handle = handle }
        deinit { unsafe kaira_winding_destroy(handle) }
    }
    private let tree: Tree

    /// The ratio of distance to a cluster's radius from which on its expansion is used: errors near 0.0004 on the mean.
    public static let standardAccuracy = 2.2

    /// Builds the tree over the faces of a mesh.
    ///
    /// - Throws: `GeometryError.failed` where memory runs out.
    /// - Complexity: O(faces log faces).
    public init(_ mesh: HalfEdgeMesh) throws(GeometryError) {
        try self.init(valid: mesh.vertices, mesh.faces)
    }

    /// Builds the tree over triangles.
    ///
    /// - Throws: `GeometryError.badMesh` for an index out of range or a corner that is not finite.
    public init(positions: [SIMD3<Double>], triangles: [SIMD3<Int32>]) throws(GeometryError) {
        let range = Int32(0)..<Int32(clamping: positions.count)
        for (i, t) in triangles.enumerated() {
            for k in 0..<3 {
                guard range.contains(t[k]), positions[Int(t[k])].isFinite else {
                    throw .badMesh("corner \(k + 1) of triangle \(i) has no position")
                }
            }
        }
        try self.init(valid: positions, triangles)
    }

    private init(valid positions: [SIMD3<Double>], _ triangles: [SIMD3<Int32>]) throws(GeometryError) {
        // A SIMD3 takes the room of four scalars.
        let handle = unsafe positions.withUnsafeBytes { positions in
            unsafe triangles.withUnsafeBytes { triangles in
                unsafe kaira_winding_create(
                    positions.bindMemory(to: Double.self).baseAddress, positions.count / 32, 4,
                    triangles.bindMemory(to: Int32.self).baseAddress, triangles.count / 16, 4)
            }
        }
        guard let handle = unsafe handle else { throw .failed("there is no memory for the tree of winding numbers") }
        tree = unsafe Tree(handle)
    }

    /// The winding number at each point; NaN at a point that is not finite.
    ///
    /// - Parameters:
    ///   - points: metres.
    ///   - accuracy: see `standardAccuracy`; 0 sums every triangle exactly, to about 1e-14.
    ///   - threads: 0 takes one a core; the answer's bits don't depend on it.
    /// - Returns: one number a point. On the surface itself it is in the middle of what lies on both sides.
    /// - Complexity: O(points log faces); O(points faces) where exact.
    public func values(
        at points: [SIMD3<Double>], accuracy: Double = Self.standardAccuracy, threads: Int = 0
    ) -> [Double] {
        let threads = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
        return unsafe [Double](unsafeUninitializedCapacity: points.count) { buffer, count in
            unsafe points.withUnsafeBytes { points in
                unsafe kaira_winding_evaluate(
                    tree.handle, points.bindMemory(to: Double.self).baseAddress, 4, points.count / 32,
                    buffer.baseAddress, accuracy, Int32(clamping: threads))
            }
            count = points.count
        }
    }
}
