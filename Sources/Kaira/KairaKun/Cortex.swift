import KairaGeometry
import KairaImage

/// The folded body: grows the folds, displaces the body with them, thins the mesh out and paints its texture.
struct Cortex {
    /// Directions from `MascotShape.center`, dense.
    let sphere: CubeSphere
    /// One a direction: the smooth surface.
    let base: [SIMD3<Float>]
    /// One a direction: 0 in a furrow's depth, 1 on a crest.
    let height: [Float]
    /// One a direction: the folded surface.
    let surface: [SIMD3<Float>]
    /// One a direction: its normals.
    let normals: [SIMD3<Float>]

    /// Metres from a furrow's bottom to a crest.
    static let depth: Float = 0.039
    /// Metres from crest to crest.
    static let wavelength: Float = 0.102

    /// Grows the folds.
    init() {
        sphere = CubeSphere(side: 96)
        base = sphere.directions.map(Self.project)
        // The pattern needs six cells a wave, the relief twice as many.
        let coarse = CubeSphere(side: 44)
        let places = coarse.directions.map(Self.project)
        let fixed = places.map(Self.isFurrow)
        let pattern = FoldPattern(
            positions: places, indices: coarse.indices, wavelength: Self.wavelength,
            target: places.map { _ in -1 }, hold: fixed.map { $0 ? 1 : 0 }, seed: 7
        ).grow()
        var fine = sphere.directions.map { coarse.sample(pattern, at: $0) }
        // Bilinear samples have creases along the coarse cells: smooth them out.
        for _ in 0..<2 { fine = Self.smoothed(fine, indices: sphere.indices) }
        let base = base
        height = fine.indices.map { i in
            let p = base[i]
            var h = max(0, (1 + fine[i] * 1.04) / 2).squareRoot()
            h *= 1 - MascotShape.fissure(p, width: 0.03)
            h *= 1 - 0.9 * MascotShape.sylvian(p, width: 0.026)
            return min(h, 1)
        }
        var raised: [SIMD3<Float>] = []
        for i in base.indices {
            let p = base[i]
            let face = Self.face(p)
            let trunk = MascotShape.trunk(p)
            var level = Self.depth * (height[i] - 0.55)
            level -= 0.035 * MascotShape.fissure(p, width: 0.045) + 0.012 * MascotShape.sylvian(p, width: 0.04)
            level = lerp(level, -0.006, trunk)
            level = lerp(level, MascotShape.faceLevel, face)
            var q = p + MascotShape.normal(p) * level
            if sphere.directions[i].x == 0 { q.x = 0 }
            raised.append(q)
        }
        surface = raised
        normals = BodyPart.normals(of: raised, indices: sphere.indices)
    }

    /// 1 on the face's smooth skin, 0 on the folds.
    static func face(_ p: SIMD3<Float>) -> Float { 1 - smoothstep(0.90, 1.10, MascotShape.faceField(p)) }

    private static func isFurrow(_ p: SIMD3<Float>) -> Bool {
        MascotShape.faceField(p) < 1.10 || MascotShape.trunk(p) > 0.4 || MascotShape.sylvian(p, width: 0.02) > 0.1
    }

    /// The smooth surface in a direction, by bisection.
    private static func project(_ d: SIMD3<Float>) -> SIMD3<Float> {
        var (near, far): (Float, Float) = (0.05, 0.9)
        for _ in 0..<22 {
            let r = (near + far) / 2
            if MascotShape.body(MascotShape.center + d * r) < 0 { near = r } else { far = r }
        }
        return MascotShape.center + d * ((near + far) / 2)
    }

    private static func smoothed(_ values: [Float], indices: [UInt32]) -> [Float] {
        var sums = values
        var counts = [Float](repeating: 1, count: values.count)
        for t in stride(from: 0, to: indices.count, by: 3) {
            let v = [Int(indices[t]), Int(indices[t + 1]), Int(indices[t + 2])]
            for k in 0..<3 {
                sums[v[k]] += values[v[(k + 1) % 3]] * 0.5
                counts[v[k]] += 0.5
            }
        }
        return sums.indices.map { sums[$0] / counts[$0] }
    }

