import KairaMedia
import KairaPhysics

/// Runs an experiment of the physics lab.
public struct LabRun: Sendable {
    /// Which experiment.
    public var experiment: LabExperiment
    /// How positions are stepped.
    public var method: IntegrationMethod
    /// Seconds a step; the experiment's own where nil.
    public var step: Double?
    /// Parameters that differ from the experiment's own, by name; SI units, angles in degrees.
    public var overrides: [String: Double]
    /// A picture to write, .png; none where nil.
    public var output: String?
    /// A film of the motion to write, .mp4, .webm or .gif; none where nil.
    public var video: String?
    /// Whether the error is measured over many steps and all methods instead, and drawn so.
    public var converges: Bool
    /// Whether a picture that exists may be replaced.
    public var replacesOutput: Bool

    /// A run from its parts.
    public init(
        experiment: LabExperiment, method: IntegrationMethod = .xpbd, step: Double? = nil,
        overrides: [String: Double] = [:], output: String? = nil, video: String? = nil, converges: Bool = false,
        replacesOutput: Bool = false
    ) {
        self.experiment = experiment
        self.method = method
        self.step = step
        self.overrides = overrides
        self.output = output
        self.video = video
        self.converges = converges
        self.replacesOutput = replacesOutput
    }

    /// Runs it, and draws the picture and the film if they are wanted.
    ///
    /// - Throws: `KairaError.usage` for a parameter that the experiment does not have or that is out of range, or a
    ///   method that it cannot use; what drawing and writing throw; `CancellationError` where the task was cancelled.
    public func run() throws -> LabReport {
        if let output {
            guard OutputPath.kind(output) == "png" else { throw KairaError.usage("\(output): name a .png") }
            try OutputPath.check(output, replaces: replacesOutput)
        }
        if let video {
            guard !converges else { throw KairaError.usage("a video shows one run: leave out the convergence") }
            guard ["mp4", "webm", "gif"].contains(OutputPath.kind(video)) else {
                throw KairaError.usage("\(video): name a video, .mp4, .webm or .gif")
            }
            try OutputPath.check(video, replaces: replacesOutput)
        }
        let report = try converges ? converge() : measure()
        if let output {
            try OutputPath.write(try report.chart.draw().encoded(as: .png), to: output, replaces: replacesOutput)
        }
        if let video { try film(report).write(to: video, replaces: replacesOutput) }
        return report
    }

    func measure() throws -> LabReport {
        switch experiment {
        case .spring: try spring()
        case .pendulum: try pendulum()
        case .chain: try chain()
        case .cantilever: try cantilever()
        case .helix: try helix()
        case .swimmer: try swimmer()
        case .friction: try friction()
        }
    }

    /// The experiment's parameters with those that were asked for; `ranges` says what each may be.
    func settings(_ own: [String: Double], _ ranges: [String: ClosedRange<Double>] = [:]) throws(KairaError)
        -> [String: Double]
    {
        var all = own
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            guard own[name] != nil else {
                let names = own.keys.sorted().joined(separator: ", ")
                throw .usage("\(experiment.rawValue) has no parameter \(name); it has \(names)")
            }
            all[name] = value
        }
        if let step { all["step"] = step }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            let range = ranges[name] ?? (name == "step" ? 1e-6...0.1 : 1e-12...1e12)
            guard range.contains(value) else {
                throw .usage("\(name) \(value) is out of \(range.lowerBound)...\(range.upperBound)")
            }
            guard !["links", "segments"].contains(name) || value == value.rounded() else {
                throw .usage("\(name) \(value) must be a whole number")
            }
        }
        return all
    }

    /// Throws where only XPBD will do.
    func requireXPBD(_ why: String) throws(KairaError) {
        guard method == .xpbd else {
            throw .usage("\(experiment.rawValue) runs with --method xpbd alone: \(why)")
        }
    }

    /// A world that steps without substeps, pulled down by `gravity`.
    func makeWorld(step: Double, gravity: Double) -> World<Double> {
        var world = World<Double>(step: step, maximumSteps: 1)
        world.settings.method = method
        world.settings.substeps = 1
        world.settings.gravity = SIMD3(0, -gravity, 0)
        return world
    }
}
