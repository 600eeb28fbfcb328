import ArgumentParser
import Kaira

struct AvatarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "avatar", abstract: "Build the avatars that come with Kaira.", subcommands: [Build.self])

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build", abstract: "Build an avatar from code; the same bytes every time.",
            discussion: """
                Example:
                  kaira avatar build kaira-kun -o kaira-kun.vrm
                """)

        @Argument(help: "The avatar: kaira-kun.", completion: .list(["kaira-kun"]))
        var name: String

        @Option(name: .shortAndLong, help: "The .vrm to write, or - for stdout.", completion: .file())
        var output: String

        @Option(help: "How finely it is cut: about 6,000, 20,000 or 70,000 triangles.")
        var detail = MascotDetail.medium

        @Option(help: "Its surfaces: toon (MToon, with outlines) or pbr (glTF's metallic-roughness).")
        var look = MascotLook.toon

        @Flag(name: .long, help: "Replace an output that exists.")
        var force = false

        func run() async throws {
            let bytes = try AvatarBuild(
                name: name, output: output, detail: detail, look: look, replacesOutput: force
            ).run()
            Console.note("\(output): \(bytes) bytes")
        }
    }
}

extension MascotDetail: ExpressibleByArgument {}
extension MascotLook: ExpressibleByArgument {}
