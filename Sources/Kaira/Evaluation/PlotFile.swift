import KairaImage

/// Writes the picture of an evaluation.
public struct PlotFile: Sendable {
    /// Where to: `.png`.
    public var path: String

    /// Checks the path before any work is done.
    ///
    /// - Parameters:
    ///   - path: ends in `.png`.
    ///   - replaces: whether a file that exists is replaced.
    /// - Throws: `KairaError.usage` for another kind, `.outputExists`, `.cannotCreate`.
    public init(path: String, replaces: Bool) throws(KairaError) {
        guard OutputPath.kind(path) == "png" else { throw .usage("\(path): a plot's name ends in .png") }
        try OutputPath.check(path, replaces: replaces)
        self.path = path
    }

    /// Writes a picture.
    ///
    /// - Throws: `ImageError`, `KairaError.writeFailed`.
    public func write(_ image: Image) throws { try OutputPath.write(try image.encoded(as: .png), to: path) }
}
