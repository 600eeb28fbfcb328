import Foundation
import KairaGeometry
import KairaImage

/// The mascot's colours, sRGB-encoded 0...1, and the small texture of gradients that most of its parts are painted with.
enum MascotPalette {
    static let crest: SIMD3<Float> = rgb(255, 176, 186)
    static let shine: SIMD3<Float> = rgb(255, 202, 206)
    static let flank: SIMD3<Float> = rgb(243, 132, 156)
    static let furrow: SIMD3<Float> = rgb(186, 66, 108)
    static let trunk: SIMD3<Float> = rgb(252, 170, 178)
    static let skin: SIMD3<Float> = rgb(255, 214, 204)
    static let blush: SIMD3<Float> = rgb(255, 138, 148)
    static let ink: SIMD3<Float> = rgb(74, 24, 60)

    /// A gradient of the ramp texture; the raw value is its row.
    enum Ramp: Int, CaseIterable {
        case flagellum, cerebellum, limb, glove, cuff, shoe, sole, ink, lid, mouth, tongue, teeth, bead, lace

        /// Stops from u = 0 to u = 1, evenly spaced.
        var stops: [SIMD3<Float>] {
            switch self {
            case .flagellum: [rgb(238, 112, 150), rgb(158, 92, 220), rgb(76, 128, 246), rgb(64, 206, 240)]
            case .cerebellum: [rgb(150, 50, 100), rgb(226, 108, 146), rgb(246, 146, 166)]
            case .limb: [rgb(244, 138, 158), rgb(255, 176, 184)]
            case .glove: [rgb(255, 250, 242), rgb(255, 246, 236)]
            case .cuff: [rgb(96, 104, 232), rgb(104, 120, 240)]
            case .shoe: [rgb(84, 92, 224), rgb(98, 118, 240)]
            case .sole: [rgb(255, 248, 238), rgb(255, 244, 230)]
            case .ink: [rgb(74, 24, 60), rgb(74, 24, 60)]
            case .lid: [rgb(250, 168, 178), rgb(255, 190, 190)]
            case .mouth: [rgb(96, 16, 48), rgb(168, 40, 76)]
            case .tongue: [rgb(240, 92, 118), rgb(255, 128, 140)]
            case .teeth: [rgb(255, 255, 255), rgb(250, 244, 246)]
            case .bead: [rgb(90, 236, 240), rgb(190, 255, 246)]
            case .lace: [rgb(120, 236, 244), rgb(150, 244, 250)]
            }
        }

        /// Texture coordinates of a place on the gradient, 0...1.
        func at(_ t: Float) -> SIMD2<Float> {
            SIMD2((0.5 + min(max(t, 0), 1) * 63) / 64, (Float(rawValue) * 4 + 2) / 64)
        }
    }

    /// The ramp texture: 64 x 64, four rows a gradient.
    static func rampTexture() -> Image {
        var image = Image(width: 64, height: 64, filledWith: [255, 255, 255, 255])
        for ramp in Ramp.allCases {
            let stops = ramp.stops
            for x in 0..<64 {
                let t = Float(x) / 63 * Float(stops.count - 1)
                let k = min(Int(t), stops.count - 2)
                let pixel = bytes(lerp(stops[k], stops[k + 1], t - Float(k)))
                for y in 0..<4 { image[x, ramp.rawValue * 4 + y] = pixel }
            }
        }
        return image
    }

    /// The light that runs along the flagella: dim, with one bright pulse that rises fast and fades; 128 x 4, repeats.
    static func pulseTexture() -> Image {
        var image = Image(width: 128, height: 4, filledWith: [0, 0, 0, 255])
        for x in 0..<128 {
            // The light moves to greater u: its front is on that side.
            let t = (Float(x) + 0.5) / 128
            let front = 1 - smoothstep(0.74, 0.80, t)
            let tail = smoothstep(0.22, 0.74, t)
            let glow = 0.16 + 0.84 * front * tail * tail
            let pixel = bytes(SIMD3(repeating: glow))
            for y in 0..<4 { image[x, y] = pixel }
        }
        return image
    }

    /// A colour from its bytes.
    static func rgb(_ r: Float, _ g: Float, _ b: Float) -> SIMD3<Float> { SIMD3(r, g, b) / 255 }

    /// An opaque pixel.
    static func bytes(_ c: SIMD3<Float>) -> SIMD4<UInt8> {
        let v = (c * 255).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255)).rounded(.toNearestOrEven)
        return SIMD4(UInt8(v.x), UInt8(v.y), UInt8(v.z), 255)
    }

    /// Linear light of an sRGB-encoded colour (IEC 61966-2-1).
    static func linear(_ c: SIMD3<Float>) -> SIMD3<Float> {
        func decode(_ v: Float) -> Float {
            v <= 0.04045 ? v / 12.92 : Float(pow(Double((v + 0.055) / 1.055), 2.4))
        }
        return SIMD3(decode(c.x), decode(c.y), decode(c.z))
    }
}
