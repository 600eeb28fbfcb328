import Foundation
import KairaImage
import KairaMedia

/// Clips made by ffmpeg itself in a folder that is removed afterwards: the oracle is what ffmpeg was told to make.
final class Workshop {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kaira-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// What is left in the folder.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }

    /// Runs ffmpeg; the last argument is the name of the output in the folder.
    @discardableResult func make(_ arguments: [String]) throws -> String {
        let output = path(arguments[arguments.count - 1])
        _ = try Self.run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments.dropLast() + [output])
        return output
    }

    /// One answer of ffprobe, white space cut off.
    func probe(_ path: String, stream: String, _ entries: String) throws -> String {
        try Self.run(
            "ffprobe", ["-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0", path]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The pictures of a file by ffmpeg's own conversion, straight RGBA.
    func pixels(_ path: String, before: [String] = [], after: [String] = []) throws -> [UInt8] {
        let raw = self.path("pixels-\(UUID().uuidString).raw")
        _ = try Self.run(
            "ffmpeg",
            ["-nostdin", "-v", "error"] + before + ["-i", path] + after + ["-f", "rawvideo", "-pix_fmt", "rgba", raw])
        defer { try? FileManager.default.removeItem(atPath: raw) }
        return Array(try Data(contentsOf: URL(filePath: raw)))
    }

    @discardableResult static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CocoaError(.executableLoad, userInfo: ["arguments": ([program] + arguments).joined(separator: " ")])
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// All frames of a source.
func frames(of source: any FrameSource) throws -> [Frame] {
    var result: [Frame] = []
    while let frame = try source.next() { result.append(frame) }
    return result
}

/// The kind of error that a body throws, or nil.
func kind(of body: () throws -> Void) -> MediaError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? MediaError)?.kind
    }
}

/// A picture that every codec keeps well: smooth ramps, `phase` moves them.
func ramp(_ width: Int, _ height: Int, phase: Int = 0) -> Image {
    var image = Image(width: width, height: height)
    for y in 0..<height {
        for x in 0..<width {
            image[x, y] = [
                UInt8(20 + 200 * x / width), UInt8(20 + 200 * y / height), UInt8(128 + 60 * (phase % 2)), 255,
            ]
        }
    }
    return image
}
