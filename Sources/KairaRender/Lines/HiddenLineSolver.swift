import Dispatch
import Glibc
import KairaGeometry
import KairaScene
import Synchronization

/// Finds exactly which parts of a scene's edges a camera sees.
///
/// Quantitative invisibility (Appel, "The Notion of Quantitative Invisibility and the Machine Rendering of Solids", 1967),
/// without its propagation: in the picture, each edge is cut where it crosses the outline of a triangle and where it passes
/// through one, and of each piece the surfaces before it are counted. Nothing is assumed about the shapes: they may be open
/// and may intersect. Positions come from the same matrices as in pictures, all further steps are in Double.
public struct HiddenLineSolver: Sendable {
    /// Pieces shorter than this many pixels, between others of an edge, take their neighbours' visibility.
    public var leastLength = 0.05
    /// Threads at most; the result is the same for any number.
    public var threads: Int

    private let scene: Scene
    private let bodies: DeformedBodies
    private let ribbons: RibbonBands

    /// A solver for a scene; its edges are linked once.
    public init(_ scene: Scene, skinning: Deformer.Method = .linear) {
        self.scene = scene
        bodies = DeformedBodies(scene, skinning: skinning)
        ribbons = RibbonBands(scene)
        threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// Draws a state.
    ///
    /// What surface mode does not draw does not hide either: the back of a single-sided face. An edge between two such faces
    /// is hidden wherever it is. Cut-outs by alpha are not seen: such faces count as whole.
    ///
    /// Where the view has a section plane, what is drawn by hidden lines is cut by it: what lies on its other side neither
    /// shows nor hides, the cut is outlined, and what has an inside is filled there and hatched, each part by itself.
    ///
    /// - Parameters:
    ///   - state: whose world matrices are up to date.
    ///   - view: its modes are hidden-line or wire.
    ///   - title: of the drawing.
    /// - Returns: the paths, joined end to end where exactly two edges of a kind meet, or where they run on straight.
    /// - Throws: `RenderError.lineDrawing` where a part has a mode that no line can show, `unknownPart`.
    /// - Complexity: O(triangles + edges * triangles before them in the picture), on a grid.
    public func solve(
        _ state: SceneState, view: RenderView, title: String = ""
    ) throws(RenderError) -> LineDrawing {
        try view.partModes.check(against: [scene])
        let modes = view.partModes.modes(of: scene, else: view.mode)
        let ribbonModes = view.partModes.modes(of: ribbons.bands, in: scene, else: view.mode)
        guard (modes + ribbonModes).allSatisfy({ $0 == .hiddenLine || $0 == .wire }) else {
            throw .lineDrawing("a vector file takes the modes hidden-line and wire only")
        }
        var bodies = bodies
        bodies.update(state)
        let cut = view.section.map { SectionCut($0) }
        let isShown = modes.map { $0 == .hiddenLine }
        // A cut opens the view into what has no inside.
        let doubleSided = zip(Self.doubleSided(scene, state: state), isShown).map { $0 || ($1 && cut != nil) }
        let projection = LineProjection(view, bodies: bodies)
        var occluders = OccluderGrid(projection)
        var edges: [ProjectedEdge] = []
        var features = FeatureEdges(view: view, isShown: isShown, isDoubleSided: doubleSided)
        var wires = FeatureEdges(view: view, isShown: modes.map { $0 == .wire }, isDoubleSided: doubleSided)
        wires.showsMesh = true
        var base: Int32 = 0
        let allHeights = cut.map { cut in bodies.geometry.map { $0.positions.map { cut.height($0) } } }
        for (index, body) in bodies.bodies.enumerated() {
            let positions = bodies.geometry[index].positions
            let isMirrored = bodies.isMirrored[index]
            let heights = allHeights?[index]
            occluders.add(body, positions: positions, base: base, isMirrored: isMirrored, heights: heights) { item in
                isShown[item] ? (doubleSided[item] ? .both : .front) : .none
            }
            var lines: [FeatureLine] = []
            features.find(in: body, positions: positions, isMirrored: isMirrored, into: &lines)
            let count = lines.count
            wires.find(in: body, positions: positions, isMirrored: isMirrored, into: &lines)
            projection.add(lines[..<count], positions: positions, base: base, cut: cut, heights: heights, to: &edges)
            projection.addWires(lines[count...], positions: positions, base: base, to: &edges)
            base += Int32(positions.count)
        }
        var intersections = SurfaceIntersections()
        intersections.update(bodies, isShown: isShown, creaseCosine: features.creaseCosine)
        let crossings = intersections.positions
        projection.add(
            intersections.lines(from: features.eye, isDoubleSided: doubleSided)[...], positions: crossings, base: base,
            cut: cut,
            heights: cut.map { cut in crossings.map { cut.height($0) } }, to: &edges)
        base += Int32(crossings.count)
        for (band, mode) in zip(ribbons.bands, ribbonModes) {
            let outlines = RibbonOutlines(band, in: state, view: view)
            let positions = outlines.positions
            if mode == .wire {
                projection.addWires(outlines.meshLines[...], positions: positions, base: base, to: &edges)
            } else {
                let heights = cut.map { cut in positions.map { cut.height($0) } }
                occluders.add(outlines.triangles, positions: positions, base: base, heights: heights)
                projection.add(
                    outlines.lines[...], positions: positions, base: base, cut: cut, heights: heights, to: &edges)
            }
            base += Int32(positions.count)
        }
        var notes: [String] = []
        if let plane = view.section, let cut, let allHeights {
            let pass = SectionPass(plane: plane, cut: cut, view: view, projection: projection, isShown: isShown)
            base = pass.add(
                bodies, heights: allHeights, scene: scene, nodes: base, edges: &edges, occluders: &occluders,
                notes: &notes)
        }
        occluders.build()
        let pieces = visibility(of: edges, occluders: occluders)
        var drawing = LineDrawing(title: title, width: view.width, height: view.height, style: view.lines)
        drawing.paths = PieceJoiner(edges: edges, pieces: pieces, nodes: Int(base)).paths()
        drawing.notes = notes
        return drawing
    }

    private static func doubleSided(_ scene: Scene, state: SceneState) -> [Bool] {
        var result: [Bool] = []
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for primitive in scene.meshes[mesh].primitives {
                let material = primitive.material.map { state.materialOverrides[$0] ?? scene.materials[$0] }
                result.append(material?.isDoubleSided ?? false)
            }
        }
        return result
    }

