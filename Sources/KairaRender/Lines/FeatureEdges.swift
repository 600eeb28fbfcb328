import Glibc
import KairaGeometry
import KairaScene

/// An edge that is drawn.
struct FeatureLine: Sendable {
    /// Welded vertices of its body.
    var a, b: Int32
    var edge: EdgeClass
    /// Whether no face at it is drawn: all of them face away, and their materials are single-sided.
    var isBack: Bool
}

/// Finds the edges of a body that a drawing shows.
///
/// Classes follow the deformed shape: they are found anew in every frame. Per face the unit normal and on which side of it
/// the eye is, then per edge a comparison of its two faces.
struct FeatureEdges {
    /// The eye (w 1), or the direction towards it (w 0), world space.
    var eye: SIMD4<Float>
    /// Cosine of the angle between two faces' normals from which on an edge is no crease.
    var creaseCosine: Float
    /// The same for edges that are shaded as smooth.
    var smoothCosine: Float
    /// One an item: whether its edges are wanted.
    var isShown: [Bool]
    /// One an item: whether its back faces are drawn.
    var isDoubleSided: [Bool]
    /// Whether every edge is wanted, of whatever class.
    var showsMesh = false

    /// The unit normals of the last body's faces; w: positive where it faces the eye, 0 for a face without area.
    private var normals: [SIMD4<Float>] = []

    init(view: RenderView, isShown: [Bool], isDoubleSided: [Bool]) {
        eye = Self.eye(of: view)
        creaseCosine = cosf(view.creaseAngle)
        smoothCosine = cosf(max(view.smoothCreaseAngle, view.creaseAngle))
        self.isShown = isShown
        self.isDoubleSided = isDoubleSided
    }

    /// Where a view is seen from: a point for a perspective, a direction for parallel rays.
    static func eye(of view: RenderView) -> SIMD4<Float> {
        let world = view.viewFromWorld.affineInverse
        let clip = view.clipFromView
        let isParallel = clip.x.w == 0 && clip.y.w == 0 && clip.z.w == 0
        return isParallel ? SIMD4(direction(world.z.xyz, else: [0, 0, 1]), 0) : SIMD4(world.translation, 1)
    }

    /// Appends the lines of a body.
    ///
    /// - Complexity: O(faces + edges), no allocation once the arrays have grown.
    mutating func find(
        in body: DrawingBody, positions: [SIMD3<Float>], isMirrored: Bool, into lines: inout [FeatureLine]
    ) {
        let count = body.faces.count
        if normals.count < count { normals = Array(repeating: .zero, count: count) }
        let (eye, sign): (SIMD4<Float>, Float) = (eye, isMirrored ? -1 : 1)
        unsafe normals.withUnsafeMutableBufferPointer { normals in
            unsafe body.faces.withUnsafeBufferPointer { faces in
                unsafe positions.withUnsafeBufferPointer { positions in
                    for f in 0..<count {
                        let face = unsafe faces[f]
                        let a = unsafe positions[Int(face.x)]
                        let b = unsafe positions[Int(face.y)]
                        let c = unsafe positions[Int(face.z)]
                        let n = cross(b - a, c - a)
                        let size = dot(n, n).squareRoot()
                        // Too small to have a direction.
                        let scale = size > 1e-20 && size < .infinity ? sign / size : 0
                        let facing = dot(n, eye.xyz - a * eye.w) * scale
                        unsafe normals[f] = SIMD4(n * scale, scale == 0 ? 0 : facing > 0 ? 1 : -1)
                    }
                }
            }
            unsafe body.edges.withUnsafeBufferPointer { edges in
                unsafe body.itemOfFace.withUnsafeBufferPointer { items in
                    for index in 0..<edges.count {
                        let edge = unsafe edges[index]
                        let first = Int(edge.first)
                        let n = unsafe normals[first]
                        let item = unsafe Int(items[first])
                        var isDrawn = n.w > 0 || isDoubleSided[item]
                        guard edge.kind != .branching else {
                            let faces = body.branches[index] ?? []
                            guard faces.contains(where: { unsafe isShown[Int(items[Int($0)])] }) else { continue }
                            let fronts = faces.map { unsafe normals[Int($0)].w }
                            isDrawn = faces.contains {
                                unsafe normals[Int($0)].w > 0 || isDoubleSided[Int(items[Int($0)])]
                            }
                            let isOutline = fronts.contains { $0 > 0 } && fronts.contains { $0 < 0 }
                            lines.append(
                                FeatureLine(
                                    a: edge.a, b: edge.b, edge: isOutline ? .silhouette : .crease, isBack: !isDrawn))
                            continue
                        }
                        guard edge.second >= 0 else {
                            guard isShown[item], n.w != 0 else { continue }
                            lines.append(FeatureLine(a: edge.a, b: edge.b, edge: .border, isBack: !isDrawn))
                            continue
                        }
                        let second = Int(edge.second)
                        let m = unsafe normals[second]
                        let side: Float = edge.kind == .reversed ? -1 : 1
                        let found: EdgeClass
                        if n.w * m.w * side < 0 {
                            found = .silhouette
                        } else if n.w * m.w != 0,
                            dot(n.xyz, m.xyz) * side < (edge.isSmooth ? smoothCosine : creaseCosine)
                        {
                            found = .crease
                        } else if edge.isSeam {
                            found = .seam
                        } else if showsMesh {
                            found = .mesh
                        } else {
                            continue
                        }
                        let other = unsafe Int(items[second])
                        guard isShown[item] || isShown[other] else { continue }
                        isDrawn = isDrawn || m.w > 0 || isDoubleSided[other]
                        lines.append(FeatureLine(a: edge.a, b: edge.b, edge: found, isBack: !isDrawn))
                    }
                }
            }
        }
    }
}
