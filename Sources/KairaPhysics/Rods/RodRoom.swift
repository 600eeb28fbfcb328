/// Where the direct solver of rods works, in Double whatever the world's scalar; one entry a node.
struct RodRoom: Sendable {
    /// What inertia alone would do: places, and frames as unit quaternions.
    var predicted: [SIMD3<Double>] = []
    var predictedFrames: [SIMD4<Double>] = []
    /// The present iterate.
    var places: [SIMD3<Double>] = []
    var frames: [SIMD4<Double>] = []
    /// Where the next one may be.
    var trialPlaces: [SIMD3<Double>] = []
    var trialFrames: [SIMD4<Double>] = []
    /// Where iterations from the predicted state ended.
    var reached: [SIMD3<Double>] = []
    var reachedFrames: [SIMD4<Double>] = []
    /// Places when the substep began.
    var begun: [SIMD3<Double>] = []
    /// Mass and inertia over the substep squared; 0 where fixed.
    var masses: [Double] = []
    var inertias: [Double] = []
    /// Strains when the substep began, of what is damped.
    var stretchesBefore: [SIMD3<Double>] = []
    var turnsBefore: [SIMD3<Double>] = []

    mutating func append() {
        predicted.append(.zero)
        predictedFrames.append(.zero)
        places.append(.zero)
        frames.append(.zero)
        trialPlaces.append(.zero)
        trialFrames.append(.zero)
        reached.append(.zero)
        reachedFrames.append(.zero)
        begun.append(.zero)
        masses.append(0)
        inertias.append(0)
        stretchesBefore.append(.zero)
        turnsBefore.append(.zero)
    }
}
