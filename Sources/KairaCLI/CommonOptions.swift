import ArgumentParser
import Kaira

/// Where results go and how the work is shown.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(name: .long, help: "Print the result as JSON (to stderr where stdout carries the output).")
    var json = false

    @Option(help: "How progress is shown on stderr: auto is a bar on a terminal, json an object a line.")
    var progress = ProgressOption.auto
}

/// The estimator and how it is set.
struct EstimatorOptions: ParsableArguments {
    @Option(
        help:
            "The pose model: blazepose, vitpose-s, -b, -l, -h, rtmpose-t, -s, -m, -l, one that was added (see 'kaira models list'), or the path of a ViTPose or RTMPose model's folder or weight file.",
        completion: .list(PoseEstimatorCatalogue.all.map(\.name)))
    var model = "blazepose"

    @Option(
        help:
            "What finds people for ViTPose and RTMPose: blazepose, rtmdet, one that was added, or the path of an RTMDet's weights; if absent blazepose, or rtmdet where only that is here.",
        completion: .list(PeopleFinderCatalogue.names))
    var detector: String?

    @Option(help: "The number type of the network; auto takes the fastest on this machine, found by timing once.")
    var precision = Precision.auto

    @Flag(name: .long, help: "Show the network each person mirrored as well: twice the work (ViTPose, RTMPose).")
    var flipTest = false

    @Option(help: ArgumentHelp("The data set whose expert of a ViTPose+ model is taken; 0 is COCO.", valueName: "n"))
    var expert = 0

    @Option(help: "Smoothing of the keypoints; published is the model's own filters.")
    var smoothing = SmoothingChoice.published

    @Option(help: "CPU threads of the network; 0 chooses.")
    var threads = 0

    func validate() throws {
        guard 0...256 ~= threads else { throw ValidationError("--threads takes a number from 0 to 256") }
        guard expert >= 0 else { throw ValidationError("--expert takes a number from 0") }
    }
}

/// Kinds of files, for completions.
enum FileKinds {
    /// Avatars.
    static let avatars = CompletionKind.file(extensions: ["vrm", "glb"])
    /// Scenes and avatars.
    static let scenes = CompletionKind.file(extensions: ["vrm", "glb", "gltf"])
}

/// How pictures are drawn.
struct DrawingOptions: ParsableArguments {
    @Option(help: "How shapes are drawn.")
    var mode = RenderMode.surface

    @Option(
        help: ArgumentHelp(
            "Draw a part in another mode: the name of a node (with all below it), a mesh or a material; repeatable.",
            valueName: "name=mode"))
    var modeOf: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The plane that cuts solids, and drawings with hidden lines in vector files; kept is where"
                + " a x + b y + c z + d >= 0 (metres, +Y up, avatars face +Z).",
            valueName: "a,b,c,d"))
    var section: String?

    @Option(
        help:
            "What lies behind: none, #rrggbb or a picture file; if absent none where the output keeps transparency, else grey.",
        completion: .file(extensions: ["png", "jpg"]))
    var background: BackgroundChoice?

    @Option(
        help: ArgumentHelp(
            "Picture size in pixels; if absent 1280x720, or 720x1280 for an upright video.", valueName: "WxH"))
    var size: PixelSize?

    @Option(
        help: ArgumentHelp(
            "Where the camera is (if absent in front): front, back, left, right, top, iso, upper, face, the name of a camera in the file, "
                + "or numbers, metres: x,y,z of the eye[,x,y,z of the target[,degrees]].", valueName: "camera"),
        completion: .list(["front", "back", "left", "right", "top", "iso", "upper", "face"]))
    var camera: String?

    @Option(help: "Samples a pixel for smooth edges: 0 or 4.")
    var samples = 4

    @Option(
        help: "How the joints of a vertex are averaged: linear, as glTF says, or dual-quaternion, which keeps volume.")
    var skinning = Deformer.Method.linear

    @Option(help: "The drawing device: auto, software, a number, or a render node's path; see 'kaira doctor'.")
    var device = "auto"

    @Flag(inversion: .prefixedNo, help: "Hidden-line mode: dashed lines for what lies behind.")
    var hiddenLines = true

    @Option(help: "Width of lines in pixels; outlines are a little wider.")
    var lineWidth: Float = 1.4

    /// The modes of single parts.
    var partModes: PartModes {
        get throws {
            PartModes(
                try modeOf.map { text in
                    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
                        throw ValidationError("--mode-of takes NAME=MODE, not '\(text)'")
                    }
                    let word = String(text[text.index(after: equals)...])
                    guard let mode = RenderMode(argument: word) else {
                        let names = RenderMode.allCases.map(\.rawValue)
                        let meant = NameMatch.nearest(to: word, among: names).map { "; did you mean '\($0)'?" }
                        throw ValidationError(
                            "--mode-of: there is no mode '\(word)'"
                                + (meant ?? ", only " + names.joined(separator: ", ")))
                    }
                    return PartModes.Rule(name: String(text[..<equals]), mode: mode)
                })
        }
    }

    /// The plane that cuts.
    var sectionPlane: SectionPlane? {
        get throws {
            guard let section else { return nil }
            guard let plane = SectionPlane(section) else {
                throw ValidationError(
                    "--section takes four numbers a,b,c,d with a, b, c not all 0, such as --section 0,0,-1,0")
            }
            return plane
        }
    }

    func validate() throws {
        _ = try partModes
        _ = try sectionPlane
        guard lineWidth > 0, lineWidth <= 100 else { throw ValidationError("--line-width takes pixels from 0 to 100") }
        guard samples == 0 || samples == 4 else { throw ValidationError("--samples takes 0 or 4") }
    }
}

