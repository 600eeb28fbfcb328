import KairaImage

/// Turns frames at uneven times into frames at even ones: each output time shows the newest frame that is not later.
///
/// Frames whose times are those of the rate pass through one for one.
struct ConstantRate {
    private let rate: FrameRate
    private var held: Image?
    private var nextIndex = 0

    init(_ rate: FrameRate) { self.rate = rate }

    /// Takes a frame and emits what is due before it.
    mutating func push(_ frame: Frame, emit: (Image, Int) throws(MediaError) -> Void) throws(MediaError) {
        let due = Int((frame.time * rate.value).rounded())
        while let image = held, nextIndex < due {
            try emit(image, nextIndex)
            nextIndex += 1
        }
        // Two frames for one output time: the later one is shown.
        held = frame.image
    }

    /// Emits the last frame.
    mutating func finish(emit: (Image, Int) throws(MediaError) -> Void) throws(MediaError) {
        guard let image = held else { return }
        held = nil
        try emit(image, nextIndex)
    }
}
