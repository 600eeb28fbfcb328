import Foundation
import KairaGeometry
import KairaImage
import KairaRender
import KairaScene
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Exact drawings: edge counts of known solids from known views, places of cuts, and files.
@Suite struct LineDrawingTests {
    /// Looks at the origin from a direction, from so far that every face is seen as by parallel rays.
    private func view(from eye: SIMD3<Float>, half: Float, isPerspective: Bool = false) -> RenderView {
        let distance: Float = isPerspective ? 30 : 60
        let clip =
            isPerspective
            ? Projection.perspective(verticalFieldOfView: 2 * atan(half / distance), aspect: 1, near: 1, far: 200)
            : Projection.orthographic(halfWidth: half, halfHeight: half, near: 1, far: 200)
        return RenderView(
            viewFromWorld: Projection.lookAt(eye: normalize(eye) * distance, target: .zero, up: [0, 1, 0]),
            clipFromView: clip, width: 200, height: 200, mode: .hiddenLine)
    }

    private func scene(_ shapes: [Primitive], isDoubleSided: Bool = false) -> Scene {
        var stage = Stage(width: 8, height: 8)
        var material = Material()
        material.isDoubleSided = isDoubleSided
        for shape in shapes { stage.add(shape, material) }
        return stage.scene
    }

    private func drawing(
        _ shapes: [Primitive], _ view: RenderView, isDoubleSided: Bool = false
    ) throws -> LineDrawing {
        let scene = scene(shapes, isDoubleSided: isDoubleSided)
        return try HiddenLineSolver(scene).solve(SceneState(scene), view: view)
    }

    /// Straight pieces of the paths of some classes.
    private func pieces(_ drawing: LineDrawing, isVisible: Bool, _ classes: Set<EdgeClass>? = nil) -> Int {
        drawing.paths.filter { $0.isVisible == isVisible && classes?.contains($0.edge) != false }
            .reduce(0) { $0 + $1.points.count - ($1.isClosed ? 0 : 1) }
    }

    /// A place in the picture by the textbook: matrices times the point, divided, to pixels; in Double.
    private func project(_ p: SIMD3<Float>, _ view: RenderView) -> SIMD2<Double> {
        func apply(_ m: Matrix4, _ v: SIMD4<Double>) -> SIMD4<Double> {
            SIMD4<Double>(m.x) * v.x + SIMD4<Double>(m.y) * v.y + SIMD4<Double>(m.z) * v.z + SIMD4<Double>(m.w) * v.w
        }
        let q = apply(view.clipFromView, apply(view.viewFromWorld, SIMD4(Double(p.x), Double(p.y), Double(p.z), 1)))
        return SIMD2(
            (q.x / q.w + 1) / 2 * Double(view.width), (1 - q.y / q.w) / 2 * Double(view.height))
    }

