import KairaImage
import KairaLearning
import KairaPlot
import KairaTensor

/// Shows one picture to a network that `kaira learn` saved.
public struct PredictionRun: Sendable {
    /// The network, .safetensors.
    public var model: String
    /// A .png or .jpg, or an IDX file of pictures.
    public var picture: String
    /// Which picture of an IDX file, from 0.
    public var index = 0
    /// Whether the ink is darker than the paper; nil to tell it from the picture's rim.
    public var isInverted: Bool?

    /// A run from its parts.
    public init(model: String, picture: String) {
        self.model = model
        self.picture = picture
    }

    /// Reads both and asks.
    ///
    /// - Throws: `KairaError.noInput`; `.badData` with the file's name for what is wrong in it.
    public func run() throws -> LearnReport {
        let network: TrainedNetwork
        do { network = try TrainedNetwork(safetensors: try OutputPath.read(model)) } catch let error as LearningError {
            throw KairaError.badData(path: model, reason: "\(error)")
        }
        let description = network.description, shape = description.inputShape
        guard shape.count == 3, shape[0] == 1 || shape[0] == 3, description.task != .regression else {
            throw KairaError.badData(
                path: model, reason: "the network takes inputs of \(shape), not pictures; predict shows it pictures")
        }
        var notes: [String] = []
        let levels = try read(shape, &notes)
        let shares = try network.answers(to: Tensor<Float>(levels, shape: [1] + shape))[0]
        let names = description.classNames
        let order = shares.indices.sorted { (shares[$0], $1) > (shares[$1], $0) }
        let winner = order[0]
        var lines = ["\(picture): \(names[winner]) (\(Spoken.percent(shares[winner])))"]
        for k in order.dropFirst().prefix(3) { lines.append("  \(names[k]) \(Spoken.percent(shares[k]))") }
        return LearnReport(
            experiment: .predict,
            figures: [
                "class": .text(names[winner]), "confidence": .number(shares[winner]),
                "shares": .object(Dictionary(zip(names, shares.map { .number($0) }), uniquingKeysWith: { a, _ in a })),
            ], lines: lines, warnings: notes
        ) {
            let plane = Array(levels.prefix(shape[1] * shape[2]))
            let seen = try PictureGrid(
                title: "What the network saw", cells: [.init(pixels: plane, width: shape[2], caption: "")], columns: 1,
                side: 240
            ).draw()
            let bars = try BarChart(
                title: "What it answered, per cent",
                bars: names.indices.map { .init(name: names[$0], value: shares[$0] * 100) }, width: 460
            ).draw()
            return try ChartSheet.draw([seen, bars], columns: 2)
        }
    }

    /// The picture as the network reads it: levels from 0 to 1, plane after plane.
    private func read(_ shape: [Int], _ notes: inout [String]) throws -> [Float] {
        let bytes = try OutputPath.read(picture)
        guard ImageFormat(magicOf: bytes) == nil else {
            let image: Image
            do { image = try Image.decode(bytes) } catch { throw KairaError.badData(path: picture, reason: "\(error)") }
            let size = PixelSize(width: shape[2], height: shape[1])
            if shape[0] == 3 {
                return Glyph.planes(of: image, size: size, isColored: true).map { Float($0) / 255 }
            }
            guard let sign = Glyph.sign(in: image, size: size, isInverted: isInverted) else {
                throw KairaError.badData(path: picture, reason: "the picture is of one tone: there is nothing to read")
            }
            if sign.isInverted, isInverted == nil {
                notes.append(
                    "\(picture): dark on bright paper, read as bright on dark; --ink bright|dark says it otherwise")
            }
            return sign.pixels.map { Float($0) / 255 }
        }
        let array: IDXArray
        do { array = try IDXArray(idx: bytes) } catch {
            throw KairaError.badData(path: picture, reason: "neither PNG nor JPEG nor IDX: \(error)")
        }
        guard array.element == .uint8, array.shape.count == 3, shape[0] == 1, array.shape[1] == shape[1],
            array.shape[2] == shape[2]
        else {
            throw KairaError.badData(
                path: picture, reason: "IDX \(array.shape) for a network that reads pictures of \(shape[1])x\(shape[2])"
            )
        }
        guard 0..<array.shape[0] ~= index else {
            throw KairaError.usage("--index \(index): \(picture) holds the pictures 0 to \(array.shape[0] - 1)")
        }
        let size = shape[1] * shape[2]
        return array.bytes[index * size..<(index + 1) * size].map { Float($0) / 255 }
    }
}
