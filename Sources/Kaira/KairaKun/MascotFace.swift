import KairaGeometry
import KairaImage
import KairaMotion

/// The mascot's face: eyes that turn, lids, brows and a mouth, all as pieces that lie on the body's smooth patch.
///
/// Lids and mouth change by linear morphs. A lid waits inside the eyeball, deeper towards its lower edge, and is pushed
/// out: where it has come through the ball's surface it covers it, so that its edge sweeps over the eye as the weight grows.
struct MascotFace {
    /// The joints.
    let rig: MascotRig
    /// How finely it is cut.
    let detail: MascotDetail

    // MARK: Where things are

    /// Half axes of an eyeball, metres: upright ovals, which turn to the side without changing.
    static let eyeRadii: SIMD3<Float> = [0.100, 0.119, 0.100]
    /// Where the left eye looks out of the face, x and y.
    static let eyePlace: SIMD2<Float> = [0.127, 0.945]
    /// How deep the eyeball's centre lies below the skin.
    static let eyeDepth: Float = 0.062
    /// Where the mouth's middle is, y.
    static let mouthHeight: Float = 0.818

    /// The skin's surface in front of a place.
    static func skin(_ x: Float, _ y: Float) -> SIMD3<Float> {
        MascotShape.front(x, y, raised: MascotShape.faceLevel)
    }

    /// The left eye: its centre and the direction that its opening faces.
    static func eye() -> (center: SIMD3<Float>, facing: SIMD3<Float>) {
        let p = skin(eyePlace.x, eyePlace.y)
        let n = MascotShape.normal(p)
        let facing = normalize(SIMD3(n.x * 0.75, n.y * 0.3, n.z))
        return (p - facing * eyeDepth, facing)
    }

    private var head: Influence { Influence(rig[.head]) }

    // MARK: Eyes

    /// Both eyeballs; texture coordinates are those of `eyeTexture`, the white included.
    func eyes() -> BodyPart {
        var part = BodyPart()
        for side: Float in [1, -1] { part.append(eyeball(side)) }
        return part
    }

    /// How far the resting gaze turns outwards, as the sine of the angle.
    private static let rest: Float = 0.10

    private func eyeball(_ side: Float) -> BodyPart {
        let (leftCenter, _) = Self.eye()
        let center = leftCenter * SIMD3(side, 1, 1)
        let joint = Influence(rig[side > 0 ? .leftEye : .rightEye])
        // The pole looks along the resting gaze.
        let pole = normalize(SIMD3<Float>(side * Self.rest, 0, 1))
        let right = normalize(cross(SIMD3<Float>(0, 1, 0), pole))
        let up = cross(pole, right)
        let (rings, sides) = (detail.steps(9), detail.sides(26))
        var part = BodyPart()
        func vertex(_ polar: Float, _ turn: Float) {
            let s = Turn.sine(polar)
            let local = SIMD2(Turn.cosine(turn), Turn.sine(turn)) * s
            let d = pole * Turn.cosine(polar) + right * local.x + up * local.y
            part.add(
                center + d * Self.eyeRadii, normal: normalize(d / Self.eyeRadii),
                uv: SIMD2(0.5 + local.x * 0.5, 0.5 - local.y * 0.5), influence: joint)
        }
        vertex(0, 0)
        for r in 1...rings {
            for s in 0..<sides {
                vertex(r == rings ? 0.30 : Float(r) / Float(rings - 1) * 0.20, Float(s) / Float(sides))
            }
        }
        // The unseen back closes in one point.
        part.add(
            center - pole * Self.eyeRadii, normal: -pole, uv: SIMD2(0.01, 0.5), influence: joint)
        let n = UInt32(sides)
        for s in 0..<n {
            part.indices += [0, 1 + s, 1 + (s + 1) % n]
            for r in 0..<UInt32(rings - 1) {
                let (a, b) = (1 + r * n + s, 1 + r * n + (s + 1) % n)
                part.indices += [a, a + n, b + n, a, b + n, b]
            }
            let (a, b) = (1 + UInt32(rings - 1) * n + s, 1 + UInt32(rings - 1) * n + (s + 1) % n)
            part.indices += [a, UInt32(part.positions.count - 1), b]
        }
        // Surprise makes the eyes larger.
        part.morphs["wide"] = part.positions.map { Self.widened($0, center: center) }
        // Looks for programs that turn no eye bones: the ball turned about its centre.
        for (name, axis, turn) in [
            ("lookUp", SIMD3<Float>(1, 0, 0), Float(-0.030)), ("lookDown", [1, 0, 0], 0.030),
            ("lookLeft", [0, 1, 0], 0.040), ("lookRight", [0, 1, 0], -0.040),
        ] {
            part.morphs[name] = part.positions.map { p in
                center + Turn.rotate((p - center) / Self.eyeRadii, about: axis, by: turn) * Self.eyeRadii - p
            }
        }
        return part
    }

