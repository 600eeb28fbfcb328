/// A file format of pictures.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    /// Portable Network Graphics, any colour type and depth.
    case png
    /// JPEG, baseline and progressive, grey, YCbCr and CMYK.
    case jpeg

    /// The format that the first bytes tell, or nil; names of files are not asked.
    public init?<Bytes: Collection>(magicOf bytes: Bytes) where Bytes.Element == UInt8 {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            return nil
        }
    }
}
