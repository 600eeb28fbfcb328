import CKairaManifold

/// Joins solids by the Manifold library, which `scripts/install-manifold` installs.
///
/// Results are closed whatever the inputs' faces do: coplanar ones, edges on edges, shells that only touch.
public struct SolidBoolean: Sendable {
    /// How solids are joined.
    public enum Operation: String, Sendable, CaseIterable {
        /// What is in any of them.
        case union
        /// What is in the first and in no other.
        case difference
        /// What is in all of them.
        case intersection
    }

    /// The operation.
    public var operation: Operation

    /// An operation to run.
    public init(_ operation: Operation) { self.operation = operation }

    /// The version of the installed library, as "3.5.4".
    ///
    /// - Throws: `GeometryError.missingLibrary`, which says what to run.
    public static func libraryVersion() throws(GeometryError) -> String {
        let library = unsafe try library()
        return unsafe String(cString: library.pointee.version)
    }

    /// Joins closed manifold meshes.
    ///
    /// - Returns: a closed mesh; one without faces where nothing is left.
    /// - Throws: `GeometryError.openShell` for a mesh that is open, `.failed` for one that the library refuses (more than two
    ///   faces at an edge), `.missingLibrary` where it is not installed.
    public func callAsFunction(_ meshes: [HalfEdgeMesh]) throws(GeometryError) -> HalfEdgeMesh {
        let library = unsafe try Self.library()
        // Nothing is a solid too: the result of an intersection may be joined again.
        guard let first = meshes.first else { return try HalfEdgeMesh(welded: [], faces: []) }
        let nothing = meshes.first { $0.faces.isEmpty }
        if let nothing, operation == .intersection || first.faces.isEmpty && operation == .difference { return nothing }
        let meshes = meshes.filter { !$0.faces.isEmpty }
        if meshes.isEmpty { return first }
        let solids = try meshes.map { mesh throws(GeometryError) in try Self.checked(mesh, what: operation.rawValue) }
        let code =
            switch operation {
            case .union: KAIRA_MANIFOLD_UNION
            case .difference: KAIRA_MANIFOLD_DIFFERENCE
            case .intersection: KAIRA_MANIFOLD_INTERSECTION
            }
        var result = unsafe kaira_manifold_mesh()
        let message = unsafe Self.withMeshes(solids) { meshes in
            unsafe Self.message { text, room in
                unsafe library.pointee.combine(
                    Int32(code), meshes.baseAddress, meshes.count, &result, text, room)
            }
        }
        if let message { throw .failed("\(operation.rawValue): \(message)") }
        defer { unsafe library.pointee.release(&result) }
        return unsafe try Self.mesh(result)
    }

    /// The parts of a closed manifold mesh above and below a plane, each closed.
    ///
    /// - Throws: as `callAsFunction`.
    public static func split(
        _ mesh: HalfEdgeMesh, by plane: Plane
    ) throws(GeometryError) -> (above: HalfEdgeMesh, below: HalfEdgeMesh) {
        let library = unsafe try library()
        let solid = try checked(mesh, what: "a split")
        var above = unsafe kaira_manifold_mesh()
        var below = unsafe kaira_manifold_mesh()
        let normal = [plane.normal.x, plane.normal.y, plane.normal.z]
        let message = unsafe withMeshes([solid]) { meshes in
            unsafe Self.message { text, room in
                unsafe library.pointee.split(meshes.baseAddress, normal, plane.offset, &above, &below, text, room)
            }
        }
        if let message { throw .failed("split: \(message)") }
        defer {
            unsafe library.pointee.release(&above)
            unsafe library.pointee.release(&below)
        }
        return unsafe (try Self.mesh(above), try Self.mesh(below))
    }

    private static func library() throws(GeometryError) -> UnsafePointer<kaira_manifold_api> {
        var reason = [CChar](repeating: 0, count: 1024)
        if let library = unsafe kaira_manifold_load(&reason, reason.count) { return unsafe library }
        let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw .missingLibrary(
            what: "the Manifold library, which joins solids,", remedy: "run scripts/install-manifold (\(text))")
    }

    private struct Flat {
        var positions: [Double]
        var triangles: [UInt64]
    }

    private static func checked(_ mesh: HalfEdgeMesh, what: String) throws(GeometryError) -> Flat {
        if let reason = mesh.reasonItIsOpen { throw .openShell(what: what, reason: reason) }
        return Flat(
            positions: mesh.vertices.flatMap { [$0.x, $0.y, $0.z] },
            triangles: mesh.faces.flatMap { [UInt64($0.x), UInt64($0.y), UInt64($0.z)] })
    }

    /// Lends C views of meshes.
    private static func withMeshes<R>(
        _ solids: [Flat], _ body: (UnsafeBufferPointer<kaira_manifold_mesh>) -> R
    ) -> R {
        // One buffer of each kind: pointers into many arrays at once would need recursion.
        var positions = solids.flatMap(\.positions)
        var triangles = solids.flatMap(\.triangles)
        return unsafe positions.withUnsafeMutableBufferPointer { positions in
            unsafe triangles.withUnsafeMutableBufferPointer { triangles in
                var (p, t) = (0, 0)
                let views = unsafe solids.map { solid in
                    let view = unsafe kaira_manifold_mesh(
                        positions: positions.baseAddress.map { unsafe $0 + p },
                        triangles: triangles.baseAddress.map { unsafe $0 + t },
                        vertex_count: solid.positions.count / 3, triangle_count: solid.triangles.count / 3)
                    p += solid.positions.count
                    t += solid.triangles.count
                    return unsafe view
                }
                return unsafe views.withUnsafeBufferPointer { unsafe body($0) }
            }
        }
    }

    /// Runs a function of the library; what it says where it fails.
    private static func message(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Int32) -> String? {
        var text = [CChar](repeating: 0, count: 512)
        let failed = unsafe text.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress, $0.count) != 0 }
        return failed ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static func mesh(_ result: kaira_manifold_mesh) throws(GeometryError) -> HalfEdgeMesh {
        let positions = unsafe UnsafeBufferPointer(start: result.positions, count: 3 * result.vertex_count)
        let triangles = unsafe UnsafeBufferPointer(start: result.triangles, count: 3 * result.triangle_count)
        return try unsafe HalfEdgeMesh(
            welded: (0..<result.vertex_count).map {
                unsafe SIMD3(positions[3 * $0], positions[3 * $0 + 1], positions[3 * $0 + 2])
            },
            faces: (0..<result.triangle_count).map {
                unsafe SIMD3(
                    Int32(clamping: triangles[3 * $0]), Int32(clamping: triangles[3 * $0 + 1]),
                    Int32(clamping: triangles[3 * $0 + 2]))
            })
    }
}