    private func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }

    /// Oracle: geometry. Of a convex solid an edge is seen if the eye is outside the plane of a face at it, and nothing is
    /// cut. Cube: 3 faces seen, 9 edges. Tetrahedron: 3, 2 or 1 faces, 6, 5 or 3 of 6 edges. Octahedron: 4 faces about a
    /// face, 9 of 12, or 4 about a corner, 8. Dodecahedron along a face: that and the 5 round it; 6 faces of 5 edges, of
    /// which 5 + 5 lie between two of them: 30 - 10 = 20 of 30 edges.
    @Test(
        arguments: [
            (ShadingTests.cube(half: 1), [1, 1.3, 1.7], 9, 3), (ShadingTests.cube(half: 1), [-2, 0.7, 1.1], 9, 3),
            (Solids.tetrahedron, [-1.1, -1, -0.9], 3, 3), (Solids.tetrahedron, [1.1, 1, 0.9], 6, 0),
            (Solids.tetrahedron, [1, 0.15, 0.05], 5, 1), (Solids.octahedron, [1, 1.2, 1.5], 9, 3),
            (Solids.octahedron, [1, 0.1, 0.05], 8, 4), (Solids.dodecahedron, [0.06, 1.618, 1.03], 20, 10),
        ] as [(Primitive, SIMD3<Float>, Int, Int)], [false, true])
    func convexSolidsShowTheirEdges(
        solid: (shape: Primitive, eye: SIMD3<Float>, visible: Int, hidden: Int), isPerspective: Bool
    ) throws {
        let view = view(from: solid.eye, half: 2.5, isPerspective: isPerspective)
        let drawing = try drawing([solid.shape], view)
        #expect(pieces(drawing, isVisible: true) == solid.visible)
        #expect(pieces(drawing, isVisible: false) == solid.hidden)
        // Every corner of every path is a corner of the solid, to 1e-3 of a pixel.
        let corners = solid.shape.positions.map { project($0, view) }
        for point in drawing.paths.flatMap(\.points) {
            #expect((corners.map { distance($0, point) }.min() ?? 1) < 1e-3)
        }
    }

    /// Oracle: by hand. From (0.5, 0.7, 1) five faces of the L are seen; of its 18 edges the three at the corner (0, 0, 0)
    /// lie behind, and nothing is cut.
    @Test func lPrismFromItsOpenSide() throws {
        let drawing = try drawing([Solids.lPrism], view(from: [0.5, 0.7, 1], half: 3))
        #expect(pieces(drawing, isVisible: true) == 15)
        #expect(pieces(drawing, isVisible: false) == 3)
    }

    /// Oracle: by hand. From (-0.6, 0.7, 1) the upright arm covers the step's back edge from (1, 1, 0) to where the ray
    /// through (x, 1, 0) leaves the arm by its front, z = 1: x - 0.6 = 1.
    @Test func lPrismIsCutWhereItsArmEnds() throws {
        let view = view(from: [-0.6, 0.7, 1], half: 3)
        let drawing = try drawing([Solids.lPrism], view)
        let cut = project([1.6, 1, 0], view)
        let (left, right) = (project([1, 1, 0], view), project([2, 1, 0], view))
        func holds(_ a: SIMD2<Double>, _ b: SIMD2<Double>, isVisible: Bool) -> Bool {
            drawing.paths.contains { path in
                guard path.isVisible == isVisible else { return false }
                return zip(path.points, path.points.dropFirst()).contains { p, q in
                    (distance(p, a) < 1e-3 && distance(q, b) < 1e-3) || (distance(p, b) < 1e-3 && distance(q, a) < 1e-3)
                }
            }
        }
        #expect(holds(cut, right, isVisible: true))
        #expect(holds(left, cut, isVisible: false))
    }

    /// Oracle: closed form. Along its axis a torus shows two circles, of radius R + r and R - r, as polygons of n sides:
    /// 2 n sin(pi/n) times the radius.
    @Test(arguments: [false, true]) func torusAlongItsAxisShowsTwoCircles(isTurned: Bool) throws {
        let n = 64
        var view = view(from: [0, 0, 1], half: 2)
        if isTurned {
            view.viewFromWorld = Projection.lookAt(eye: [0, 0, -60], target: .zero, up: [1, 0.3, 0])
        }
        view.creaseAngle = 1
        let drawing = try drawing([Solids.torus(1.2, 0.4, around: n, across: 24)], view)
        let lengths = drawing.paths.map(\.length).sorted()
        #expect(drawing.paths.allSatisfy { $0.edge == .silhouette && $0.isVisible && $0.isClosed })
        try #require(lengths.count == 2)
        let scale = 200.0 / 4 * 2 * Double(n) * sin(Double.pi / Double(n))
        #expect(abs(lengths[0] - 0.8 * scale) < 1e-3)
        #expect(abs(lengths[1] - 1.6 * scale) < 1e-3)
    }

    /// Oracle: by hand. A square stands through a larger one that lies: half of it is below, and hidden from above; where
    /// they meet its upright edges are cut, at y = 0.
    @Test func intersectingSheetsAreCutWhereTheyMeet() throws {
        let lying = Solids.polyhedron([[-2, 0, -2], [-2, 0, 2], [2, 0, 2], [2, 0, -2]], faces: [[0, 1, 2, 3]])
        let standing = Solids.polyhedron([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], faces: [[0, 1, 2, 3]])
        let view = view(from: [0.1, 1.1, 1], half: 4)
        let drawing = try drawing([lying, standing], view, isDoubleSided: true)
        #expect(drawing.paths.allSatisfy { $0.edge == .border || $0.edge == .intersection })
        for x: Float in [-1, 1] {
            let cut = project([x, 0, 0], view)
            for isVisible in [true, false] {
                let ends = drawing.paths.filter { $0.isVisible == isVisible }.flatMap {
                    [$0.points.first, $0.points.last]
                }
                #expect(ends.compactMap { $0 }.contains { distance($0, cut) < 1e-3 }, "x \(x), visible \(isVisible)")
            }
        }
        // The lying square is seen whole, and of the standing one three sides, two of them by half.
        #expect(pieces(drawing, isVisible: true, [.border]) == 4 + 3)
        #expect(pieces(drawing, isVisible: false, [.border]) == 3)
        // The line on which they meet is seen whole.
        let meeting = drawing.paths.filter { $0.edge == .intersection }
        #expect(meeting.allSatisfy { $0.isVisible })
        let (left, right) = (project([-1, 0, 0], view), project([1, 0, 0], view))
        #expect(abs(meeting.reduce(0) { $0 + $1.length } - distance(left, right)) < 1e-3)
    }

    /// Oracle: by hand. A square post stands in a slab: they meet on the square of its foot, of which the two near sides are
    /// seen; what of the post is in the slab is hidden. Where the post only stands on the slab, faces do not pass through each
    /// other.
    @Test(arguments: [Float(-0.5), 0]) func aPostInASlabIsOutlinedAtItsFoot(foot: Float) throws {
        let slab = Solids.box([-2, -1, -2], [2, 0, 2])
        let post = Solids.box([-0.5, foot, -0.5], [0.5, 1, 0.5])
        let view = view(from: [1, 1.2, 1.5], half: 3)
        let drawing = try drawing([slab, post], view)
        let meeting = drawing.paths.filter { $0.edge == .intersection }
        guard foot < 0 else {
            #expect(meeting.isEmpty)
            return
        }
        let corners = ([[-0.5, 0, -0.5], [0.5, 0, -0.5], [0.5, 0, 0.5], [-0.5, 0, 0.5]] as [SIMD3<Float>])
            .map { project($0, view) }
        for isVisible in [true, false] {
            let own = meeting.filter { $0.isVisible == isVisible }
            // Near are the sides x = 0.5 and z = 0.5.
            let (a, b, c) = isVisible ? (corners[1], corners[2], corners[3]) : (corners[3], corners[0], corners[1])
            let expected = distance(a, b) + distance(b, c)
            #expect(abs(own.reduce(0) { $0 + $1.length } - expected) < 1e-3, "visible \(isVisible)")
            #expect(own.flatMap(\.points).contains { distance($0, b) < 1e-3 })
        }
    }

    /// A band of ribbon from (0, 30) to (0, -30), 12 wide at the root and 6 at the tip, a unit a pixel, and a square sheet
    /// of 40 behind it whose upper side lies at y = 5.
    private func ribbonStage(width: Float) -> Stage {
        var stage = Stage(width: 96, height: 96)
        var chain: [NodeID] = []
        for (k, y) in [Float(30), -20, -20, -20].enumerated() {
            let id = NodeID(stage.scene.nodes.count)
            stage.scene.nodes.append(Node(transform: Transform(translation: [0, y, 0]), parent: chain.last))
            if let last = chain.last { stage.scene.nodes[last.value].children.append(id) }
            if k == 0 { stage.scene.roots.append(id) }
            chain.append(id)
        }
        var hair = Material()
        hair.name = "hair"
        stage.scene.materials.append(hair)
        var strands = PhysicsDescription.Strands(node: chain[0], chains: [chain])
        strands.ribbons = .init(material: MaterialID(0), width: width, taper: 0.5)
        stage.scene.physics.strands = [strands]
        stage.add(stage.rectangle(28, 43, 68, 83, z: -10), Material())
        return stage
    }

    /// Oracle: closed form. The sides are silhouettes of 60 down and 3 across, the ends borders of 12 and 6; at y = 5, 25 of
    /// 60 down, the ribbon is 9.5 wide and hides so much of the sheet's side; the tip lies before the sheet.
    @Test func ribbonsAreOutlined() throws {
        let stage = ribbonStage(width: 12)
        var view = stage.view
        view.mode = .hiddenLine
        let drawing = try HiddenLineSolver(stage.scene).solve(SceneState(stage.scene), view: view)
        let sides = drawing.paths.filter { $0.edge == .silhouette }
        #expect(sides.count == 2 && sides.allSatisfy { $0.isVisible })
        for side in sides { #expect(abs(side.length - (60.0 * 60 + 9).squareRoot()) < 1e-3) }
        let borders = drawing.paths.filter { $0.edge == .border }
        let hidden = borders.filter { !$0.isVisible }
        #expect(hidden.count == 1)
        #expect(abs(hidden.reduce(0) { $0 + $1.length } - 9.5) < 1e-3)
        #expect(abs(borders.reduce(0) { $0 + $1.length } - (160 + 12 + 6)) < 1e-3)
    }

    /// Oracle: by hand. Where two outlines have no room a strand is one line along its middle, and hides nothing.
    @Test func thinRibbonsAreLines() throws {
        let stage = ribbonStage(width: 2)
        var view = stage.view
        view.mode = .hiddenLine
        let drawing = try HiddenLineSolver(stage.scene).solve(SceneState(stage.scene), view: view)
        let strand = drawing.paths.filter { $0.edge == .silhouette }
        #expect(strand.count == 1)
        #expect(abs(strand.reduce(0) { $0 + $1.length } - 60) < 1e-3)
        #expect(strand.flatMap(\.points).allSatisfy { abs($0.x - 48) < 1e-3 })
        #expect(drawing.paths.allSatisfy { $0.isVisible })
        // Of wires it has the middle too.
        view.mode = .wire
        let wires = try HiddenLineSolver(stage.scene).solve(SceneState(stage.scene), view: view)
        let middle = wires.paths.filter { $0.points.allSatisfy { abs($0.x - 48) < 1e-3 } }
        #expect(abs(middle.reduce(0) { $0 + $1.length } - 60) < 1e-3)
    }

    /// Oracle: by hand, as above: pixels on the sides and on the sheet's side are dark, and what the ribbon covers is not.
    @Test func picturesOutlineRibbonsToo() async throws {
        let renderer = try await Renderer(device: .software)
        let wide = ribbonStage(width: 12)
        var view = wide.view
        view.mode = .hiddenLine
        view.lines.hiddenOpacity = 0
        let handle = try await renderer.load(wide.scene)
        let image = try await renderer.render(handle, state: SceneState(wide.scene), view: view)
        // At 25 of 60 down: sides 4.75 off the middle.
        for x in [43, 52] { #expect(image[x, 43].w > 100, "side at \(x)") }
        #expect(image[47, 43].w < 60, "the sheet's side behind the ribbon")
        #expect(image[34, 43].w > 100 && image[62, 43].w > 100, "the sheet's side beside it")
        #expect(image[47, 30].w < 20, "a ribbon's face is blank")
        // Thin ones hide nothing; a rule gives a ribbon another mode by its material.
        let thin = ribbonStage(width: 2)
        let other = try await renderer.load(thin.scene)
        let line = try await renderer.render(other, state: SceneState(thin.scene), view: view)
        #expect(line[47, 30].w > 60 || line[48, 30].w > 60)
        #expect(line[45, 43].w > 100)
        view.partModes = PartModes([.init(name: "hair", mode: .surface)])
        let shaded = try await renderer.render(handle, state: SceneState(wide.scene), view: view)
        #expect(shaded[47, 30].w == 255, "drawn as a surface")
        #expect(shaded[34, 43].w > 100 && shaded[47, 43].w == 255)
    }

    @Test func materialsMeetInSeams() throws {
        // A cube of two materials: the front has its own. Flat neighbours of one material show nothing between them.
        let strip = Solids.polyhedron(
            [[-1, 0, 0], [0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [-1, 1, 0]], faces: [[0, 1, 4, 5]])
        var right = strip
        right.indices = [1, 2, 3, 1, 3, 4]
        var scene = Scene()
        scene.materials = [Material(), Material()]
        for (materials, seams) in [([0, 1], 1), ([0, 0], 0)] {
            var parts = [strip, right]
            for k in 0..<2 { parts[k].material = MaterialID(materials[k]) }
            scene.meshes = [Mesh(primitives: parts)]
            scene.nodes = [Node(mesh: MeshID(0))]
            scene.roots = [NodeID(0)]
            let drawing = try HiddenLineSolver(scene).solve(
                SceneState(scene), view: view(from: [0.1, 0.2, 1], half: 3))
            #expect(pieces(drawing, isVisible: true, [.seam]) == seams)
            #expect(pieces(drawing, isVisible: true, [.border]) == 6)
        }
    }

    @Test func wiresShowEveryEdge() throws {
        var view = view(from: [1, 1.3, 1.7], half: 2.5)
        view.mode = .wire
        let drawing = try drawing([ShadingTests.cube(half: 1)], view)
        // Euler: 12 edges and a diagonal in each of 6 faces.
        #expect(pieces(drawing, isVisible: true) == 18)
        #expect(drawing.paths.allSatisfy { $0.edge == .mesh && $0.isVisible })
    }

    /// What reaches behind the eye is cut at the near plane, not turned inside out.
    @Test func linesBehindTheEyeAreCutOff() throws {
        let shape = Solids.box([-0.5, -1, -40], [0.5, -0.5, 40])
        var view = view(from: [0, 0.0, 1], half: 2, isPerspective: true)
        view.clipFromView = Projection.perspective(verticalFieldOfView: 1, aspect: 1, near: 0.1, far: 200)
        let drawing = try drawing([shape], view)
        #expect(!drawing.paths.isEmpty)
        let limit = -6.0...206.0
        #expect(drawing.paths.flatMap(\.points).allSatisfy { limit.contains($0.x) && limit.contains($0.y) })
    }

    @Test func verticesThatAreNoNumbersHideNothing() throws {
        var broken = Solids.octahedron
        broken.positions[0] = [.nan, .infinity, 0]
        let drawing = try drawing([broken, ShadingTests.cube(half: 0.5)], view(from: [1, 1.2, 1.5], half: 3))
        #expect(drawing.paths.flatMap(\.points).allSatisfy { $0.x.isFinite && $0.y.isFinite })
        #expect(pieces(drawing, isVisible: true, [.silhouette, .crease]) > 0)
    }

    @Test func sameBytesForAnyNumberOfThreads() throws {
        let scene = scene([
            Solids.torus(1.2, 0.4, around: 40, across: 20), Solids.dodecahedron,
            Solids.moved(Solids.torus(1, 0.3, around: 30, across: 16), turn: Quaternion(angle: 1, axis: [1, 0, 0])),
        ])
        let view = view(from: [1, 1.3, 1.7], half: 2.5)
        var files: Set<String> = []
        for threads in [1, 2, 7] {
            var solver = HiddenLineSolver(scene)
            solver.threads = threads
            files.insert(try solver.solve(SceneState(scene), view: view).svg())
        }
        #expect(files.count == 1)
    }

    @Test func surfacesAreNoLines() throws {
        var view = view(from: [1, 1, 1], half: 2)
        view.mode = .surface
        #expect(throws: RenderError.self) { try drawing([Solids.octahedron], view) }
    }

    // MARK: Files

    /// What an SVG file says, as Foundation's parser reads it.
    private final class Reading: NSObject, XMLParserDelegate {
        var groups: [String] = []
        var paths: [(group: String, data: String)] = []
        var title = ""
        var root: [String: String] = [:]
        private var open: [String] = []
        private var isTitle = false

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            if name == "svg" { root = attributes }
            isTitle = name == "title"
            if name == "g" {
                open.append(attributes["id"] ?? "")
                groups.append(attributes["id"] ?? "")
            }
            if name == "path" { paths.append((open.last ?? "", attributes["d"] ?? "")) }
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            if name == "g" { open.removeLast() }
            isTitle = false
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { if isTitle { title += string } }
    }

    @Test func svgHoldsTheDrawing() throws {
        let view = view(from: [1, 1.3, 1.7], half: 2.5, isPerspective: true)
        let scene = scene([ShadingTests.cube(half: 1)])
        let title = "a <b> & \"c\" \u{1} \u{1F9E0}"
        let drawing = try HiddenLineSolver(scene).solve(SceneState(scene), view: view, title: title)
        let parser = XMLParser(data: Data(drawing.svg().utf8))
        let reading = Reading()
        parser.delegate = reading
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reading.title == "a <b> & \"c\" \u{FFFD} \u{1F9E0}")
        #expect(reading.root["viewBox"] == "0 0 200 200")
        #expect(
            reading.groups == ["hidden", "hidden-crease", "visible", "visible-crease", "visible-silhouette"])
        let corners = ShadingTests.cube(half: 1).positions.map { project($0, view) }
        var count = 0
        for path in reading.paths {
            let pairs = path.data.dropFirst().split { $0 == " " || $0 == "Z" }
            #expect(path.data.first == "M" && pairs.count >= 2)
            for pair in pairs {
                let xy = pair.split(separator: ",").compactMap { Double($0) }
                try #require(xy.count == 2)
                #expect((corners.map { distance($0, SIMD2(xy[0], xy[1])) }.min() ?? 1) < 1e-3)
            }
            count += pairs.count - (path.data.hasSuffix("Z") ? 0 : 1)
        }
        #expect(count == 12)
        #expect(drawing.svg().contains("stroke-dasharray"))
    }

    /// The structure that ISO 32000-1, 7.5 asks for: the table's places are those of the objects.
    @Test func pdfTableFindsItsObjects() throws {
        let drawing = try drawing([Solids.dodecahedron], view(from: [1, 1.3, 1.7], half: 2.5))
        let text = String(decoding: drawing.pdf(), as: Unicode.ASCII.self)
        let bytes = drawing.pdf()
        #expect(text.hasPrefix("%PDF-1.4\n") && text.hasSuffix("%%EOF\n"))
        let start = try #require(text.components(separatedBy: "startxref\n").last?.split(separator: "\n").first)
        let table = try #require(Int(start))
        #expect(String(decoding: bytes[table..<table + 4], as: UTF8.self) == "xref")
        let lines = String(decoding: bytes[table...], as: UTF8.self).split(separator: "\n")
        for (number, line) in lines.dropFirst(3).prefix(5).enumerated() {
            let place = try #require(Int(line.prefix(10)))
            let expected = "\(number + 1) 0 obj"
            #expect(String(decoding: bytes[place..<place + expected.utf8.count], as: UTF8.self) == expected)
        }
        // Moves and lines of 30 edges.
        let strokes = text.components(separatedBy: " l\n").count - 1
        let closed = text.components(separatedBy: "\ns\n").count - 1
        #expect(strokes + closed == 30)
    }

    /// Pixels of all paths of a class.
    private func length(_ drawing: LineDrawing, _ edge: EdgeClass, isVisible: Bool) -> Double {
        drawing.paths.filter { $0.edge == edge && $0.isVisible == isVisible }.reduce(0) { $0 + $1.length }
    }

    /// Oracle: closed form. A cube of side 2 is cut through its middle across a diagonal in a regular hexagon of side sqrt 2 and
    /// area 3 sqrt 3; seen along the diagonal, three corners stand out beyond it by edges of length 1, and three edges of
    /// length 2 lie behind; both are seen sqrt(2/3) as long. Hatch lines are 8 pixels apart.
    @Test("a section cuts a drawing, outlines the cut and hatches it", arguments: [true, false])
    func section(isDoubleSided: Bool) throws {
        var view = view(from: [1, 1, 1], half: 2)
        view.section = SectionPlane([-1, -1, -1, 0])
        let drawing = try drawing([Solids.box([-1, -1, -1], [1, 1, 1])], view, isDoubleSided: isDoubleSided)
        let metre = 50.0
        #expect(abs(length(drawing, .section, isVisible: true) - 6 * 2.0.squareRoot() * metre) < 0.01)
        #expect(length(drawing, .section, isVisible: false) == 0)
        let outline = drawing.paths.filter { $0.edge == .section }
        #expect(outline.count == 1 && outline[0].isClosed, "the pieces of the outline are joined")
        let seen = (2.0 / 3).squareRoot() * metre
        #expect(abs(length(drawing, .silhouette, isVisible: true) - 6 * seen) < 0.01)
        #expect(abs(length(drawing, .crease, isVisible: false) - 3 * 2 * seen) < 0.01)
        #expect(length(drawing, .crease, isVisible: true) == 0)
        // Lines times their distance: off by at most the rounding of a region's border, here half a percent.
        let area = 27.0.squareRoot() * metre * metre
        #expect(abs(length(drawing, .hatch, isVisible: true) * 8 - area) < 0.02 * area)
        #expect(drawing.notes.isEmpty)
        #expect(drawing.svg().contains("visible-hatch") && drawing.svg().contains("visible-section"))
    }

    /// Oracle: closed form. The inner box's share of the cut is hatched at its own angle only, so that all hatch lines together
    /// cover the outer square once: 4 square metres, of which 1 are the inner one's.
    @Test("a part inside of another has a hatch of its own") func sectionOfTwo() throws {
        var view = view(from: [1, 0, 0], half: 2)
        view.section = SectionPlane([-1, 0, 0, 0])
        let drawing = try drawing(
            [Solids.box([-1, -1, -1], [1, 1, 1]), Solids.box([-0.5, -0.5, -0.5], [0.5, 0.5, 0.5])], view)
        let hatch = drawing.paths.filter { $0.edge == .hatch && $0.isVisible }
        var (inner, outer) = (0.0, 0.0)
        var slopes: (inner: Set<Bool>, outer: Set<Bool>) = ([], [])
        for path in hatch {
            let (a, b) = (path.points[0], path.points[path.points.count - 1])
            let middle = (a + b) / 2 - 100
            // One hatch runs up, the other down.
            let isRising = ((b.y - a.y) * (b.x - a.x)) < 0
            if max(abs(middle.x), abs(middle.y)) < 25 {
                inner += path.length
                slopes.inner.insert(isRising)
            } else {
                outer += path.length
                slopes.outer.insert(isRising)
            }
        }
        #expect(abs(inner * 8 - 2500) < 100 && abs(outer * 8 - 7500) < 200)
        #expect(slopes.inner.count == 1 && slopes.outer.count == 1 && slopes.inner != slopes.outer)
        #expect(abs(length(drawing, .section, isVisible: true) - (8 + 4) * 50) < 0.01)
    }

    /// Oracle: closed form. A square without thickness has no inside: its cut is a line of its width.
    @Test("an open shell is cut, not hatched, and noted") func sectionOfSheet() throws {
        var view = view(from: [1, 1, 1], half: 2)
        view.section = SectionPlane([0, 1, 0, 0])
        let sheet = Primitive(
            positions: [[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], indices: [0, 1, 2, 0, 2, 3])
        let drawing = try drawing([sheet], view)
        #expect(length(drawing, .hatch, isVisible: true) == 0)
        #expect(drawing.notes.count == 1)
        // Along x, seen from (1, 1, 1): sqrt(2/3) of two metres.
        #expect(abs(length(drawing, .section, isVisible: true) - 100 * (2.0 / 3).squareRoot()) < 0.01)
    }
}
