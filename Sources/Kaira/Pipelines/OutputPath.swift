import Foundation
import KairaMedia

/// Checks on where results go, made before any work is done.
enum OutputPath {
    /// Throws where a file cannot be written: it exists and may not be replaced, or its folder is not there.
    static func check(_ path: String, replaces: Bool) throws(KairaError) {
        if path == "-" { return }
        var isFolder: ObjCBool = false
        let files = FileManager.default
        if unsafe files.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { throw .cannotCreate(path: path, reason: "it is a folder: name a file") }
            if !replaces { throw .outputExists(path: path) }
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard unsafe files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw .cannotCreate(
                path: path, reason: "the folder \(folder) is not there; make it first: mkdir -p \(folder)")
        }
    }

    /// Throws where a video or picture cannot be written: its name is of no kind, it exists, its folder is not there.
    static func checkMedia(_ path: String, replaces: Bool) throws(KairaError) {
        if path == "-" { return }
        guard let format = OutputFormat(path: path) else {
            throw .usage(
                "\(path): the name says no kind of picture or video; end it in .mp4, .webm, .gif, .png or .jpg")
        }
        // A pattern stands for many files: the sink looks at each.
        if format == .pngSequence { return }
        try check(path, replaces: replaces)
    }

    /// Whether a name is that of a drawing of lines.
    static func isLineDrawing(_ path: String) -> Bool { ["svg", "pdf"].contains(kind(path)) }

    /// Throws where a path names no file.
    static func requireFile(_ path: String) throws(KairaError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .noInput(path: path, reason: "there is no such file")
        }
        if isFolder.boolValue { throw .noInput(path: path, reason: "it is a folder: name a file in it") }
    }

    /// Throws where an output would replace one of the inputs.
    static func check(_ output: String, isNot inputs: [String]) throws(KairaError) {
        guard output != "-", FileManager.default.fileExists(atPath: output) else { return }
        let place = URL(filePath: output).resolvingSymlinksInPath().path
        for input in inputs where input != "-" && URL(filePath: input).resolvingSymlinksInPath().path == place {
            throw .usage("\(output) is an input: name another output, or the input would be lost")
        }
    }

    /// Writes a whole file: into a neighbour first, so that a full disk leaves nothing half-written; `-` is stdout.
    static func write(_ bytes: [UInt8], to path: String, replaces: Bool) throws(MediaError) {
        try WholeFile.write(bytes, to: path, force: replaces)
    }

    /// Reads a whole file, or stdin for `-`.
    static func read(_ path: String) throws(KairaError) -> [UInt8] {
        do {
            if path == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
            try requireFile(path)
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch let error as KairaError {
            throw error
        } catch {
            throw .noInput(path: path, reason: "it cannot be read: \(error.localizedDescription)")
        }
    }

    /// The file's name without its folder.
    static func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }

    /// The lower-case name extension, empty where there is none.
    static func kind(_ path: String) -> String { URL(filePath: path).pathExtension.lowercased() }
}