    /// The body with few triangles, most of them in the folds.
    func mesh(triangles: Int, influence: (SIMD3<Float>) -> Influence) -> BodyPart {
        let thin = MeshSimplifier(
            positions: surface, indices: sphere.indices, onSeam: sphere.directions.map { $0.x == 0 },
            importance: base.map { p in MascotShape.trunk(p) > 0.5 ? 0.5 : 1 }
        ).simplified(to: triangles)
        var part = BodyPart()
        // A vertex of the seam has two texture coordinates, one a hemisphere.
        var copies: [Int: UInt32] = [:]
        for t in stride(from: 0, to: thin.indices.count, by: 3) {
            let v = (0..<3).map { Int(thin.indices[t + $0]) }
            let middle = v.reduce(Float(0)) { $0 + thin.positions[$1].x }
            for i in v {
                let key = i * 2 + (middle > 0 ? 1 : 0)
                if let copy = copies[key] {
                    part.indices.append(copy)
                    continue
                }
                let p = thin.positions[i]
                let d = direction(p - MascotShape.center, else: [0, 1, 0])
                let normal = direction(sphere.sample(normals, at: d), else: d)
                let vertex = part.add(
                    p, normal: normal, uv: Self.texCoord(d, left: middle > 0), influence: influence(p))
                copies[key] = vertex
                part.indices.append(vertex)
            }
        }
        return part
    }

    // MARK: Texture

    /// The radius of a hemisphere's disc in the texture, in texture coordinates of its own half.
    private static let discRadius: Float = 0.485

    /// Lambert's equal-area projection from the side: one disc a hemisphere, the left (+X) one first.
    static func texCoord(_ d: SIMD3<Float>, left: Bool) -> SIMD2<Float> {
        let side = max(left ? d.x : -d.x, -0.2)
        let k = (1 / (1 + side)).squareRoot() * discRadius
        let u = 0.5 + (left ? -d.z : d.z) * k
        return SIMD2((left ? 0 : 0.5) + u / 2, 0.5 - d.y * k)
    }

    /// The inverse of `texCoord`, a little beyond the disc's border too; nil in the corners.
    static func ray(at uv: SIMD2<Float>) -> SIMD3<Float>? {
        let left = uv.x < 0.5
        let y = (0.5 - uv.y) / discRadius
        let h = ((left ? uv.x * 2 : uv.x * 2 - 1) - 0.5) / discRadius
        let r2 = y * y + h * h
        guard r2 < 1.12 else { return nil }
        let x = 1 - r2
        let k = (2 - r2).squareRoot()
        return normalize(SIMD3(left ? x : -x, y * k, (left ? -h : h) * k))
    }

    /// Paints the base colour.
    func texture(size: Int) -> Image {
        var image = Image(width: size, height: size)
        let corner = MascotPalette.crest
        for y in 0..<size {
            for x in 0..<size {
                let uv = SIMD2((Float(x) + 0.5) / Float(size), (Float(y) + 0.5) / Float(size))
                guard let d = Self.ray(at: uv) else {
                    image[x, y] = MascotPalette.bytes(corner)
                    continue
                }
                image[x, y] = MascotPalette.bytes(color(at: d))
            }
        }
        return image
    }

    private func color(at d: SIMD3<Float>) -> SIMD3<Float> {
        let (i, w) = sphere.cell(at: d)
        var h: Float = 0
        var p = SIMD3<Float>.zero
        for k in 0..<4 {
            h += height[Int(i[k])] * w[k]
            p += base[Int(i[k])] * w[k]
        }
        var c = lerp(MascotPalette.furrow, MascotPalette.flank, smoothstep(0.10, 0.50, h))
        c = lerp(c, MascotPalette.crest, smoothstep(0.45, 0.92, h))
        c = lerp(c, MascotPalette.shine, 0.7 * smoothstep(0.88, 1.0, h) * smoothstep(0.80, 1.10, p.y))
        c = lerp(c, MascotPalette.furrow, 0.9 * MascotShape.fissure(p, width: 0.035))
        // Deeper towards the underside, so that the body stands on its colour.
        c = lerp(c, lerp(c, MascotPalette.flank, 0.5), 1 - smoothstep(0.66, 0.86, p.y))
        c = lerp(c, lerp(MascotPalette.trunk, MascotPalette.flank, smoothstep(0.6, 0.46, p.y)), MascotShape.trunk(p))
        var skin = MascotPalette.skin
        for s: Float in [-1, 1] {
            let q = SIMD2((p.x - s * 0.222) / 0.062, (p.y - 0.838) / 0.042)
            skin = lerp(skin, MascotPalette.blush, 0.85 * (1 - smoothstep(0.15, 1.15, length(q))))
        }
        // A soft shadow where the folds overhang the face.
        let field = MascotShape.faceField(p)
        skin = lerp(skin, MascotPalette.flank, 0.75 * smoothstep(0.72, 1.02, field))
        return lerp(c, skin, 1 - smoothstep(0.96, 1.06, field))
    }
}
