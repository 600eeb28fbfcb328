import KairaImage
import KairaMedia
import KairaPhysics
import KairaPlot

/// The motion of an experiment, frame by frame.
struct LabFilm {
    /// Seconds that it lasts.
    let duration: Double
    /// The picture at a time of the film, asked for by rising times.
    let draw: (Double) throws -> Diagram

    static let framesPerSecond = 30

    /// Writes it as a video.
    func write(to path: String, replaces: Bool) throws {
        let rate = Rational(approximating: Double(Self.framesPerSecond))
        var sink: (any FrameSink)?
        do {
            for index in 0...Int(duration * Double(Self.framesPerSecond)) {
                try Task.checkCancellation()
                let image = try draw(Double(index) / Double(Self.framesPerSecond)).draw()
                let open =
                    try sink
                    ?? MediaSink.open(
                        path, size: SIMD2(image.width, image.height), frameRate: rate,
                        options: SinkOptions(force: replaces))
                sink = open
                try open.write(Frame(image: image, timeNanoseconds: rate.nanoseconds(of: index), index: index))
            }
            try sink?.finish()
        } catch {
            sink?.cancel()
            throw error
        }
    }

    /// How many seconds of the experiment a second of the film shows, so that a period can be followed by eye.
    static func pace(period: Double) -> Double { (0.8...4).contains(period) ? 1 : period / 2 }

    /// What the title says of it.
    static func pace(words pace: Double) -> String {
        if pace == 1 { return "" }
        let factor = ((pace < 1 ? 1 / pace : pace) * 100).rounded() / 100
        return pace < 1 ? ", slowed \(factor) times" : ", \(factor) times as fast"
    }
}

/// A world that is stepped up to given times.
struct LabPlayer {
    var world: World<Double>
    let step: Double
    private(set) var steps = 0

    init(_ world: World<Double>, step: Double) {
        self.world = world
        self.step = step
    }

    var time: Double { Double(steps) * step }

    mutating func advance(to seconds: Double) {
        while Double(steps + 1) * step <= seconds + step * 1e-6 {
            world.advance(by: step)
            steps += 1
        }
    }
}