    /// Cuts every edge into visible and hidden pieces.
    private func visibility(
        of edges: [ProjectedEdge], occluders: OccluderGrid
    ) -> [EdgePiece] {
        let chunks = min(max(threads, 1) * 4, max(edges.count / 64, 1))
        let results = PieceList(chunks)
        let leastLength = leastLength
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            var finder = EdgeVisibility(occluders, leastLength: leastLength)
            var pieces: [EdgePiece] = []
            for index in chunk * edges.count / chunks..<(chunk + 1) * edges.count / chunks {
                finder.find(edges[index], index: Int32(index), into: &pieces)
            }
            results.set(pieces, at: chunk)
        }
        return results.all
    }
}

/// Pieces by chunk, filled from several threads.
private final class PieceList: Sendable {
    private let chunks: Mutex<[[EdgePiece]]>

    init(_ count: Int) { chunks = Mutex(Array(repeating: [], count: count)) }

    func set(_ pieces: [EdgePiece], at chunk: Int) { chunks.withLock { $0[chunk] = pieces } }

    var all: [EdgePiece] { chunks.withLock { $0.flatMap { $0 } } }
}

/// An edge in the picture.
struct ProjectedEdge {
    /// Pixels right and down, and depth that grows away from the eye: planes stay planes.
    var a, b: SIMD3<Double>
    /// How much nearer a surface has to be to hide it, in depth, at each end.
    var slack: SIMD2<Double>
    /// Ends over all bodies; -1 for one that was cut off by the picture's border or the near plane.
    var nodes: SIMD2<Int32>
    /// The vertices it lies between, over all bodies.
    var vertices: SIMD2<Int32>
    var edge: EdgeClass
    var isBack: Bool
    /// Whether hidden pieces are left out.
    var isWire: Bool

    /// Pixels.
    var length: Double {
        let (x, y) = (b.x - a.x, b.y - a.y)
        return (x * x + y * y).squareRoot()
    }
}

/// A piece of an edge, all visible or all hidden.
struct EdgePiece {
    var edge: Int32
    var isVisible: Bool
    /// 0...1 along the edge.
    var from, to: Double
}

