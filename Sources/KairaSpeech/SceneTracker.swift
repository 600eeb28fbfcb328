/// Follows what a sound is like: see `SceneStatistics`.
struct SceneTracker: Sendable {
    /// Frames that are remembered: four seconds.
    static let memory = 400

    private(set) var statistics = SceneStatistics()
    /// The last frames, a ring, and their levels by size.
    private var frames: [(level: Float, voicing: Float)] = []
    private var sorted: [Float] = []
    private var next = 0
    private var level: Float = 0

    /// Takes a frame.
    mutating func add(level raw: Float, voicing: Float) {
        let now = max(raw, -90)
        if frames.isEmpty { level = now }
        if frames.count < Self.memory {
            frames.append((now, voicing))
        } else {
            sorted.remove(at: place(of: frames[next].level))
            frames[next] = (now, voicing)
            next = (next + 1) % Self.memory
        }
        sorted.insert(now, at: place(of: now))
        let last = Float(sorted.count - 1)
        func part(_ share: Float) -> Float { sorted[Int(last * share + 0.5)] }
        statistics.count = Float(frames.count)
        statistics.levels = SceneStatistics.shares.map(part)
        let (quiet, loud) = (part(0.3), part(0.7))
        var (sums, counts) = (SIMD2<Float>.zero, SIMD2<Float>.zero)
        for frame in frames {
            let isIn = SIMD2<Float>(frame.level >= loud ? 1 : 0, frame.level <= quiet ? 1 : 0)
            sums += isIn * frame.voicing
            counts += isIn
        }
        // Neither is empty: the levels compared with are those of frames.
        (statistics.loudVoicing, statistics.quietVoicing) = (sums.x / counts.x, sums.y / counts.y)
        let values = SIMD2(voicing, min(abs(now - level), 20))
        statistics.recent += (values - statistics.recent) / min(statistics.count, 25)
        statistics.lasting += (values - statistics.lasting) / min(statistics.count, 150)
        level = now
    }

    /// The first place in `sorted` whose level is not below one.
    private func place(of level: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < level { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
