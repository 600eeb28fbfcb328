/// A picture's size in pixels, written `1280x720`.
public struct PixelSize: Sendable, Hashable, CustomStringConvertible {
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size from its sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// A size from `WxH`, each side 1...16384; nil for anything else.
    public init?(_ text: String) {
        let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1], 1...16384 ~= width, 1...16384 ~= height
        else { return nil }
        self.init(width: width, height: height)
    }

    /// `WxH`.
    public var description: String { "\(width)x\(height)" }
}
