import Foundation
import Glibc
import Testing

/// Tests of the `kaira` command, run as a child as a shell would run it; one at a time, since each uses every core.
///
/// What is expected comes from the published table of exit codes (`docs/command-line.md`), from what ffmpeg was told to
/// make, and from the formats' own specifications.
@Suite(.serialized) enum CLI {}

/// A finished run of the tool.
struct Run {
    /// The exit code, or minus the signal that ended it.
    var code: Int32
    /// What it wrote to stdout.
    var output: Data
    /// What it wrote to stderr.
    var errors: String

    /// stdout as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// A JSON object that it printed.
    func object(onErrors: Bool = false) throws -> [String: Any] {
        let text = onErrors ? String(errors.drop { $0 != "{" }) : text
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}

/// The built executable.
enum Tool {
    /// Where it is: beside the tests, unless `KAIRA_EXECUTABLE` names another.
    static let path: String = {
        if let given = ProcessInfo.processInfo.environment["KAIRA_EXECUTABLE"] { return given }
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = tests.appending(path: "kaira").path
        return FileManager.default.isExecutableFile(atPath: beside)
            ? beside : Repository.path(".build/release/kaira")
    }()

    /// Whether the pose model has been pulled; the tests that estimate need it.
    static let hasModel: Bool = (try? run(["models", "path", "blazepose"]))?.code == 0

    /// Whether a file system of a few kilobytes can be made without harm to anybody.
    static let canMountSmallDisk: Bool =
        (try? Shell.run("unshare -rm mount -t tmpfs -o size=16k tmpfs /mnt"))?.code == 0

    /// Runs it to its end.
    static func run(
        _ arguments: [String], in folder: Folder? = nil, environment: [String: String] = [:], input: String? = nil
    ) throws -> Run {
        let running = try Running(path, arguments, in: folder, environment: environment, input: input)
        return try running.wait()
    }
}

/// Shell scripts, for pipes.
enum Shell {
    /// Runs a bash script in which `$kaira` is the tool.
    static func run(_ script: String, in folder: Folder? = nil, environment: [String: String] = [:]) throws -> Run {
        var environment = environment
        environment["kaira"] = Tool.path
        return try Running("/bin/bash", ["-c", script], in: folder, environment: environment, input: nil).wait()
    }
}

/// A child that runs; its output goes to files, so that it never waits for a reader.
final class Running {
    private let process = Process()
    private let outputPath: String
    private let errorPath: String

    init(_ program: String, _ arguments: [String], in folder: Folder?, environment: [String: String], input: String?)
        throws
    {
        let base = FileManager.default.temporaryDirectory.appending(path: "kaira-run-\(UUID().uuidString)").path
        (outputPath, errorPath) = (base + ".out", base + ".err")
        for path in [outputPath, errorPath] { try Data().write(to: URL(filePath: path)) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder.path) }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? .nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
        try process.run()
    }

    deinit { for path in [outputPath, errorPath] { unlinkFile(path) } }

    /// Its number.
    var id: pid_t { process.processIdentifier }

    /// What it wrote to stderr so far.
    var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    /// The processes that it started and that still run, with their arguments.
    var children: [(id: pid_t, arguments: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.compactMap { number in
            guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
                let parent = stat.split(separator: ")").last?.split(separator: " ").dropFirst().first,
                pid_t(parent) == id, let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline")
            else { return nil }
            return (number, String(decoding: line, as: UTF8.self).replacing("\0", with: " "))
        }
    }

    /// Waits until it has printed a text to stderr; false if it ended before.
    func waits(for text: String) -> Bool {
        while process.isRunning {
            if errors.contains(text) { return true }
            usleep(10_000)
        }
        return errors.contains(text)
    }

    /// Waits for its end; a minute without one is an end of its own.
    func wait() throws -> Run {
        let limit = Date(timeIntervalSinceNow: 120)
        while process.isRunning {
            usleep(5000)
            if Date() > limit {
                kill(id, SIGKILL)
                Issue.record("kaira \((process.arguments ?? []).joined(separator: " ")) did not end: \(errors)")
            }
        }
        process.waitUntilExit()
        let status = process.terminationStatus
        return Run(
            code: process.terminationReason == .exit ? status : -status,
            output: try Data(contentsOf: URL(filePath: outputPath)), errors: errors)
    }
}

/// The files of this repository.
enum Repository {
    /// The path of one of them.
    static func path(_ relative: String) -> String {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        return folder.appending(path: "../../../\(relative)").standardized.path
    }

    /// The mascot.
    static let avatar = path("assets/avatars/kaira-kun.vrm")
}

/// A folder that goes with the last use of it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "kaira-cli-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Everything in it, hidden files too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// Writes a file and gives its path.
    @discardableResult func write(_ name: String, _ data: Data) throws -> String {
        let path = "\(path)/\(name)"
        try data.write(to: URL(filePath: path))
        return path
    }

    /// The bytes of a file in it.
    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

    /// Has ffmpeg make a file in it; the last argument is its name.
    @discardableResult func make(_ arguments: String) throws -> String {
        let name = String(arguments.split(separator: " ").last ?? "")
        let run = try Shell.run("ffmpeg -nostdin -v error -y \(arguments)", in: self)
        try #require(run.code == 0, "\(run.errors)")
        return "\(path)/\(name)"
    }
}

/// Removes a file; nothing else can be done where that fails.
func unlinkFile(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

/// Clips that many tests use, made once by ffmpeg out of the demo clip, which shows one person.
enum Clips {
    private static let folder: Folder? = {
        // A constant of the program never goes: its folder is removed when the tests end.
        atexit { if let folder = Clips.folder { unlinkFile(folder.path) } }
        return try? Folder()
    }()
    private static let source = Repository.path("assets/demo/squats.mp4")

    private static func make(_ arguments: String) -> String {
        (try? folder?.make(arguments)) ?? "/nonexistent/\(arguments)"
    }

    /// One person on 4 frames of 180x320, 5 a second, without sound.
    static let person = make("-i \(source) -vf scale=180:320 -frames:v 4 -c:v libx264 -preset ultrafast person.mp4")
    /// The same for 200 frames.
    static let long = make(
        "-stream_loop 20 -i \(source) -vf scale=180:320 -frames:v 200 -c:v libx264 -preset ultrafast long.mp4")
    /// One frame of it as a picture.
    static let picture = make("-i \(source) -vf scale=180:320 -frames:v 1 picture.png")
    /// Nobody on 2 frames.
    static let nobody = make("-f lavfi -i testsrc=s=160x120 -frames:v 2 -c:v libx264 -preset ultrafast nobody.mp4")
}

/// The keypoint file of a run, as JSON.
struct KeypointFile {
    var object: [String: Any]

    init(_ path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    var size: [Int] { object["size"] as? [Int] ?? [] }
    var frames: [[String: Any]] { object["frames"] as? [[String: Any]] ?? [] }
    var times: [Double] { frames.compactMap { $0["time"] as? Double } }
    var people: [[[String: Any]]] { frames.map { $0["people"] as? [[String: Any]] ?? [] } }
}
