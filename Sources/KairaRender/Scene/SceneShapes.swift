import CEGL
import KairaGeometry
import KairaScene

/// What drawings and sections of a scene are made from: its bodies, their shells, and the style of each cut.
final class SceneShapes {
    /// The shells of one part, as the stencil counts them.
    struct Cut {
        var body: Int
        /// Its place among the body's parts.
        var place: Int
        var part: ShellParts.Part
        var style: CapStyle
        var item: GPUScene.Item
    }

    private(set) var deformed: DeformedBodies
    private(set) var shells: [ShellParts?]
    private(set) var cuts: [Cut] = []
    private unowned let gpu: GPUScene
    private var hasCuts = false
    /// Body and place of the parts that the last plane goes through.
    private var crossed: Set<SIMD2<Int>> = []
    private var lines: [FeatureLine] = []
    private var intersections = SurfaceIntersections()
    /// One a band of ribbons: whether the last drawing had room for no more than a line a strand, which hides nothing.
    private(set) var isThinRibbon: [Bool]

    init(_ gpu: GPUScene) {
        self.gpu = gpu
        deformed = DeformedBodies(gpu.scene, skinning: gpu.skinning)
        shells = Array(repeating: nil, count: deformed.bodies.count)
        isThinRibbon = Array(repeating: false, count: gpu.ribbons.bands.count)
    }

    /// Follows a state where any of a body's items is drawn in one of some modes.
    func update(_ part: DrawnPart, modes: Set<RenderMode>) {
        deformed.update(part.state) { body in
            body.items.contains { modes.contains(part.modes[$0]) }
        }
    }

    /// Adds the feature edges of the parts that are drawn as hidden-line.
    func addFeatures(of part: DrawnPart, view: RenderView, to segments: inout LineSegments) {
        let doubleSided = gpu.items.map { gpu.materials[$0.material].isDoubleSided }
        var features = FeatureEdges(
            view: view, isShown: part.modes.map { $0 == .hiddenLine }, isDoubleSided: doubleSided)
        for (index, body) in deformed.bodies.enumerated() {
            guard body.items.contains(where: { features.isShown[$0] }) else { continue }
            lines.removeAll(keepingCapacity: true)
            let positions = deformed.geometry[index].positions
            features.find(in: body, positions: positions, isMirrored: deformed.isMirrored[index], into: &lines)
            segments.add(lines, positions: positions)
        }
        intersections.update(deformed, isShown: features.isShown, creaseCosine: features.creaseCosine)
        segments.add(
            intersections.lines(from: features.eye, isDoubleSided: doubleSided), positions: intersections.positions)
    }

    /// Adds the outlines of the ribbons that are drawn as hidden-line.
    func addRibbons(of part: DrawnPart, view: RenderView, to segments: inout LineSegments) {
        for (index, band) in gpu.ribbons.bands.enumerated() where part.ribbonModes[index] == .hiddenLine {
            let outlines = RibbonOutlines(band, in: part.state, view: view)
            isThinRibbon[index] = outlines.isThin
            segments.add(outlines.lines, positions: outlines.positions)
        }
    }

    /// Adds the lines in which a plane cuts the parts that are drawn as solid, and notes which of those are open.
    func addCut(_ plane: SectionPlane, of part: DrawnPart, to segments: inout LineSegments) {
        makeCuts()
        crossed.removeAll(keepingCapacity: true)
        for (index, body) in deformed.bodies.enumerated() where body.items.contains(where: { part.modes[$0] == .solid })
        {
            let positions = deformed.geometry[index].positions
            let sides = positions.map { plane.distance(to: $0) }
            for (face, corners) in body.faces.enumerated() {
                let (i, j, k) = (Int(corners.x), Int(corners.y), Int(corners.z))
                let kept = (sides[i] >= 0, sides[j] >= 0, sides[k] >= 0)
                if kept.0 == kept.1, kept.1 == kept.2 { continue }
                if let place = shells[index]?.partOfFace[face], place >= 0 { crossed.insert(SIMD2(index, Int(place))) }
                guard part.modes[Int(body.itemOfFace[face])] == .solid else { continue }
                // The corner that is alone on its side.
                let (a, b, c) = kept.0 == kept.1 ? (k, i, j) : kept.1 == kept.2 ? (i, j, k) : (j, k, i)
                segments.add(
                    lerp(positions[a], positions[b], sides[a] / (sides[a] - sides[b])),
                    lerp(positions[a], positions[c], sides[a] / (sides[a] - sides[c])), edge: .section)
            }
            note(shells[index]?.open ?? [], sides: sides, modes: part.modes)
        }
    }

    /// Puts the vertices of a cut part where a state has them.
    func move(_ cut: Cut, to state: SceneState) {
        cut.item.primitive.morph(
            state.morphWeights[cut.item.node], offsets: cut.item.lattices.map { state.latticeOffsets[$0] },
            warp: deformed.warp(of: cut.body, by: state))
    }

