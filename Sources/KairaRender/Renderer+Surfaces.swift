import CEGL
import KairaGeometry
import KairaScene

extension Renderer {
    /// A translucent item that waits for everything behind it.
    struct BlendedItem {
        var part: DrawnPart
        var item: GPUScene.Item
        var isSolid: Bool
        var material: GPUMaterial
        var depth: Float
        var place: Int
    }

    /// Draws opaque surfaces, caps and outlines.
    ///
    /// - Returns: what is translucent.
    func drawOpaqueSurfaces(_ parts: [DrawnPart], view: RenderView) throws(RenderError) -> [BlendedItem] {
        glEnable(GLenum(GL_DEPTH_TEST))
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
        var blended: [BlendedItem] = []
        for part in parts {
            let drawn =
                Array(zip(part.scene.items, part.modes)) + zip(part.scene.ribbonItems, part.ribbonModes)
            for (item, mode) in drawn where mode == .surface || mode == .solid {
                let material = part.scene.materials[item.material]
                if material.isBlended {
                    let place = view.viewFromWorld.transform(
                        point: item.isPlaced
                            ? part.state.worlds[item.node].translation : part.scene.center(of: item, in: part.state))
                    blended.append(
                        BlendedItem(
                            part: part, item: item, isSolid: mode == .solid, material: material, depth: place.z,
                            place: blended.count))
                } else {
                    try drawSurface(item, of: part, material, isSolid: mode == .solid, view: view)
                }
            }
        }
        try drawCaps(parts, view: view, drawsColor: true)
        for part in parts {
            for (item, mode) in zip(part.scene.items, part.modes)
            where (mode == .surface || mode == .solid) && part.scene.materials[item.material].hasOutline {
                try drawOutline(
                    item, of: part, part.scene.materials[item.material],
                    isCut: mode == .solid && view.section != nil)
            }
        }
        return blended
    }

    /// Draws translucent surfaces over what is there.
    func drawBlendedSurfaces(_ items: [BlendedItem], view: RenderView) throws(RenderError) {
        guard !items.isEmpty else { return }
        glEnable(GLenum(GL_DEPTH_TEST))
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        // Those that write depth first, then by the order the material asks for, then from far to near.
        let sorted = items.sorted { a, b in
            if a.material.writesDepth != b.material.writesDepth { return a.material.writesDepth }
            if a.material.renderOrder != b.material.renderOrder {
                return a.material.renderOrder < b.material.renderOrder
            }
            return a.depth != b.depth ? a.depth < b.depth : a.place < b.place
        }
        for entry in sorted {
            glDepthMask(GLboolean(entry.material.writesDepth ? GL_TRUE : GL_FALSE))
            try drawSurface(entry.item, of: entry.part, entry.material, isSolid: entry.isSolid, view: view)
        }
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
    }

    private func drawSurface(
        _ item: GPUScene.Item, of part: DrawnPart, _ material: GPUMaterial, isSolid: Bool, view: RenderView
    ) throws(RenderError) {
        var features = material.features
        if item.primitive.hasVertexColor, material.kind != .toon { features.insert(.vertexColor) }
        if view.toneMapping == .automatic, material.kind == .metallicRoughness { features.insert(.toneMap) }
        let isCut = isSolid && view.section != nil
        // A cut opens the view into what has no inside.
        if isCut { features.insert(.doubleSided) }
        setCulling(material.isDoubleSided || isCut)
        let lighting: ProgramKey.Lighting =
            switch material.kind {
            case .toon: gl.toonLighting
            case .metallicRoughness: gl.lighting
            default: .init()
            }
        try draw(
            item, of: part, material, ProgramKey(kind: material.kind, features: features, lighting: lighting),
            isCut: isCut)
    }

    private func drawOutline(
        _ item: GPUScene.Item, of part: DrawnPart, _ material: GPUMaterial, isCut: Bool
    ) throws(RenderError) {
        glEnable(GLenum(GL_CULL_FACE))
        glCullFace(GLenum(GL_FRONT))
        defer { glCullFace(GLenum(GL_BACK)) }
        try draw(
            item, of: part, material,
            ProgramKey(
                kind: .outline, features: material.outlineFeatures,
                lighting: material.outlineFeatures.contains(.litOutline) ? gl.toonLighting : .init()),
            isCut: isCut)
    }

    /// Fills the cuts through solids, each part by itself: counted by stencil, then hatched.
    func drawCaps(_ parts: [DrawnPart], view: RenderView, drawsColor: Bool) throws(RenderError) {
        guard let plane = view.section else { return }
        var box = BoundingBox.empty
        for part in parts where part.modes.contains(.solid) { box.formUnion(part.scene.bounds.box(of: part.state)) }
        guard !box.isEmpty, abs(plane.distance(to: box.center)) <= length(box.size) / 2 else { return }
        let pass: CapPass
        if let known = gl.capPass { pass = known } else { pass = try CapPass() }
        gl.capPass = pass
        let spacing = CapPass.spacing(plane, view: view, pixels: 8, box: box)
        for part in parts {
            for cut in part.scene.shapes.crossedCuts(part.modes) {
                let material = part.scene.materials[cut.item.material]
                part.scene.shapes.move(cut, to: part.state)
                CapPass.beginCounting()
                try draw(cut.item, of: part, material, ProgramKey(kind: .depth, features: []), isCut: true)
                pass.fill(
                    plane, box: box, style: cut.style, spacing: spacing, lineWidth: view.lines.width * 0.7,
                    drawsColor: drawsColor)
            }
        }
        CapPass.end()
    }

    /// Draws the wires of triangles; what is drawn in other modes hides them.
    func drawWires(_ parts: [DrawnPart], view: RenderView) throws(RenderError) {
        glEnable(GLenum(GL_DEPTH_TEST))
        glDepthMask(GLboolean(GL_FALSE))
        glDisable(GLenum(GL_CULL_FACE))
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        defer {
            glDisable(GLenum(GL_BLEND))
            glDepthMask(GLboolean(GL_TRUE))
        }
        for part in parts {
            for item in part.items(.wire) + part.ribbons(.wire) {
                try draw(
                    item, of: part, part.scene.materials[item.material], ProgramKey(kind: .wire, features: []))
            }
        }
    }

    func setCulling(_ isDoubleSided: Bool) {
        if isDoubleSided { glDisable(GLenum(GL_CULL_FACE)) } else { glEnable(GLenum(GL_CULL_FACE)) }
    }
}
