import ArgumentParser
import Kaira

struct SolidCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solid", abstract: "Measure, cut and join surfaces as solids.",
        discussion: """
            Reads .obj (in Double), .stl, .ply, .glb, .gltf and .vrm; lengths are metres. Vertices at one place are one.

            Examples:
              kaira solid report part.stl --json
              kaira solid section kaira-kun.vrm --plane 1,0,0,0 -o middle.svg
              kaira solid difference block.obj drill.obj -o part.stl
            """,
        subcommands: [
            Report.self, Inside.self, Section.self, Cut.self, Union.self, Difference.self, Intersection.self,
        ])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report", abstract: "Say whether surfaces are closed, and their volume, area and inertia.",
            discussion: """
                Open surfaces have no volume: with --volume their report ends with exit code 65. JSON is of schema \
                kaira.solid/1.
                """)

        @OptionGroup var input: SolidOptions

        @Flag(help: "Ask for volumes: exit 65, after the report, if a surface is open.")
        var volume = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let report = try SolidJob.report(input.input)
            if json { try Console.result(report) } else { try Console.print(report.text) }
            if volume, !report.allAreClosed {
                let open = report.meshes.filter { !$0.closed }
                Console.warn(
                    "\(input.file): \(open.count) of \(report.meshes.count) surfaces are open and have no volume: "
                        + "\(open[0].name): \(open[0].openBecause ?? "")")
                throw ExitStatus.badData
            }
        }
    }

    struct Inside: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inside", abstract: "Print the winding number of surfaces at points: 1 inside, 0 outside.",
            discussion: """
                Points are lines x,y,z; a header is passed over. One number a line comes out, in the same order: 1 inside \
                a closed surface, 0 outside, between the two near holes, more where surfaces overlap.
                """)

        @OptionGroup var input: SolidOptions

        @Argument(help: "The points, .csv, or - for stdin.", completion: .file(extensions: ["csv"]))
        var points: String

        @Option(
            help: "exact sums every triangle; fast does not, with errors of about 0.0004; auto by the work there is.")
        var method = SolidJob.WindingMethod.auto

        func run() async throws {
            let numbers = try SolidJob.inside(input.input, points: points, method: method)
            if !numbers.isEmpty { try Console.print(numbers.map { "\($0)" }.joined(separator: "\n")) }
        }
    }

    struct Section: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "section", abstract: "Cut surfaces by a plane and draw the polygons.",
            discussion: """
                The plane is a x + b y + c z + d = 0 (+Y up, avatars face +Z): --plane 0,1,0,-1 is level, a metre up. \
                The .svg is of true size in millimetres; an .obj has the polygons as lines and their fill as triangles.
                """)

        @OptionGroup var input: SolidOptions
        @OptionGroup var plane: PlaneOption
        @OptionGroup var output: SolidOutputOptions

        func run() async throws {
            let report = try SolidJob.section(
                input.input, plane: try plane.value(), output: output.output, replacesOutput: output.force)
            if output.json { try Console.result(report) } else { Console.note("\(output.output): \(report.sentence)") }
        }
    }

    struct Cut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cut", abstract: "Keep the part of a solid above a plane, closed by a cap.",
            discussion: "Above is where a x + b y + c z + d > 0.")

        @OptionGroup var input: SolidOptions
        @OptionGroup var plane: PlaneOption
        @OptionGroup var output: SolidOutputOptions

        func run() async throws {
            let report = try SolidJob.cut(
                input.input, plane: try plane.value(), output: output.output, replacesOutput: output.force)
            try output.show(report)
        }
    }

    struct Union: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "union", abstract: "Join solids: what is in any of them.", discussion: combineHelp)
        @OptionGroup var inputs: SolidInputsOptions
        @OptionGroup var output: SolidOutputOptions
        func run() async throws { try combine(.union, inputs, output) }
    }

    struct Difference: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "difference", abstract: "Take solids from the first.", discussion: combineHelp)
        @OptionGroup var inputs: SolidInputsOptions
        @OptionGroup var output: SolidOutputOptions
        func run() async throws { try combine(.difference, inputs, output) }
    }

    struct Intersection: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "intersection", abstract: "Keep what solids have in common.", discussion: combineHelp)
        @OptionGroup var inputs: SolidInputsOptions
        @OptionGroup var output: SolidOutputOptions
        func run() async throws { try combine(.intersection, inputs, output) }
    }

    private static let combineHelp = """
        Solids must be closed; the surfaces of one file are joined first. Needs the Manifold library: \
        scripts/install-manifold. An .obj keeps every digit, .stl and .glb are single precision.
        """

    private static func combine(
        _ operation: SolidBoolean.Operation, _ inputs: SolidInputsOptions, _ output: SolidOutputOptions
    ) throws {
        let report = try SolidJob.combine(
            operation, inputs.files.map { SolidInput($0, weldDistance: inputs.weld.weld) }, output: output.output,
            replacesOutput: output.force)
        try output.show(report)
    }
}

/// Which vertices are one.
struct WeldOption: ParsableArguments {
    @Option(help: ArgumentHelp("Vertices nearer than this are one; 0 joins equal ones.", valueName: "metres"))
    var weld = 0.0
}

/// One file of surfaces.
struct SolidOptions: ParsableArguments {
    @Argument(help: "The file.", completion: FileKinds.solids)
    var file: String

    @OptionGroup var weld: WeldOption

    @Flag(help: "Take all surfaces of the file as one, as where its groups bound a solid together.")
    var join = false

    var input: SolidInput { SolidInput(file, weldDistance: weld.weld, joins: join) }
}

/// Files of solids that are joined.
struct SolidInputsOptions: ParsableArguments {
    @Argument(help: "The files, two or more.", completion: FileKinds.solids)
    var files: [String]

    @OptionGroup var weld: WeldOption
}

/// Where a solid goes.
struct SolidOutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String

    @Flag(help: "Replace an output that exists.")
    var force = false

    @Flag(help: "Print JSON about what was written.")
    var json = false

    /// Shows what was written.
    func show(_ report: SolidReport) throws {
        if json { try Console.result(report) } else { Console.note("\(output): \(report.text)") }
    }
}

/// A plane.
struct PlaneOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The plane a x + b y + c z + d = 0, metres.", valueName: "a,b,c,d"))
    var plane: PlaneCoefficients

    func value() throws -> Plane {
        let p = plane.values
        return try Plane(p[0], p[1], p[2], p[3])
    }
}

/// Four numbers with commas between.
struct PlaneCoefficients: ExpressibleByArgument {
    let values: [Double]

    init?(argument: String) {
        values = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap {
            Double($0.trimmingPrefix { $0 == " " })
        }
        guard values.count == 4, argument.count(where: { $0 == "," }) == 3, values.allSatisfy(\.isFinite) else {
            return nil
        }
    }
}

extension SolidJob.WindingMethod: ExpressibleByArgument {}

extension FileKinds {
    /// Surfaces.
    static let solids = CompletionKind.file(extensions: ["obj", "stl", "ply", "glb", "gltf", "vrm"])
}
