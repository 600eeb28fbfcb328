import Foundation
import KairaImage

/// One picture, or a folder of pictures as the frames of a video.
public final class ImageSource: FrameSource {
    /// What the frames come from.
    public let information: MediaInformation
    /// Pictures that could not be read.
    public private(set) var warnings: [String] = []
    private let paths: [String]
    private let maximumSize: Int?
    private var index = 0
    private var taken = 0

    /// Opens a picture.
    public convenience init(file path: String, maximumSize: Int? = nil) throws(MediaError) {
        try self.init(paths: [path], kind: .image, rate: FrameRate(1), maximumSize: maximumSize)
    }

    /// Opens a folder: its PNG and JPEG files by natural order (`frame2` before `frame10`), at a rate.
    public convenience init(folder path: String, rate: FrameRate, maximumSize: Int? = nil) throws(MediaError) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw .noInput(path: path, reason: "the folder cannot be read")
        }
        let pictures = names.filter { ["png", "jpg", "jpeg"].contains(URL(filePath: $0).pathExtension.lowercased()) }
            .sorted { $0.compare($1, options: [.numeric, .caseInsensitive]) == .orderedAscending }
        guard !pictures.isEmpty else {
            throw .badData(path: path, reason: "the folder holds no .png or .jpg pictures")
        }
        try self.init(
            paths: pictures.map { path + "/" + $0 }, kind: .imageFolder, rate: rate, maximumSize: maximumSize)
    }

    private init(
        paths: [String], kind: MediaInformation.Kind, rate: FrameRate, maximumSize: Int?
    ) throws(MediaError) {
        self.paths = paths
        self.maximumSize = maximumSize
        let first = try Self.load(paths[0])
        let shown = Self.reduce(first, to: maximumSize)
        information = MediaInformation(
            kind: kind, width: shown.width, height: shown.height, sourceWidth: first.width, sourceHeight: first.height,
            frameRate: rate, hasVariableFrameRate: false, duration: Double(paths.count) / rate.value,
            frameCount: paths.count, hasAudio: false, rotation: 0, codec: "image")
    }

    /// The next picture at the size of the first; one that cannot be read is left out with a warning.
    public func next() throws(MediaError) -> Frame? {
        while index < paths.count {
            defer { index += 1 }
            do {
                let image = Self.reduce(try Self.load(paths[index]), to: maximumSize)
                taken += 1
                return Frame(
                    image: image.resized(width: information.width, height: information.height),
                    timeNanoseconds: information.frameRate.nanoseconds(of: index), index: taken - 1)
            } catch {
                if paths.count == 1 { throw error }
                warnings.append("\(error); it was left out")
            }
        }
        return nil
    }

    /// Nothing comes after this.
    public func close() { index = paths.count }

    private static func reduce(_ image: Image, to maximumSize: Int?) -> Image {
        guard let maximumSize, max(image.width, image.height) > maximumSize else { return image }
        let scale = Double(maximumSize) / Double(max(image.width, image.height))
        return image.resized(
            width: max(Int((Double(image.width) * scale).rounded()), 1),
            height: max(Int((Double(image.height) * scale).rounded()), 1))
    }

    private static func load(_ path: String) throws(MediaError) -> Image {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .noInput(path: path, reason: "it cannot be read")
        }
        if data.isEmpty { throw .badData(path: path, reason: "the file is empty") }
        do { return try ImageCodec.decode([UInt8](data)) } catch {
            throw .badData(path: path, reason: "\(error)")
        }
    }
}
