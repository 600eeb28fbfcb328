import CEGL
import KairaGeometry
import KairaScene

extension Renderer {
    /// Draws the lines of drawings and cuts into their layer.
    ///
    /// - Returns: the layer, of the target's size, to be laid over the picture.
    func drawLines(
        _ parts: [DrawnPart], x: Int, y: Int, target: RenderTarget, view: RenderView
    ) throws(RenderError) -> LineLayer {
        let programs: LinePrograms
        if let known = gl.linePrograms { programs = known } else { programs = try LinePrograms() }
        gl.linePrograms = programs
        let layer: LineLayer
        if let last = gl.lineLayer, last.width == target.width, last.height == target.height {
            layer = last
        } else {
            // Freed before the next one is made.
            gl.lineLayer = nil
            layer = try LineLayer(width: target.width, height: target.height)
            gl.lineLayer = layer
        }
        var segments = LineSegments(view)
        let cutting = view.section
        for part in parts {
            part.scene.shapes.update(part, modes: cutting == nil ? [.hiddenLine] : [.hiddenLine, .solid])
            part.scene.shapes.addFeatures(of: part, view: view, to: &segments)
            part.scene.shapes.addRibbons(of: part, view: view, to: &segments)
            if let cutting, part.modes.contains(.solid) {
                part.scene.shapes.addCut(cutting, of: part, to: &segments)
            }
        }
        layer.beginDepth(x: x, y: y, view: view)
        // Surfaces are pushed back by their slope, so that they don't hide their own edges.
        glEnable(GLenum(GL_POLYGON_OFFSET_FILL))
        glPolygonOffset(1.5, 16)
        try drawDepth(parts, .hiddenLine, .surface, .solid, view: view)
        if parts.contains(where: { ($0.modes + $0.ribbonModes).contains(.hiddenLine) }) {
            try drawCaps(parts, view: view, drawsColor: false)
        }
        glDisable(GLenum(GL_POLYGON_OFFSET_FILL))
        layer.draw(segments, programs: programs, x: x, y: y, view: view)
        return layer
    }

    /// Draws the depth of opaque surfaces in some modes and nothing else; where ribbons are in hidden-line mode, after
    /// `SceneShapes.addRibbons`, which finds out whether they hide.
    func drawDepth(_ parts: [DrawnPart], _ modes: RenderMode..., view: RenderView) throws(RenderError) {
        glEnable(GLenum(GL_DEPTH_TEST))
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
        let no = GLboolean(GL_FALSE)
        glColorMask(no, no, no, no)
        for part in parts {
            let ribbons = zip(zip(part.scene.ribbonItems, part.ribbonModes), part.scene.shapes.isThinRibbon)
                .filter { $0.1 != .hiddenLine || !$1 }.map(\.0)
            for (item, mode) in Array(zip(part.scene.items, part.modes)) + ribbons
            where modes.contains(mode) && item.primitive.topology == GLenum(GL_TRIANGLES) {
                let material = part.scene.materials[item.material]
                // In drawings every surface is opaque; among others only what is.
                if mode != .hiddenLine, material.isBlended, !material.writesDepth { continue }
                let features =
                    material.features.contains(.mask)
                    ? material.features.intersection([.mask, .baseColorTexture, .transform, .secondUV]) : []
                let isCut = mode == .solid && view.section != nil
                setCulling(material.isDoubleSided || isCut)
                try draw(
                    item, of: part, material, ProgramKey(kind: .depth, features: features), isCut: isCut)
            }
        }
        let yes = GLboolean(GL_TRUE)
        glColorMask(yes, yes, yes, yes)
    }
}