/// From the world to the picture in Double.
struct LineProjection {
    let size: SIMD2<Double>
    private let columns: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>)
    /// What a step of the tolerance away from the eye adds to a clip-space point.
    private let step: SIMD4<Double>

    /// Pixels beyond the picture's border up to which lines are kept: their own width must not end in sight.
    static let margin = 4.0

    init(_ view: RenderView, bodies: DeformedBodies) {
        size = SIMD2(Double(view.width), Double(view.height))
        let v = view.viewFromWorld
        let c = view.clipFromView
        let clip = [c.x, c.y, c.z, c.w].map { SIMD4<Double>($0) }
        func product(_ column: SIMD4<Float>) -> SIMD4<Double> {
            let d = SIMD4<Double>(column)
            return clip[0] * d.x + clip[1] * d.y + clip[2] * d.z + clip[3] * d.w
        }
        columns = (product(v.x), product(v.y), product(v.z), product(v.w))
        var box = BoundingBox.empty
        for geometry in bodies.geometry { box.formUnion(BoundingBox(geometry.positions)) }
        // Meshes come in Float: what should touch misses by some 1e-7 of the coordinates.
        let reach = box.isEmpty ? 1 : Double(max(length(box.size), length(box.center)))
        // View space looks along -Z.
        step = clip[2] * (-1e-6 * reach)
    }

    func clip(_ p: SIMD3<Float>) -> SIMD4<Double> { clip(SIMD3<Double>(p)) }

    func clip(_ d: SIMD3<Double>) -> SIMD4<Double> {
        columns.0 * d.x + columns.1 * d.y + columns.2 * d.z + columns.3
    }

    /// The place in the picture, and depth, of a point before the eye.
    func place(_ c: SIMD4<Double>) -> SIMD3<Double> {
        SIMD3((c.x / c.w * 0.5 + 0.5) * size.x, (0.5 - c.y / c.w * 0.5) * size.y, c.z / c.w)
    }

    /// The tolerance in depth at a point.
    func slack(_ c: SIMD4<Double>) -> Double { abs(step.z * c.w - c.z * step.w) / (c.w * c.w) }

    /// Whether a point lies behind the near plane.
    static func isBefore(_ c: SIMD4<Double>) -> Double { c.z + c.w }

    /// Adds lines; with heights over a section plane only what of them is kept.
    func add(
        _ lines: ArraySlice<FeatureLine>, positions: [SIMD3<Float>], base: Int32, cut: SectionCut?, heights: [Double]?,
        to edges: inout [ProjectedEdge]
    ) {
        for line in lines {
            let (a, b) = (Int(line.a), Int(line.b))
            var (from, to) = (SIMD3<Double>(positions[a]), SIMD3<Double>(positions[b]))
            let vertices = SIMD2(base + line.a, base + line.b)
            var nodes = vertices
            if let cut, let heights, min(heights[a], heights[b]) < 0 {
                guard max(heights[a], heights[b]) >= 0 else { continue }
                let end = cut.crossing(positions[a], heights[a], positions[b], heights[b])
                if heights[a] < 0 { (from, nodes.x) = (end, -1) } else { (to, nodes.y) = (end, -1) }
            }
            if let edge = edge(from, to, nodes: nodes, vertices: vertices, edge: line.edge, isBack: line.isBack) {
                edges.append(edge)
            }
        }
    }

    /// Adds lines of wires: nothing cuts them, and what of them is hidden is left out.
    func addWires(
        _ lines: ArraySlice<FeatureLine>, positions: [SIMD3<Float>], base: Int32, to edges: inout [ProjectedEdge]
    ) {
        for line in lines {
            let (p, q) = (SIMD3<Double>(positions[Int(line.a)]), SIMD3<Double>(positions[Int(line.b)]))
            let vertices = SIMD2(base + line.a, base + line.b)
            if let edge = edge(p, q, nodes: vertices, vertices: vertices, edge: .mesh, isWire: true) {
                edges.append(edge)
            }
        }
    }

    /// An edge cut to what can be in the picture, or nil.
    ///
    /// - Parameters:
    ///   - p: where it begins, world space.
    ///   - q: where it ends.
    ///   - nodes: its ends over all bodies; -1 for what is no vertex.
    ///   - vertices: those that it lies between.
    ///   - edge: its class.
    ///   - isBack: whether it is hidden in any case.
    ///   - isWire: whether hidden pieces are left out.
    /// - Returns: the edge in the picture.
    func edge(
        _ p: SIMD3<Double>, _ q: SIMD3<Double>, nodes: SIMD2<Int32>, vertices: SIMD2<Int32>, edge: EdgeClass,
        isBack: Bool = false, isWire: Bool = false
    ) -> ProjectedEdge? {
        var (a, b) = (clip(p), clip(q))
        var nodes = nodes
        let (da, db) = (Self.isBefore(a), Self.isBefore(b))
        guard da > 0 || db > 0 else { return nil }
        if da < 0 { (a, nodes.x) = (a + (b - a) * (da / (da - db)), -1) }
        if db < 0 { (b, nodes.y) = (b + (a - b) * (db / (db - da)), -1) }
        guard a.w > 1e-12, b.w > 1e-12 else { return nil }
        var (from, to) = (place(a), place(b))
        var slack = SIMD2(slack(a), slack(b))
        guard (from + to).isFinite else { return nil }
        // Liang and Barsky 1984, on the picture with its margin and before the far plane.
        var (t0, t1) = (0.0, 1.0)
        let d = to - from
        let low = -Self.margin
        for (start, way, least, most) in [
            (from.x, d.x, low, size.x - low), (from.y, d.y, low, size.y - low), (from.z, d.z, -2, 1),
        ] {
            if way == 0 {
                guard start >= least, start <= most else { return nil }
                continue
            }
            let (u, v) = ((least - start) / way, (most - start) / way)
            t0 = max(t0, min(u, v))
            t1 = min(t1, max(u, v))
        }
        guard t0 < t1 else { return nil }
        let (start, s) = (from, slack)
        if t0 > 0 { (from, slack.x, nodes.x) = (start + d * t0, s.x + (s.y - s.x) * t0, -1) }
        if t1 < 1 { (to, slack.y, nodes.y) = (start + d * t1, s.x + (s.y - s.x) * t1, -1) }
        let result = ProjectedEdge(
            a: from, b: to, slack: slack, nodes: nodes, vertices: vertices, edge: edge, isBack: isBack, isWire: isWire)
        return result.length > 1e-9 ? result : nil
    }
}