/// What moves by itself.
struct LifeOptions: ParsableArguments {
    @Option(help: "Spring bones, hair, flagella and the mouth's cage: on or off.")
    var physics = Toggle.on

    @Option(
        help:
            "Blinking, breathing, glances and sway where nothing was measured: on or off; by default on for videos of people."
    )
    var idle: Toggle?

    @Option(help: ArgumentHelp("Which blinks and glances.", valueName: "n"))
    var seed: UInt64 = 1

    /// The options as the pipelines take them.
    func choice(idle fallback: Toggle) -> LifeChoice {
        LifeChoice(physics: physics == .on, idle: (idle ?? fallback) == .on, seed: seed)
    }
}

/// A switch on the command line.
enum Toggle: String, ExpressibleByArgument, CaseIterable {
    case on
    case off
}

extension PixelSize: ExpressibleByArgument {
    /// A size as it stands on the command line.
    public init?(argument: String) { self.init(argument) }
}

extension BackgroundChoice: ExpressibleByArgument {
    /// A background as it stands on the command line.
    public init?(argument: String) { self.init(argument) }
}

extension RenderMode: ExpressibleByArgument {
    /// A mode as it stands on the command line; `wireframe` is another name for `wire`.
    public init?(argument: String) { self.init(rawValue: argument == "wireframe" ? "wire" : argument) }
}

extension Deformer.Method: ExpressibleByArgument {}
extension SmoothingChoice: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {
    /// A number type as it stands on the command line: `auto`, `fp32`, `bf16`, `int8`.
    public init?(argument: String) { self.init(label: argument) }

    /// The names, for the help.
    public static var allValueStrings: [String] { allCases.map(\.label) }

    /// Its name where it is a default.
    public var defaultValueDescription: String { label }
}

extension StreamFormat: ExpressibleByArgument {}

extension EstimatorOptions {
    /// The options as the pipelines take them.
    var choice: EstimatorChoice {
        EstimatorChoice(
            model: model, smoothing: smoothing, threads: threads, precision: precision, flipTest: flipTest,
            expert: expert, detector: detector)
    }
}

extension DrawingOptions {
    /// How lines look.
    private var lines: LineStyle {
        var style = LineStyle()
        style.width = lineWidth
        if !hiddenLines { style.hiddenOpacity = 0 }
        return style
    }

    /// The options as the pipelines take them.
    var choice: DrawingChoice {
        // `validate` has refused what does not read.
        DrawingChoice(
            mode: mode, background: background, size: size, camera: camera, samples: samples, device: device,
            skinning: skinning, partModes: (try? partModes) ?? PartModes(), section: try? sectionPlane, lines: lines)
    }
}
