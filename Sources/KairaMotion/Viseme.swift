/// What a mouth shows of a sound: the fifteen classes that face-tracking kits share (Oculus/Meta "viseme reference").
///
/// The order is that of weights everywhere, the raw value the name in files.
public enum Viseme: String, Sendable, Hashable, CaseIterable {
    /// Silence: the mouth rests.
    case sil
    /// p, b, m: lips together.
    case pp = "PP"
    /// f, v: lower lip at the teeth.
    case ff = "FF"
    /// th: tongue at the teeth.
    case th = "TH"
    /// t, d: tongue behind the teeth.
    case dd = "DD"
    /// k, g.
    case kk
    /// tch, j, sh.
    case ch = "CH"
    /// s, z.
    case ss = "SS"
    /// n, l.
    case nn
    /// r.
    case rr = "RR"
    /// a as in father.
    case aa
    /// e as in bed.
    case e = "E"
    /// i as in see.
    case ih
    /// o as in law.
    case oh
    /// u as in boot.
    case ou

    /// How many there are.
    public static let count = 15

    /// Its place in weights.
    public var index: Int { Self.indices[self] ?? 0 }

    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// How the five vowel shapes of VRM show it: vowels by their own, consonants by a part of the vowel whose lips and jaw
    /// are nearest; silence and p, b, m by none.
    public var mouth: MouthShape {
        switch self {
        case .sil, .pp: MouthShape()
        case .ff: MouthShape(ih: 0.06)
        case .th: MouthShape(ih: 0.1, ee: 0.06)
        case .dd: MouthShape(aa: 0.06, ih: 0.12)
        case .kk: MouthShape(aa: 0.12, ih: 0.06)
        case .ch: MouthShape(ou: 0.2)
        case .ss: MouthShape(ih: 0.18)
        case .nn: MouthShape(aa: 0.06, ih: 0.1)
        case .rr: MouthShape(ou: 0.14, oh: 0.08)
        case .aa: MouthShape(aa: 1)
        case .e: MouthShape(ee: 1)
        case .ih: MouthShape(ih: 1)
        case .oh: MouthShape(oh: 1)
        case .ou: MouthShape(ou: 1)
        }
    }
}