    /// The cuts that the last plane goes through.
    func crossedCuts(_ modes: [RenderMode]) -> [Cut] {
        cuts.filter { modes[$0.part.item] == .solid && crossed.contains(SIMD2($0.body, $0.place)) }
    }

    /// Says of which parts an open shell is cut.
    private func note(_ open: [ShellParts.Open], sides: [Float], modes: [RenderMode]) {
        var filled: [Int: Int] = [:]
        var hollow: [Int: Int] = [:]
        for shell in open where modes[shell.item] == .solid {
            guard shell.vertices.contains(where: { sides[Int($0)] >= 0 }),
                shell.vertices.contains(where: { sides[Int($0)] < 0 })
            else { continue }
            if shell.isFilled { filled[shell.item, default: 0] += 1 } else { hollow[shell.item, default: 0] += 1 }
        }
        for (item, count) in hollow.sorted(by: { $0.key < $1.key }) {
            gpu.note(
                "\(name(of: item)) has \(count == 1 ? "an open shell" : "\(count) open shells") in the section: without an"
                    + " inside it stays hollow")
        }
        for (item, count) in filled.sorted(by: { $0.key < $1.key }) {
            gpu.note(
                "\(name(of: item)) has \(count == 1 ? "a shell" : "\(count) shells") with holes in the section: the cut is"
                    + " filled as if the holes were closed")
        }
    }

    /// What an item is called in a note.
    private func name(of item: Int) -> String {
        let node = gpu.scene.nodes[gpu.items[item].node]
        let mesh = node.mesh.map { gpu.scene.meshes[$0].name } ?? ""
        let material = gpu.items[item].material
        let materialName = material < gpu.scene.materials.count ? gpu.scene.materials[material].name : ""
        let own = [node.name, mesh].first { !$0.isEmpty } ?? "node \(gpu.items[item].node)"
        return own + (materialName.isEmpty || materialName == own ? "" : " (material \(materialName))")
    }

    private func makeCuts() {
        guard !hasCuts else { return }
        hasCuts = true
        for (index, body) in deformed.bodies.enumerated() {
            let own = ShellParts(body)
            shells[index] = own
            for (place, part) in own.parts.enumerated() {
                var shape = body.shape
                shape.indices = part.indices
                let item = GPUScene.Item(
                    node: body.node, index: index, lattices: deformed.lattices(of: index), skin: body.skin,
                    primitive: GPUPrimitive(shape),
                    material: gpu.items[part.item].material, centroid: .init())
                cuts.append(
                    Cut(
                        body: index, place: place, part: part,
                        style: CapStyle(color: gpu.meanColor(of: part.item), place: cuts.count), item: item))
            }
        }
        // Small parts lie in large ones: drawn later, they stay in sight.
        cuts.sort { $0.part.extent != $1.part.extent ? $0.part.extent > $1.part.extent : $0.part.item < $1.part.item }
    }
}

extension GPUScene {
    /// The mean base colour over the vertices of an item, linear: factor, texture and vertex colours.
    func meanColor(of item: Int) -> SIMD3<Float> {
        let known = items[item].material
        let material = known < scene.materials.count ? scene.materials[known] : Material()
        guard let primitive = primitive(of: item) else { return material.baseColor.xyz }
        var sum = SIMD3<Float>.zero
        let step = max(primitive.positions.count / 256, 1)
        var count: Float = 0
        for vertex in stride(from: 0, to: primitive.positions.count, by: step) {
            var color = material.baseColor.xyz
            if vertex < primitive.colors.count { color *= primitive.colors[vertex].xyz }
            let coordinates =
                material.baseColorTexture?.texCoord == 1 ? primitive.texCoords1 : primitive.texCoords0
            if let slot = material.baseColorTexture, vertex < coordinates.count {
                let image = scene.images[scene.textures[slot.texture].image].image
                let uv = coordinates[vertex] * slot.scale + slot.offset
                guard uv.x.isFinite, uv.y.isFinite, image.width > 0, image.height > 0 else { continue }
                let x = min(Int((uv.x - uv.x.rounded(.down)) * Float(image.width)), image.width - 1)
                let y = min(Int((uv.y - uv.y.rounded(.down)) * Float(image.height)), image.height - 1)
                let texel = image[x, y]
                color *= SIMD3(
                    FrameUniforms.linear(texel.x), FrameUniforms.linear(texel.y), FrameUniforms.linear(texel.z))
            }
            sum += color
            count += 1
        }
        return count > 0 ? sum / count : material.baseColor.xyz
    }

    /// The scene's primitive of an item.
    private func primitive(of wanted: Int) -> Primitive? {
        var item = 0
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            let all = scene.meshes[mesh].primitives
            if wanted < item + all.count { return all[wanted - item] }
            item += all.count
        }
        return nil
    }
}
