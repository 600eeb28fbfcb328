import Foundation
import KairaImage

/// Numbered pictures, `name-{frame:05d}.png`, or one picture where the name has no number.
public final class PictureSink: FrameSink {
    private let prefix: String
    private let suffix: String
    private let digits: Int?
    private let replaces: Bool
    private var pace: ConstantRate
    private var written: [String] = []
    private var isEnded = false

    /// A sink for a name with or without `{frame}` or `{frame:0Nd}`.
    ///
    /// - Throws: `MediaError.unsupported` for another kind of name, `cannotCreate` where the folder is missing.
    public init(pattern: String, rate: FrameRate, replaces: Bool) throws(MediaError) {
        guard Self.isPicture(pattern) else {
            throw .unsupported("\(pattern): a picture's name ends in .png or .jpg")
        }
        self.replaces = replaces
        pace = ConstantRate(rate)
        if let range = Self.number(in: pattern) {
            prefix = String(pattern[..<range.lowerBound])
            suffix = String(pattern[range.upperBound...])
            let format = pattern[range].dropFirst(6).dropLast()
            digits = format.isEmpty ? 0 : Int(format.dropFirst().filter(\.isNumber)) ?? 0
            let folder = URL(filePath: pattern).deletingLastPathComponent().path
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
            else { throw .cannotCreate(path: pattern, reason: "the folder \(folder) is not there: make it first") }
            if !replaces, FileManager.default.fileExists(atPath: name(of: 0)) { throw .outputExists(path: name(of: 0)) }
        } else {
            (prefix, suffix, digits) = (pattern, "", nil)
            _ = try OutputFile(pattern, replaces: replaces)
        }
    }

    /// Whether a name is that of a PNG or JPEG.
    public static func isPicture(_ path: String) -> Bool {
        ["png", "jpg", "jpeg"].contains(URL(filePath: path).pathExtension.lowercased())
    }

    /// Where a name holds the frame's number.
    public static func number(in pattern: String) -> Range<String.Index>? {
        pattern.range(of: #"\{frame(:0?[0-9]{1,2}d)?\}"#, options: .regularExpression)
    }

    private func name(of index: Int) -> String {
        guard let digits else { return prefix }
        let number = String(index)
        return prefix + String(repeating: "0", count: max(digits - number.count, 0)) + number + suffix
    }

    /// Takes one frame; without a number in the name the first is the picture.
    public func write(_ frame: Frame) throws(MediaError) {
        if digits == nil {
            if written.isEmpty { try save(frame.image, 0) }
        } else {
            try pace.push(frame) { (image, index) throws(MediaError) in try save(image, index) }
        }
    }

    private func save(_ image: Image, _ index: Int) throws(MediaError) {
        let path = name(of: index)
        let file = try OutputFile(path, replaces: replaces)
        let bytes: [UInt8]
        do {
            bytes = try path.lowercased().hasSuffix("png") ? PNGCodec.encode(image) : JPEGCodec.encode(image)
        } catch { throw .failed(path: path, reason: "\(error)") }
        do { try Data(bytes).write(to: URL(filePath: file.temporary)) } catch {
            file.discard()
            throw .failed(path: path, reason: "it could not be written: \(error.localizedDescription)")
        }
        try file.commit()
        written.append(path)
    }

    /// Writes the last frame.
    public func finish() throws(MediaError) {
        guard !isEnded else { return }
        isEnded = true
        if digits != nil { try pace.finish { (image, index) throws(MediaError) in try save(image, index) } }
    }

    /// Removes the pictures of this run.
    public func cancel() {
        guard !isEnded else { return }
        isEnded = true
        for path in written { try? FileManager.default.removeItem(atPath: path) }
    }
}
