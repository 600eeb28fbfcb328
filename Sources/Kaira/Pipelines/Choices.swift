import KairaRender
import KairaScene
import KairaTensor

/// What `-o -` writes to stdout.
public enum StreamFormat: String, Sendable, CaseIterable {
    /// YUV4MPEG2, which ffmpeg and most players read.
    case y4m
    /// Bare RGBA bytes, rows top to bottom, straight alpha.
    case rgba
    /// One PNG after the other.
    case png
}

/// How keypoints are smoothed.
public enum SmoothingChoice: String, Sendable, CaseIterable {
    /// As the network gives them.
    case none
    /// By the model's own published filters.
    case published
}

/// The estimator and how it is set.
public struct EstimatorChoice: Sendable {
    /// The model's name, or a ViTPose or RTMPose model's folder or file.
    public var model: String
    /// How keypoints are smoothed.
    public var smoothing: SmoothingChoice
    /// CPU threads; 0 chooses.
    public var threads: Int
    /// The number type of the network; `auto` takes the fastest on this machine.
    public var precision: Precision
    /// Whether the network also sees each person mirrored; ViTPose and RTMPose only.
    public var flipTest: Bool
    /// The most people that are followed; more than 1 for ViTPose and RTMPose only.
    public var people: Int
    /// The data set whose network of a ViTPose+ model is taken; 0 is COCO.
    public var expert: Int
    /// What finds people for ViTPose and RTMPose: `blazepose`, `rtmdet`, a name or a path; nil chooses.
    public var detector: String?

    /// A choice from its parts.
    public init(
        model: String = "blazepose", smoothing: SmoothingChoice = .published, threads: Int = 0,
        precision: Precision = .auto, flipTest: Bool = false, people: Int = 1, expert: Int = 0, detector: String? = nil
    ) {
        self.model = model
        self.smoothing = smoothing
        self.threads = threads
        self.precision = precision
        self.flipTest = flipTest
        self.people = people
        self.expert = expert
        self.detector = detector
    }
}

/// How pictures are drawn.
public struct DrawingChoice: Sendable {
    /// Surface, wire, hidden-line or solid.
    public var mode: RenderMode
    /// Parts that are drawn in another mode, by name.
    public var partModes: PartModes
    /// What cuts solid parts; nil for whole ones.
    public var section: SectionPlane?
    /// How lines look.
    public var lines: LineStyle
    /// What lies behind; nil for the default of the output's kind.
    public var background: BackgroundChoice?
    /// Pixels; nil for the default.
    public var size: PixelSize?
    /// A named view, a camera of the file, or numbers; nil for the default.
    public var camera: String?
    /// 0 or 4.
    public var samples: Int
    /// `auto`, `software`, a number or a render node.
    public var device: String
    /// How the joints of a vertex are averaged.
    public var skinning: Deformer.Method

    /// A choice from its parts.
    public init(
        mode: RenderMode = .surface, background: BackgroundChoice? = nil, size: PixelSize? = nil,
        camera: String? = nil, samples: Int = 4, device: String = "auto",
        skinning: Deformer.Method = .linear, partModes: PartModes = PartModes(), section: SectionPlane? = nil,
        lines: LineStyle = LineStyle()
    ) {
        self.mode = mode
        self.partModes = partModes
        self.section = section
        self.lines = lines
        self.background = background
        self.size = size
        self.camera = camera
        self.samples = samples
        self.device = device
        self.skinning = skinning
    }
}
