import Kaira

/// Finds the command or option that a mistyped one was meant to be.
enum Misspelling {
    /// A sentence for the first word that nothing is named, nil where every word is known.
    static func hint(for arguments: [String]) -> String? {
        let commands = KairaCommand.configuration.subcommands
        let names = commands.map { $0.configuration.commandName ?? "" } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        guard let index = names.firstIndex(of: word) else {
            return "there is no command '\(word)'" + suggestion(word, among: names)
        }
        guard commands.indices.contains(index) else { return nil }
        var command = commands[index]
        if let word = arguments.dropFirst().first, !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let names = command.configuration.subcommands.map { $0.configuration.commandName ?? "" }
            guard let index = names.firstIndex(of: word) else {
                let path = command.configuration.commandName ?? ""
                return "there is no command '\(path) \(word)'" + suggestion(word, among: names)
            }
            command = command.configuration.subcommands[index]
        }
        let known = Set(options(in: KairaCommand.helpMessage(for: command)))
        for argument in arguments.dropFirst() {
            if argument == "--" { return nil }
            let name = String(argument.prefix { $0 != "=" })
            guard name.hasPrefix("--"), !known.contains(name) else { continue }
            return "there is no option '\(name)'" + suggestion(name, among: known.sorted())
        }
        return nil
    }

    /// The long options that a help text names.
    private static func options(in help: String) -> [String] {
        help.split { !($0.isLetter || $0 == "-") }.filter { $0.hasPrefix("--") }.map(String.init)
    }

    private static func suggestion(_ word: String, among names: [String]) -> String {
        NameMatch.nearest(to: word, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }
}
