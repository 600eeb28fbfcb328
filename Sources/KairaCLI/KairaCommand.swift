import ArgumentParser
import Kaira

/// The `kaira` command.
@main
struct KairaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kaira",
        abstract: "Move a drawn 3D character by a person in a video, and draw it without a screen.",
        discussion: """
            Start with:
              kaira doctor
              kaira animate clip.mp4 --avatar assets/avatars/kaira-kun.vrm -o out.mp4

            Completions: kaira --generate-completion-script bash (or zsh, fish)

            Exit codes: 0 done, 1 failed, 2 done in part, 64 wrong usage, 65 bad data, 66 no input, 69 a tool or model \
            is missing, 70 a bug, 73 the output exists or cannot be created, 74 reading or writing failed, 130 \
            interrupted.
            """,
        version: KairaVersion.current,
        subcommands: [
            AnimateCommand.self, PoseCommand.self, RetargetCommand.self, RenderCommand.self, BakeCommand.self,
            InspectCommand.self, ModelsCommand.self, DoctorCommand.self, AvatarCommand.self,
            EvaluateCommand.self, LabCommand.self, LearnCommand.self, LipSyncCommand.self, SolidCommand.self,
        ])

    /// Maps every error to Kaira's exit codes: left alone, ArgumentParser exits with 1 for any error but its own.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            Exit.now(for: nil)
        } catch {
            Exit.now(for: error)
        }
    }
}
