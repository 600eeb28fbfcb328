import Glibc
import KairaImage

/// Reading and writing whole picture files.
enum PictureFile {
    /// Larger files are not pictures.
    static let maximumBytes = 512 << 20

    static func read(_ path: String) throws(MediaError) -> Image {
        let bytes = try contents(path)
        do {
            return try Image.decode(bytes, limits: ImageLimits(maximumBytes: 1 << 30))
        } catch {
            throw MediaError(.badData, "\(path): \(error)")
        }
    }

    private static func contents(_ path: String) throws(MediaError) -> [UInt8] {
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw MediaError(.noInput, "\(path): \(systemMessage(errno))") }
        defer { close(fd) }
        var status = stat()
        guard unsafe fstat(fd, &status) == 0, status.st_size <= maximumBytes else {
            throw MediaError(.badData, "\(path): larger than \(maximumBytes >> 20) MB")
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = unsafe readAll(UnsafeMutableRawBufferPointer(buffer), from: fd)
        }
    }
}