    /// How a place of a surprised eye moves.
    private static func widened(_ p: SIMD3<Float>, center: SIMD3<Float>) -> SIMD3<Float> {
        (p - center) * 0.10 + [0, 0, 0.005]
    }

    /// The eyes' texture: white, iris, pupil and lights, seen along the gaze.
    static func eyeTexture(size: Int) -> Image {
        var image = Image(width: size, height: size)
        for y in 0..<size {
            for x in 0..<size {
                // Four samples a pixel: its edges are seen large.
                var sum = SIMD3<Float>.zero
                for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] as [(Float, Float)] {
                    let u = ((Float(x) + dx) / Float(size) - 0.5) * 2
                    let v = (0.5 - (Float(y) + dy) / Float(size)) * 2
                    sum += eyeColor(u, v)
                }
                image[x, y] = MascotPalette.bytes(sum / 4)
            }
        }
        return image
    }

    /// The colour at a place of the eye's front, -1...1 to the right and up.
    private static func eyeColor(_ u: Float, _ v: Float) -> SIMD3<Float> {
        let rgb = MascotPalette.rgb
        func cover(_ center: SIMD2<Float>, _ radii: SIMD2<Float>, soft: Float = 0.02) -> Float {
            1 - smoothstep(1 - soft, 1 + soft, length((SIMD2(u, v) - center) / radii))
        }
        // The lid's shadow on the white.
        var c = lerp(rgb(255, 255, 255), rgb(206, 206, 236), smoothstep(0.18, 0.62, v))
        let iris: SIMD2<Float> = [0, 0.0]
        let size: SIMD2<Float> = [0.56, 0.56]
        c = lerp(c, rgb(38, 20, 74), cover(iris, size))
        // From dark above to glowing below.
        let t = smoothstep(0.30, -0.42, v)
        let glow = lerp(
            lerp(rgb(52, 40, 132), rgb(48, 110, 226), smoothstep(0, 0.55, t)), rgb(96, 232, 244),
            smoothstep(0.5, 1, t))
        c = lerp(c, glow, cover(iris, size * 0.86, soft: 0.05))
        c = lerp(c, rgb(24, 12, 52), cover(iris + [0, 0.03], size * 0.52, soft: 0.06))
        c = lerp(c, rgb(176, 255, 250), 0.75 * cover(iris + [0, -0.335], [0.24, 0.095], soft: 0.35))
        c = lerp(c, rgb(255, 255, 255), cover(iris + [-0.19, 0.235], [0.18, 0.19], soft: 0.05))
        c = lerp(c, rgb(255, 255, 255), 0.95 * cover(iris + [0.225, -0.155], [0.085, 0.09], soft: 0.1))
        return c
    }

    // MARK: Lids

    /// The half-angle of the lid's cap, in turns: a little more than what of the ball is seen.
    private static let capAngle: Float = 0.178
    /// How far a shut lid stands out of the ball, metres.
    private static let lidHeight: Float = 0.0065

    /// Upper and lower lids, and the line of a shut eye, of both eyes.
    func lids() -> (skin: BodyPart, line: BodyPart) {
        var skin = BodyPart()
        var line = BodyPart()
        for side: Float in [1, -1] {
            let eye = EyeFrame(side: side)
            skin.append(lid(eye, upper: true))
            skin.append(lid(eye, upper: false))
            line.append(edgeLine(eye, upper: true))
            line.append(edgeLine(eye, upper: false))
        }
        return (skin, line)
    }

    /// An eye's own axes: out of the face, towards the temple, up.
    private struct EyeFrame {
        let side: Float
        let center, out, temple, up: SIMD3<Float>

        init(side: Float) {
            self.side = side
            let (c, f) = MascotFace.eye()
            center = c * SIMD3(side, 1, 1)
            out = f * SIMD3(side, 1, 1)
            temple = normalize(cross(SIMD3<Float>(0, side, 0), out))
            up = normalize(cross(out, temple) * side)
        }

        /// A direction of the cap; x towards the temple and y up, -1...1 within the cap.
        func ray(_ x: Float, _ y: Float) -> SIMD3<Float> {
            let sine = Turn.sine(MascotFace.capAngle)
            let (a, b) = (x * sine, y * sine)
            return out * max(0, 1 - a * a - b * b).squareRoot() + temple * a + up * b
        }

        /// The ball's surface in a direction.
        func ball(_ d: SIMD3<Float>) -> SIMD3<Float> { center + d * MascotFace.eyeRadii }
        func normal(_ d: SIMD3<Float>) -> SIMD3<Float> { normalize(d / MascotFace.eyeRadii) }
    }

    /// Where a column of the lower lid ends: x at -1...1 across, and y at its foot and at its edge, within the cap.
    private static func lowerColumn(_ a: Float) -> (x: Float, foot: Float, edge: Float) {
        let edge = lidEdges.first { !$0.upper }?.edge ?? { _ in 0 }
        // Where the edge leaves the cap, by bisection.
        var (near, far): (Float, Float) = (0, 1)
        for _ in 0..<22 {
            let x = (near + far) / 2, y = edge(x)
            if x * x + y * y < 1 { near = x } else { far = x }
        }
        let x = a * near
        return (x, -max(1 - x * x, 0).squareRoot(), edge(x))
    }

    private func lid(_ eye: EyeFrame, upper: Bool) -> BodyPart {
        let n = detail == .low ? (upper ? 8 : 5) : detail.steps(upper ? 12 : 8)
        var part = BodyPart()
        var covers: [String: [Float]] = [:]
        var depths: [Float] = []
        var heights: [Float] = []
        let edges = Self.lidEdges.filter { $0.upper == upper }
        for j in 0..<n {
            for i in 0..<n {
                let (a, b) = (Float(i) / Float(n - 1) * 2 - 1, Float(j) / Float(n - 1) * 2 - 1)
                var (x, y): (Float, Float)
                if upper {
                    // A square onto a disc (Shirley and Chiu would need angles; this elliptical map does not).
                    (x, y) = (a * (1 - b * b / 2).squareRoot(), b * (1 - a * a / 2).squareRoot())
                } else {
                    // The lower lid has one shape only: its last row is its edge, which then is smooth.
                    let column = Self.lowerColumn(a)
                    (x, y) = (column.x, lerp(column.foot, column.edge, (b + 1) / 2))
                }
                let d = eye.ray(x, y)
                // The weight at which this place has come out: along the way from the waiting edge to the other.
                let way = upper ? (0.80 - y) / 1.60 : (y + 0.80) / 1.60
                let t = lerp(0.30, 0.90, min(max(way, 0), 1))
                let depth = Self.lidHeight * t / (1 - t)
                depths.append(depth)
                // Flat at the rim, so that the line round the eye's opening stays in sight.
                heights.append(lerp(Self.lidHeight, 0.0018, smoothstep(0.74, 0.88, length(SIMD2(x, y)))))
                let normal = eye.normal(d)
                part.add(
                    eye.ball(d) - normal * depth, normal: normal,
                    uv: MascotPalette.Ramp.lid.at(upper ? 0.5 - 0.5 * y : 0.8), influence: head)
                for (name, _, edge) in edges {
                    if name == "blink" {
                        covers[eye.side > 0 ? "blinkLeft" : "blinkRight", default: []].append(1)
                    } else {
                        covers[name, default: []].append(upper ? smoothstep(-0.13, 0.13, y - edge(x)) : 1)
                    }
                }
            }
        }
        for j in 0..<n - 1 {
            for i in 0..<n - 1 {
                let (a, b) = (UInt32(j * n + i), UInt32(j * n + i + 1))
                let (c, d) = (b + UInt32(n), a + UInt32(n))
                // Towards the temple is +x on the left side, -x on the right one.
                part.indices += eye.side > 0 ? [a, b, c, a, c, d] : [a, c, b, a, d, c]
            }
        }
        for (name, cover) in covers {
            part.morphs[name] = cover.indices.map { k in
                part.normals[k] * (cover[k] * (depths[k] + heights[k]))
            }
        }
        return part
    }

    /// Where a lid's edge is at weight 1: y of the cap at x, and whether the upper lid ends there.
    private static let lidEdges: [(name: String, upper: Bool, edge: @Sendable (Float) -> Float)] = [
        ("blink", true, { x in -0.44 + 0.42 * x * x }),
        ("lidAngry", true, { x in 0.26 + 0.46 * x - 0.10 * x * x }),
        ("lidSad", true, { x in 0.44 - 0.36 * x - 0.14 * x * x }),
        ("lidRelaxed", true, { x in 0.16 - 0.10 * x * x }),
        ("lidHappy", false, { x in -0.16 - 0.30 * x * x }),
    ]

    /// The dark line along a lid's edge: it waits inside the ball and comes out where the lid ends.
    private func edgeLine(_ eye: EyeFrame, upper: Bool) -> BodyPart {
        let steps = detail.steps(12)
        let depth: Float = 0.030
        func rays(_ edge: (Float) -> Float) -> [SIMD3<Float>] {
            // As wide as the opening at that height.
            func reach(_ sign: Float) -> Float {
                var (near, far): (Float, Float) = (0, 1)
                for _ in 0..<16 {
                    let x = (near + far) / 2, y = edge(x * sign)
                    if x * x + y * y < 0.80 { near = x } else { far = x }
                }
                return near * sign
            }
            let (a, b) = (reach(-1), reach(1))
            return (0...steps).map { i in
                let x = lerp(a, b, Float(i) / Float(steps))
                return eye.ray(x, edge(x))
            }
        }
        let edges = Self.lidEdges.filter { $0.upper == upper }
        let radii = (0...steps).map { i -> Float in
            let x = Float(i) / Float(steps) * 2 - 1
            return 0.0028 + 0.0034 * (1 - x * x)
        }
        func tube(_ rays: [SIMD3<Float>], raised: Float) -> BodyPart {
            TubeSweep(
                path: rays.map { eye.ball($0) + eye.normal($0) * raised }, radii: radii, sides: detail.sides(6),
                capRings: 1,
                up: eye.out
            ).build(uv: { _ in MascotPalette.Ramp.ink.at(0.5) }, influence: { _ in head })
        }
        var part = tube(rays(edges[0].edge), raised: -depth)
        for (name, _, edge) in edges {
            let out = tube(rays(edge), raised: Self.lidHeight + 0.0005)
            let morph = name == "blink" ? (eye.side > 0 ? "blinkLeft" : "blinkRight") : name
            part.morphs[morph] = part.positions.indices.map { out.positions[$0] - part.positions[$0] }
        }
        return part
    }

    /// The dark line round each eye's opening, thick above like lashes.
    func eyeLines() -> BodyPart {
        var part = BodyPart()
        for side: Float in [1, -1] {
            let eye = EyeFrame(side: side)
            let count = detail.sides(32)
            var path: [SIMD3<Float>] = []
            var widened: [SIMD3<Float>] = []
            var radii: [Float] = []
            for i in 0..<count {
                let turn = Float(i) / Float(count)
                let (c, s) = (Turn.cosine(turn), Turn.sine(turn))
                /// Where the ball, once it has been changed, meets the skin, by bisection of the angle from the eye's axis.
                func border(_ change: (SIMD3<Float>) -> SIMD3<Float>) -> SIMD3<Float> {
                    func place(_ a: Float) -> SIMD3<Float> {
                        let d = eye.out * Turn.cosine(a) + (eye.temple * c + eye.up * s) * Turn.sine(a)
                        return change(eye.ball(d))
                    }
                    var (near, far): (Float, Float) = (0.02, 0.25)
                    for _ in 0..<22 {
                        let a = (near + far) / 2
                        if MascotShape.body(place(a)) > MascotShape.faceLevel { near = a } else { far = a }
                    }
                    return place((near + far) / 2) + eye.out * 0.001
                }
                path.append(border { $0 })
                widened.append(border { $0 + Self.widened($0, center: eye.center) })
                // Thick above and towards the temple.
                let lash = smoothstep(-0.15, 0.75, s * 0.92 + c * 0.38)
                radii.append(0.0034 + 0.0062 * lash)
            }
            var line = loop(
                path, radii: radii, sides: detail.sides(5), ramp: .ink,
                normals: path.map { normalize(($0 - eye.center) + eye.out * 0.05) }, influence: head)
            // The line goes with the border of the larger ball.
            let sides = line.positions.count / count
            line.morphs["wide"] = line.positions.indices.map { widened[$0 / sides] - path[$0 / sides] }
            part.append(line)
        }
        return part
    }

    // MARK: Brows

    /// Both brows, standing off the forehead, with their morphs.
    func brows() -> BodyPart {
        var part = BodyPart()
        for side: Float in [1, -1] { part.append(brow(side)) }
        return part
    }

    private func brow(_ side: Float) -> BodyPart {
        let steps = detail.steps(8)
        func path(_ inner: SIMD2<Float>, _ middle: SIMD2<Float>, _ outer: SIMD2<Float>) -> [SIMD3<Float>] {
            (0...steps).map { i in
                let t = Float(i) / Float(steps)
                let q = inner * ((1 - t) * (1 - t)) + middle * (2 * t * (1 - t)) + outer * (t * t)
                let p = MascotShape.front(q.x, q.y, raised: 0.018)
                return p * SIMD3(side, 1, 1)
            }
        }
        let shapes: [(name: String, path: [SIMD3<Float>])] = [
            ("", path([0.072, 1.083], [0.135, 1.118], [0.198, 1.072])),
            ("browUp", path([0.068, 1.122], [0.135, 1.172], [0.205, 1.112])),
            ("browAngry", path([0.058, 1.038], [0.135, 1.082], [0.205, 1.102])),
            ("browSad", path([0.066, 1.114], [0.130, 1.100], [0.196, 1.044])),
            ("browHappy", path([0.070, 1.100], [0.135, 1.150], [0.200, 1.088])),
        ]
        let radii = (0...steps).map { i -> Float in
            let t = Float(i) / Float(steps)
            return 0.0145 - 0.0075 * t
        }
        var part = BodyPart()
        for shape in shapes {
            let tube = TubeSweep(
                path: shape.path, radii: radii, sides: detail.sides(8), startBulge: 1, endBulge: 1, capRings: 1,
                up: [0, 0, 1],
                aspect: [0.75, 1]
            ).build(uv: { _ in MascotPalette.Ramp.ink.at(0.5) }, influence: { _ in head })
            if shape.name.isEmpty {
                part = tube
            } else {
                part.morphs[shape.name] = tube.positions.indices.map { tube.positions[$0] - part.positions[$0] }
            }
        }
        return part
    }

    // MARK: Mouth

    /// A mouth's outline: half width, how far the lips are above and below the middle line, how the corners are drawn up,
    /// and how square it is.
    struct MouthShape {
        var width: Float
        var up: Float
        var down: Float
        var smile: Float
        var square: Float = 0.3
        var lift: Float = 0

        /// The middle line, upper and lower lip at -1...1 across.
        func lips(_ t: Float) -> (upper: SIMD2<Float>, lower: SIMD2<Float>) {
            let parabola = max(1 - t * t, 0)
            let arch = lerp(parabola, parabola.squareRoot(), square)
            let y = MascotFace.mouthHeight + lift + smile * (t * t - 0.35)
            let x = t * width
            return ([x, y + up * arch], [x, y - down * arch])
        }
    }

    /// The resting mouth and the morphs' mouths at weight 1.
    static let mouths: [(name: String, shape: MouthShape)] = [
        ("", MouthShape(width: 0.066, up: 0.0005, down: 0.0015, smile: 0.024)),
        ("aa", MouthShape(width: 0.066, up: 0.020, down: 0.062, smile: 0.006, square: 0.75)),
        ("ih", MouthShape(width: 0.084, up: 0.010, down: 0.020, smile: 0.014, square: 0.85)),
        ("ou", MouthShape(width: 0.027, up: 0.018, down: 0.022, smile: 0, square: 1, lift: -0.004)),
        ("ee", MouthShape(width: 0.078, up: 0.012, down: 0.038, smile: 0.012, square: 0.8)),
        ("oh", MouthShape(width: 0.042, up: 0.030, down: 0.044, smile: 0, square: 1, lift: -0.004)),
        // No expression: where the cage ties the mouth's vertices, wide open, the line without thickness, so that it is
        // carried along without being stretched.
        ("cage", MouthShape(width: 0.074, up: 0.021, down: 0.027, smile: 0.002, square: 0.6)),
        ("closed", MouthShape(width: 0.060, up: 0.0003, down: 0.0006, smile: 0.017, lift: -0.002)),
        ("mouthHappy", MouthShape(width: 0.088, up: 0.004, down: 0.066, smile: 0.034, square: 0.55, lift: 0.006)),
        ("mouthAngry", MouthShape(width: 0.060, up: 0.010, down: 0.012, smile: -0.030, square: 0.8, lift: -0.012)),
        ("mouthSad", MouthShape(width: 0.048, up: 0.0005, down: 0.0015, smile: -0.026, lift: -0.016)),
        ("mouthRelaxed", MouthShape(width: 0.074, up: 0.0005, down: 0.003, smile: 0.034)),
        ("mouthSurprised", MouthShape(width: 0.038, up: 0.034, down: 0.052, smile: 0, square: 1, lift: -0.008)),
    ]

    /// The mouth: its line, and inside it the dark, the teeth and the tongue.
    func mouth() -> BodyPart {
        var part = mouth(Self.mouths[0].shape)
        for (name, shape) in Self.mouths.dropFirst() {
            let open = mouth(shape, line: name == "cage" ? 0 : 0.0046)
            part.morphs[name] = part.positions.indices.map { open.positions[$0] - part.positions[$0] }
        }
        return part
    }

    private func mouth(_ shape: MouthShape, line radius: Float = 0.0046) -> BodyPart {
        var part = BodyPart()
        let jaw = rig[.jaw]
        let columns = detail.steps(18)
        func place(_ q: SIMD2<Float>, raised: Float) -> SIMD3<Float> {
            let p = Self.skin(q.x, q.y)
            return p + MascotShape.normal(p) * raised
        }
        /// The jaw moves the lower lip, least at the corners.
        func influence(_ t: Float, below: Float) -> Influence {
            let w = below * max(1 - t * t, 0)
            return Influence([(jaw, w), (rig[.head], 1 - w)])
        }
        /// A sheet between two lines across the mouth.
        func sheet(
            rows: Int, raised: Float, ramp: MascotPalette.Ramp, from: Float, to: Float,
            _ line: (Float, Float) -> SIMD2<Float>
        ) {
            let base = UInt32(part.positions.count)
            for r in 0...rows {
                let v = Float(r) / Float(rows)
                for c in 0...columns {
                    // Denser at the corners, where round lips turn.
                    let t = -Turn.cosine(Float(c) / Float(columns) / 2)
                    let p = place(line(t, v), raised: raised)
                    part.add(
                        p, normal: MascotShape.normal(p), uv: ramp.at(v),
                        influence: influence(t, below: lerp(from, to, v)))
                }
            }
            let n = UInt32(columns + 1)
            for r in 0..<UInt32(rows) {
                for c in 0..<UInt32(columns) {
                    let a = base + r * n + c
                    part.indices += [a, a + n, a + n + 1, a, a + n + 1, a + 1]
                }
            }
        }
        // Far enough before the face that its curve does not break through where the cage's cells carry the mouth straight.
        sheet(rows: 4, raised: 0.0062, ramp: .mouth, from: 0, to: 1) { t, v in
            let (upper, lower) = shape.lips(t)
            return lerp(upper, lower, v)
        }
        // The tongue fills the lower part; narrower than the mouth, its back an arch.
        sheet(rows: 3, raised: 0.0080, ramp: .tongue, from: 0.5, to: 1) { t, v in
            let s = t * 0.80
            let (upper, lower) = shape.lips(s)
            let fill = 0.46 * max(1 - t * t, 0).squareRoot()
            return lerp(lower, upper, fill * (1 - v))
        }
        // The teeth: a strip along the upper lip, of one height where the mouth is wide open.
        sheet(rows: 2, raised: 0.0092, ramp: .teeth, from: 0, to: 0) { t, v in
            let s = t * 0.86
            let (upper, lower) = shape.lips(s)
            let gap = upper.y - lower.y
            let height = min(0.34 * gap, 0.016) * smoothstep(0.012, 0.035, shape.up + shape.down)
            return [upper.x, upper.y - height * v]
        }
        // The line round it all.
        var path: [SIMD3<Float>] = []
        var belows: [(Float, Float)] = []
        let half = detail.steps(20)
        let round = detail.sides(6)
        for i in 0..<half * 2 {
            let upper = i <= half
            let k = upper ? Float(i) / Float(half) : 2 - Float(i) / Float(half)
            // Denser at the corners, where the line turns.
            let t = -Turn.cosine(k / 2)
            let lips = shape.lips(t)
            path.append(place(upper ? lips.upper : lips.lower, raised: 0.0068))
            belows.append((t, upper ? 0 : 1))
        }
        let normals = path.map { MascotShape.normal($0) }
        var line = loop(
            path, radii: path.map { _ in radius }, sides: round, ramp: .ink, normals: normals, influence: head)
        for i in 0..<line.positions.count {
            let (t, below) = belows[i / round]
            let moved = influence(t, below: below)
            line.joints[i] = moved.joints
            line.weights[i] = moved.weights
        }
        part.append(line)
        return part
    }

    /// A closed ring of tube along a closed path that lies on a surface with the given normals.
    private func loop(
        _ path: [SIMD3<Float>], radii: [Float], sides: Int, ramp: MascotPalette.Ramp, normals: [SIMD3<Float>],
        influence: Influence
    ) -> BodyPart {
        var part = BodyPart()
        let count = path.count
        for i in 0..<count {
            let tangent = direction(path[(i + 1) % count] - path[(i + count - 1) % count], else: [1, 0, 0])
            let side = direction(cross(tangent, normals[i]), else: [0, 1, 0])
            let out = cross(side, tangent)
            for s in 0..<sides {
                let a = Float(s) / Float(sides)
                let n = out * Turn.cosine(a) + side * Turn.sine(a)
                part.add(path[i] + n * radii[i], normal: n, uv: ramp.at(0.5), influence: influence)
            }
        }
        let n = UInt32(sides)
        for i in 0..<UInt32(count) {
            let next = (i + 1) % UInt32(count)
            for s in 0..<n {
                let (a, b) = (i * n + s, i * n + (s + 1) % n)
                let (c, d) = (next * n + s, next * n + (s + 1) % n)
                part.indices += [a, b, d, a, d, c]
            }
        }
        return part
    }
}
