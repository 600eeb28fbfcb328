import ArgumentParser
import Kaira

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Fetch, list, check and remove model weights.",
        discussion: """
            Weights are kept in $XDG_CACHE_HOME/kaira/models, by default ~/.cache/kaira/models.

            A model that Kaira cannot fetch itself is added from a folder or file, or named by its path where it is used. \
            HF_ENDPOINT names another model hub than huggingface.co.

            Examples:
              kaira models pull blazepose
              kaira models pull vitpose-b
              kaira models add ~/Downloads/vitpose-plus-base --name vitpose-b
            """,
        subcommands: [Pull.self, Add.self, List.self, Path.self, Verify.self, Remove.self, ModelsParityCommand.self])

    /// The name of a model.
    struct Name: ParsableArguments {
        @Argument(
            help: "The model; see 'kaira models list'.", completion: .list(ModelCatalogue.standard.models.map(\.name)))
        var model: String
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull", abstract: "Fetch a model's weights and check them; does nothing if they are there.")

        @OptionGroup var name: Name

        @Flag(help: "Use no network: fail if the weights are not there.")
        var offline = false

        func run() async throws {
            let (model, offline) = (name.model, offline)
            let result = try await Interruption.cancelling {
                try ModelStore().pull(model, offline: offline) { Console.warn($0) }
            }
            try Console.print(result.status.folder)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Copy a ViTPose, RTMPose or RTMDet model that is on this machine into the store.",
            discussion: """
                A folder with config.json and weights (safetensors or PyTorch), or a weight file; of RTMPose and RTMDet a \
                checkpoint (.pth) or an exported .onnx, whose sizes are read off the tensors. Every tensor is looked at; \
                nothing in a file is run.

                Examples:
                  kaira models add ~/Downloads/vitpose-base-simple
                  kaira models add vitpose-b-multi-coco.pth --name vitpose-multi
                  kaira models add rtmpose-m_simcc-aic-coco_pt-aic-coco_420e-256x192-63eb25f7_20230126.pth --name rtmpose-m
                  kaira models add rtmdet_nano_8xb32-100e_coco-obj365-person-05d8511e.pth --name rtmdet-nano
                """)

        @Argument(help: "The folder or file.", completion: .file())
        var path: String

        @Option(help: "What the model will be asked for by; the folder's or file's name if absent.")
        var name: String?

        @Flag(name: .long, help: "Replace a model of that name.")
        var force = false

        func run() async throws {
            let status = try ModelStore().add(path, name: name, replaces: force)
            Console.note("\(status.model.name): added; use it by --model \(status.model.name)")
            try Console.print(status.folder)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the models and what is here of them.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let listing = ModelListing(ModelStore().list())
            if json { try Console.result(listing) } else { try Console.print(listing.text) }
        }
    }

    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path",
            abstract: "Print the folder where a model's weights are or would be; exit code 69 if they are not there.")

        @OptionGroup var name: Name

        func run() async throws {
            let status = try ModelStore().status(of: name.model)
            try Console.print(status.folder)
            if !status.isComplete {
                throw KairaError.missing(
                    what: "model \"\(name.model)\"", remedy: "kaira models pull \(name.model)")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check every byte of the weights.",
            discussion: "The exit code is 69 where files are missing, 65 where they are damaged.")

        @Argument(
            help: "The model; all that are here if absent.",
            completion: .list(ModelCatalogue.standard.models.map(\.name)))
        var model: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let store = ModelStore()
            let names = model.map { [$0] } ?? store.list().filter(\.isPresent).map(\.model.name)
            let listing = ModelListing(try names.map { try store.verify($0) })
            if json {
                try Console.result(listing)
            } else if names.isEmpty {
                Console.warn("no model is here; see 'kaira models list'")
            } else {
                try Console.print(listing.verification)
            }
            if listing.isDamaged { throw ExitStatus.badData }
            if !listing.isComplete { throw ExitStatus.unavailable }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a model's weights.")

        @OptionGroup var name: Name

        func run() async throws {
            let removed = try ModelStore().remove(name.model)
            Console.note("\(name.model): \(removed ? "removed" : "was not there")")
        }
    }
}
