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
        let near = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(2, word.count / 3) else { return "" }
        return "; did you mean '\(near.name)'?"
    }

    /// How many letters have to be put in, taken out or changed to make one word of the other (Levenshtein 1966).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
