import Foundation
import KairaImage

/// One picture as a video of one frame.
///
/// `@unchecked Sendable`: used by one thread at a time, as `FrameSource` says.
public final class StillSource: FrameSource, @unchecked Sendable {
    /// What is known of the input.
    public let information: MediaInformation
    /// Always nil: a damaged picture is not delivered at all.
    public var damage: MediaError? { nil }
    private var image: Image?

    /// Reads a PNG or JPEG file.
    ///
    /// - Throws: `noInput`, `badData`.
    public init(path: String, options: SourceOptions = SourceOptions()) throws(MediaError) {
        let picture = try PictureFile.read(path)
        let size = SIMD2(picture.width, picture.height)
        let wanted = options.frameSize(for: size)
        image = picture.resized(width: wanted.x, height: wanted.y)
        information = MediaInformation(
            kind: .image, size: size, frameSize: wanted, frameRate: options.folderFrameRate,
            hasVariableFrameRate: false, duration: nil, frameCount: 1, hasAudio: false, audio: nil, rotation: 0,
            pixelAspect: 1, hasAlpha: !picture.isOpaque, codec: "picture", outputFrameRate: options.folderFrameRate)
    }

    /// The picture, once.
    public func next() -> Frame? {
        defer { image = nil }
        return image.map { Frame(image: $0, timeNanoseconds: 0, index: 0) }
    }

    /// Frees the picture.
    public func close() { image = nil }
}
