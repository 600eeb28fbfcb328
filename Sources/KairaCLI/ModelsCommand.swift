import ArgumentParser
import Foundation
import Kaira

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Fetch, list, check and remove model weights.",
        subcommands: [Pull.self, List.self, Path.self, Verify.self, Remove.self])

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull", abstract: "Fetch a model's weights and check them; does nothing if they are there.")

        @Argument(help: "The model: see 'kaira models list'.")
        var model: String

        @Flag(help: "Use no network: fail if the weights are not there.")
        var offline = false

        func run() async throws {
            let result = try ModelStore().pull(model, offline: offline) { Console.standard.note("kaira: \($0)") }
            try Console.standard.print(result.status.folder)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the models.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let listing = ModelListing(ModelStore().list())
            if json {
                try Console.standard.result(listing)
            } else {
                try Console.standard.print(listing.text)
            }
        }
    }

    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print the folder where a model's weights are or would be.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws { try Console.standard.print(ModelStore().path(of: model)) }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check the hashes of a model's weights.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws {
            _ = try ModelStore().verify(model)
            try Console.standard.print("\(model): the weights are the published ones")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a model's weights.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws {
            let removed = try ModelStore().remove(model)
            Console.standard.note("\(model): \(removed ? "removed" : "was not there")")
        }
    }
}
