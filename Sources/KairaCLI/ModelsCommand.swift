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
            let store = try ModelStore.standard()
            let name = model
            let allowNetwork = !offline
            let folder = try await Interruption.cancelling {
                try store.pull(name, allowNetwork: allowNetwork) { Console.standard.note("kaira: \($0)") }
            }
            try Console.standard.print(folder.path)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the models.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let rows = try ModelStore.standard().list()
            if json {
                try Console.standard.result(ModelListing(rows: rows))
            } else {
                try Console.standard.print(ModelListing(rows: rows).text)
            }
        }
    }

    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print the folder where a model's weights are or would be.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws { try Console.standard.print(ModelStore.standard().folder(of: model).path) }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check the hashes of a model's weights.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws {
            try ModelStore.standard().verify(model)
            try Console.standard.print("\(model): the weights are the published ones")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a model's weights.")

        @Argument(help: "The model.")
        var model: String

        func run() async throws {
            try ModelStore.standard().remove(model)
            Console.standard.note("\(model): removed")
        }
    }
}
