/// The noise in each band of a mel spectrum: the mean power of frames in which nobody speaks.
struct BandNoise: Sendable {
    private var power: [Double] = []

    /// Takes a frame and takes the noise out of it.
    ///
    /// - Parameters:
    ///   - energies: of the bands, linear.
    ///   - snr: how far the frame is above the noise floor, decibels.
    ///   - isReset: whether the floor turned out to be voice: what was taken for noise is then forgotten.
    /// - Returns: the energies less the noise's, not below a third of that: what is left there is chance.
    mutating func subtract(from energies: [Double], snr: Float, isReset: Bool) -> [Double] {
        if power.isEmpty { power = energies }
        if isReset { power = energies.map { $0 * 1e-3 } }
        for i in power.indices {
            // In speech the estimate is held; it follows at once where a band falls far below it.
            let rate = snr < 4 ? 0.1 : energies[i] < 0.3 * power[i] ? 0.03 : 0
            power[i] += (energies[i] - power[i]) * rate
        }
        return power.indices.map { max(energies[$0] - power[$0], 0.3 * power[$0]) }
    }
}
