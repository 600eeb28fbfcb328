import KairaGeometry

/// The lines of a frame in the picture, as `LineLayer` draws them.
struct LineSegments {
    /// One segment: twelve floats, in the shader's order.
    struct Segment {
        /// Pixels right and down, depth 0...1, pixels along the chain.
        var a, b: SIMD4<Float>
        /// Half the width where visible, half the width where hidden (0: left out), 1 where hidden in any case.
        var style: SIMD4<Float>
    }

    private(set) var segments: [Segment] = []
    private let clipFromWorld: Matrix4
    private let size: SIMD2<Float>
    private let style: LineStyle

    init(_ view: RenderView) {
        clipFromWorld = view.clipFromView * view.viewFromWorld
        size = SIMD2(Float(view.width), Float(view.height))
        style = view.lines
    }

    /// Adds the lines of a body.
    mutating func add(_ lines: [FeatureLine], positions: [SIMD3<Float>]) {
        let ends = lines.map { SIMD2($0.a, $0.b) }
        let neighbours = LineChains.simpleNeighbours(ends: ends, nodes: positions.count)
        var along: Float = 0
        for link in LineChains.order(ends: ends, neighbours: neighbours) {
            let line = lines[Int(link.line)]
            let (from, to) = link.isReversed ? (line.b, line.a) : (line.a, line.b)
            if link.isStart { along = 0 }
            let width = style.width(of: line.edge) / 2
            let hidden = style.hiddenOpacity > 0 ? width * style.hiddenScale : 0
            add(
                positions[Int(from)], positions[Int(to)],
                style: SIMD4(width, hidden, line.isBack ? 1 : 0, 0), along: &along)
        }
    }

    /// Adds a line that is drawn where it is visible.
    mutating func add(_ from: SIMD3<Float>, _ to: SIMD3<Float>, edge: EdgeClass) {
        var along: Float = 0
        add(from, to, style: SIMD4(style.width(of: edge) / 2, 0, 0, 0), along: &along)
    }

    private mutating func add(
        _ from: SIMD3<Float>, _ to: SIMD3<Float>, style: SIMD4<Float>, along: inout Float
    ) {
        var a = clipFromWorld * SIMD4(from, 1)
        var b = clipFromWorld * SIMD4(to, 1)
        // What lies before the near plane is cut off, where z = -w; then w is above 0.
        let (da, db) = (a.z + a.w, b.z + b.w)
        guard da > 0 || db > 0 else { return }
        if da < 0 { a += (b - a) * (da / (da - db)) }
        if db < 0 { b += (a - b) * (db / (db - da)) }
        guard a.w > 1e-6, b.w > 1e-6 else { return }
        let (p, q) = (place(a), place(b))
        let length = distance(SIMD2(p.x, p.y), SIMD2(q.x, q.y))
        guard length.isFinite, length < 1e6 else { return }
        segments.append(
            Segment(a: SIMD4(p, along), b: SIMD4(q, along + length), style: style))
        along += length
    }

    private func place(_ clip: SIMD4<Float>) -> SIMD3<Float> {
        SIMD3(
            (clip.x / clip.w * 0.5 + 0.5) * size.x, (0.5 - clip.y / clip.w * 0.5) * size.y,
            clip.z / clip.w * 0.5 + 0.5)
    }
}
