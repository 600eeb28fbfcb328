import KairaGeometry
import KairaScene

/// Adds what a section plane makes of bodies to an exact drawing: outlines of the cut, hatches, and caps that hide.
struct SectionPass {
    var plane: SectionPlane
    var cut: SectionCut
    var view: RenderView
    var projection: LineProjection
    /// One an item: whether it is cut.
    var isShown: [Bool]

    /// Adds the cut of all bodies.
    ///
    /// - Parameters:
    ///   - bodies: where a state has them.
    ///   - heights: of their vertices over the plane, body by body, metres.
    ///   - scene: for names in notes.
    ///   - nodes: how many vertices there are over all bodies.
    ///   - edges: gets outlines and hatches.
    ///   - occluders: gets caps.
    ///   - notes: gets a sentence for each part that is cut and has no inside.
    /// - Returns: how many nodes there are now.
    func add(
        _ bodies: DeformedBodies, heights: [[Double]], scene: Scene, nodes: Int32,
        edges: inout [ProjectedEdge], occluders: inout OccluderGrid, notes: inout [String]
    ) -> Int32 {
        var nodes = nodes
        var outlines: [CutOutline] = []
        var place = 0
        var box = BoundingBox.empty
        for (index, body) in bodies.bodies.enumerated() where body.items.contains(where: { isShown[$0] }) {
            let positions = bodies.geometry[index].positions
            let heights = heights[index]
            box.formUnion(BoundingBox(positions))
            addOutline(body, positions: positions, heights: heights, nodes: &nodes, edges: &edges)
            let shells = ShellParts(body)
            for part in shells.parts {
                // The angles of pictures in solid mode.
                let angle = CapStyle(color: .zero, place: place).angle
                place += 1
                guard isShown[part.item] else { continue }
                let outline = CutOutline(
                    part.indices, positions: positions, heights: heights, cut: cut, angle: Double(angle),
                    extent: part.extent)
                if !outline.segments.isEmpty { outlines.append(outline) }
            }
            for shell in shells.open where isShown[shell.item] && !shell.isFilled {
                guard shell.vertices.contains(where: { heights[Int($0)] >= 0 }),
                    shell.vertices.contains(where: { heights[Int($0)] < 0 })
                else { continue }
                let text =
                    "\(Self.name(of: body.node, in: scene)) has an open shell in the section: without an inside it is not"
                    + " hatched"
                if !notes.contains(text) { notes.append(text) }
            }
        }
        guard !box.isEmpty else { return nodes }
        let spacing = Double(CapPass.spacing(plane, view: view, pixels: 8, box: box))
        // Small parts lie in large ones: where they do, theirs is the hatch.
        outlines.sort { $0.extent > $1.extent }
        for (index, outline) in outlines.enumerated() {
            for (a, b, c) in outline.triangles() {
                occluders.add(cut.place(a), cut.place(b), cut.place(c))
            }
            guard spacing > 0, spacing.isFinite else { continue }
            var hatch = outline.stretches(angle: outline.angle, spacing: spacing)
            for over in outlines[(index + 1)...] {
                let others = over.stretches(angle: outline.angle, spacing: spacing)
                for (k, other) in others {
                    if let own = hatch[k] { hatch[k] = CutOutline.subtract(other, from: own) }
                }
            }
            let (along, across) = CutOutline.axes(outline.angle)
            for (k, stretches) in hatch.sorted(by: { $0.key < $1.key }) {
                for stretch in stretches {
                    let origin = across * ((Double(k) + 0.5) * spacing)
                    addLine(
                        cut.place(origin + along * stretch.from), cut.place(origin + along * stretch.to),
                        nodes: SIMD2(-1, -1), edge: .hatch, edges: &edges)
                }
            }
        }
        return nodes
    }

    /// Adds the lines in which the plane cuts the faces of a body; lines that meet on an edge share a node.
    private func addOutline(
        _ body: DrawingBody, positions: [SIMD3<Float>], heights: [Double], nodes: inout Int32,
        edges: inout [ProjectedEdge]
    ) {
        var known: [SIMD2<Int>: Int32] = [:]
        func node(_ edge: SIMD2<Int>) -> Int32 {
            let key = SIMD2(min(edge.x, edge.y), max(edge.x, edge.y))
            if let node = known[key] { return node }
            known[key] = nodes
            nodes += 1
            return nodes - 1
        }
        func point(_ edge: SIMD2<Int>) -> SIMD3<Double> {
            cut.crossing(positions[edge.x], heights[edge.x], positions[edge.y], heights[edge.y])
        }
        for (face, corners) in body.faces.enumerated() where isShown[Int(body.itemOfFace[face])] {
            let ids = SIMD3(Int(corners.x), Int(corners.y), Int(corners.z))
            guard let (down, up) = CutOutline.crossings(ids, heights) else { continue }
            addLine(point(down), point(up), nodes: SIMD2(node(down), node(up)), edge: .section, edges: &edges)
        }
    }

    /// Adds a line in the plane: what of it is hidden is left out, and caps, which lie in the plane, don't hide it.
    private func addLine(
        _ from: SIMD3<Double>, _ to: SIMD3<Double>, nodes: SIMD2<Int32>, edge: EdgeClass,
        edges: inout [ProjectedEdge]
    ) {
        if let line = projection.edge(
            from, to, nodes: nodes, vertices: SIMD2(-1, -1), edge: edge, isWire: true)
        {
            edges.append(line)
        }
    }

    private static func name(of node: Int, in scene: Scene) -> String {
        let mesh = scene.nodes[node].mesh.map { scene.meshes[$0].name } ?? ""
        return [scene.nodes[node].name, mesh].first { !$0.isEmpty } ?? "node \(node)"
    }
}
