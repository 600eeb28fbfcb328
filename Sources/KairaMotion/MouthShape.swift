/// Weights 0...1 of VRM's five vowel expressions, which together say how a mouth looks.
public struct MouthShape: Sendable, Hashable {
    /// [a].
    public var aa: Float
    /// [i].
    public var ih: Float
    /// [u].
    public var ou: Float
    /// [e].
    public var ee: Float
    /// [o].
    public var oh: Float

    /// A shape from its parts; a closed mouth without them.
    public init(aa: Float = 0, ih: Float = 0, ou: Float = 0, ee: Float = 0, oh: Float = 0) {
        (self.aa, self.ih, self.ou, self.ee, self.oh) = (aa, ih, ou, ee, oh)
    }

    /// VRM's names of the five, in the order of `weights`.
    public static let names = ["aa", "ih", "ou", "ee", "oh"]

    /// The five in the order of `names`.
    public var weights: [Float] { [aa, ih, ou, ee, oh] }

    /// The sum of the five: how far the mouth is open in all.
    public var openness: Float { aa + ih + ou + ee + oh }

    /// Each part times a factor.
    public static func * (a: MouthShape, factor: Float) -> MouthShape {
        MouthShape(aa: a.aa * factor, ih: a.ih * factor, ou: a.ou * factor, ee: a.ee * factor, oh: a.oh * factor)
    }

    /// The sum, part by part.
    public static func + (a: MouthShape, b: MouthShape) -> MouthShape {
        MouthShape(aa: a.aa + b.aa, ih: a.ih + b.ih, ou: a.ou + b.ou, ee: a.ee + b.ee, oh: a.oh + b.oh)
    }
}
