/// A scene as lines: which edges a camera sees, and which lie behind something, as paths for vector files.
public struct LineDrawing: Sendable, Hashable {
    /// Edges end to end, of one class, all visible or all hidden.
    public struct Path: Sendable, Hashable {
        /// Why they are drawn.
        public var edge: EdgeClass
        /// Whether nothing lies between them and the camera.
        public var isVisible: Bool
        /// Corners, pixels right and down from the picture's top left corner; at least two.
        public var points: [SIMD2<Double>]
        /// Whether the last corner is joined to the first.
        public var isClosed: Bool

        /// A path from its parts.
        public init(edge: EdgeClass, isVisible: Bool, points: [SIMD2<Double>], isClosed: Bool = false) {
            self.edge = edge
            self.isVisible = isVisible
            self.points = points
            self.isClosed = isClosed
        }

        /// Pixels from end to end.
        public var length: Double {
            var sum = 0.0
            for k in 1..<max(points.count, 1) { sum += distance(points[k - 1], points[k]) }
            if isClosed, let first = points.first, let last = points.last { sum += distance(last, first) }
            return sum
        }

        private func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
            let d = b - a
            return (d.x * d.x + d.y * d.y).squareRoot()
        }
    }

    /// What it is called.
    public var title: String
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// How its lines look.
    public var style: LineStyle
    /// sRGB of the paper; nil for none.
    public var background: SIMD3<UInt8>?
    /// In the order of their first edges.
    public var paths: [Path]
    /// What could not be drawn as it is, one sentence each.
    public var notes: [String] = []

    /// A drawing from its parts.
    public init(
        title: String = "", width: Int, height: Int, style: LineStyle = LineStyle(), background: SIMD3<UInt8>? = nil,
        paths: [Path] = []
    ) {
        self.title = title
        self.width = width
        self.height = height
        self.style = style
        self.background = background
        self.paths = paths
    }

    /// The paths of a class, visible or hidden, in the order in which they are drawn: hidden before visible, outlines last.
    var groups: [(isVisible: Bool, edge: EdgeClass, paths: [Path])] {
        let order: [EdgeClass] = [.hatch, .mesh, .seam, .intersection, .crease, .border, .section, .silhouette]
        return [false, true].flatMap { isVisible in
            isVisible || style.hiddenOpacity > 0
                ? order.compactMap { edge in
                    let own = paths.filter { $0.isVisible == isVisible && $0.edge == edge }
                    return own.isEmpty ? nil : (isVisible, edge, own)
                } : []
        }
    }
}

/// Numbers as vector files take them.
enum VectorNumber {
    /// With up to four decimals; the same on every machine.
    static func text(_ value: Double) -> String {
        let scaled = (value * 10000).rounded()
        guard abs(scaled) < 1e15 else { return "0" }
        let units = Int(scaled)
        let (whole, rest) = (abs(units) / 10000, abs(units) % 10000)
        let sign = units < 0 ? "-" : ""
        guard rest > 0 else { return sign + String(whole) }
        var digits = String(rest + 10000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
