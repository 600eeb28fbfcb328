import ArgumentParser
import Kaira

/// How an evaluation's result is shown.
struct EvaluateOptions: ParsableArguments {
    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    @Option(help: "Also draw PCK over the threshold and the error of each joint: a .png to write.")
    var plot: String?

    @Flag(name: .long, help: "Replace a plot that exists.")
    var force = false

    /// The plot's file, checked; nil where none is wanted.
    func plotFile() throws -> PlotFile? { try plot.map { try PlotFile(path: $0, replaces: force) } }

    /// Prints a result.
    func show(_ report: some Encodable, table: String, warnings: [String] = []) throws {
        for warning in warnings { Console.standard.note("kaira: \(warning)") }
        if json { try Console.standard.result(report) } else { try Console.standard.print(table) }
    }
}
