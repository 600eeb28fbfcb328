import Foundation
import KairaImage

/// The PNG and JPEG files of a folder, in natural order (`a2` before `a10`), as a video.
///
/// Pictures keep their own sizes unless the options set one. `@unchecked Sendable`: used by one thread at a time.
public final class FolderSource: FrameSource, @unchecked Sendable {
    /// What is known of the input; sizes are those of the first picture.
    public let information: MediaInformation
    /// The first picture that could not be read, if any.
    public private(set) var damage: MediaError?
    private var paths: ArraySlice<String>
    private var index = 0
    private let options: SourceOptions

    /// Lists a folder.
    ///
    /// - Throws: `noInput` if it can't be listed, `badData` if it holds no picture or the first can't be read.
    public init(folder: String, options: SourceOptions = SourceOptions()) throws(MediaError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw MediaError(.noInput, "\(folder): can't list the folder")
        }
        let pictures = names.filter { name in
            let lower = name.lowercased()
            return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
        }.sorted { Self.isBefore($0, $1) }
        guard let first = pictures.first else {
            throw MediaError(.badData, "\(folder): no PNG or JPEG picture in the folder")
        }
        let picture = try PictureFile.read(folder + "/" + first)
        let size = SIMD2(picture.width, picture.height), rate = options.folderFrameRate
        information = MediaInformation(
            kind: .imageFolder, size: size, frameSize: options.frameSize(for: size), frameRate: rate,
            hasVariableFrameRate: false, duration: Double(pictures.count) / rate.value, frameCount: pictures.count,
            hasAudio: false, audio: nil, rotation: 0, pixelAspect: 1, hasAlpha: !picture.isOpaque, codec: "pictures",
            outputFrameRate: rate)
        paths = pictures.map { folder + "/" + $0 }[...]
        self.options = options
    }

    /// The next picture; one that can't be read is left out, keeps its place in time, and is told by `damage`.
    public func next() -> Frame? {
        while let path = paths.popFirst() {
            defer { index += 1 }
            do {
                let picture = try PictureFile.read(path)
                let size = options.frameSize(for: [picture.width, picture.height])
                let rate = options.folderFrameRate
                let time = Int64((Double(index) * Double(rate.denominator) * 1e9 / Double(rate.numerator)).rounded())
                return Frame(
                    image: picture.resized(width: size.x, height: size.y), timeNanoseconds: time, index: index)
            } catch {
                if damage == nil { damage = MediaError(.partial, "left out \(error)") }
            }
        }
        return nil
    }

    /// Delivers nothing more.
    public func close() { paths = [] }

    /// Runs of digits compare as numbers, everything else by bytes.
    package static func isBefore(_ a: String, _ b: String) -> Bool {
        var (x, y) = (Array(a.utf8)[...], Array(b.utf8)[...])
        func digits(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            let run = text.prefix { $0 >= 48 && $0 <= 57 }
            text = text.dropFirst(run.count)
            return run.drop { $0 == 48 }
        }
        while let p = x.first, let q = y.first {
            if p >= 48, p <= 57, q >= 48, q <= 57 {
                let (m, n) = (digits(&x), digits(&y))
                if m.count != n.count { return m.count < n.count }
                if m != n { return m.lexicographicallyPrecedes(n) }
            } else {
                if p != q { return p < q }
                x = x.dropFirst()
                y = y.dropFirst()
            }
        }
        return x.isEmpty != y.isEmpty ? x.isEmpty : a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
