import Foundation
import KairaMotion
import KairaPose
import KairaTensor

/// Compares a network's heatmaps with those that another implementation made of the same weights and pictures.
public struct ModelParityJob: Sendable {
    /// The folder with `config.json`, the weights, and `io.npz`: `pixel_values` `[pictures, channels, height, width]` and
    /// `heatmaps` `[pictures, keypoints, rows, columns]`, or `heatmaps_0`, `heatmaps_1`, ... of each expert. An array
    /// `heatmaps_flipback` is the mirrored pictures' answer, sides swapped and mirrored back.
    public var folder: String
    /// The number type.
    public var precision: Precision
    /// CPU threads; 0 chooses.
    public var threads: Int

    /// A job from its parts.
    public init(folder: String, precision: Precision = .float32, threads: Int = 0) {
        self.folder = folder
        self.precision = precision
        self.threads = threads
    }

    /// Pictures of one run of the network.
    private static let batch = 8

    /// Runs the job.
    ///
    /// - Throws: `KairaError` where `io.npz` does not fit, `PoseError` where the network cannot be made.
    public func run() throws -> ModelParityReport {
        let url = URL(filePath: folder), path = url.appending(path: "io.npz").path
        let archive: NumPyArchive
        do { archive = try NumPyArchive(npz: try OutputPath.read(path)) } catch let error as TensorError {
            throw KairaError.badData(path: path, reason: "\(error)")
        }
        guard let pictures = archive["pixel_values"], pictures.shape.count == 4, pictures.count > 0 else {
            throw KairaError.badData(path: path, reason: "there is no array pixel_values of four axes")
        }
        if RTMFiles.claims(url) {
            return try RTMParity(folder: folder, archive: archive, path: path, threads: threads).run(precision)
        }
        let names = archive.names.filter { Self.role(of: $0) != nil }
        guard !names.isEmpty else { throw KairaError.badData(path: path, reason: "there is no array heatmaps") }

        let threads = self.threads == 0 ? PoseEstimatorOptions.defaultThreads : self.threads
        var models: [Int: ViTPoseModel] = [:]
        var report = ModelParityReport(model: folder, precision: precision.label, arrays: [])
        for name in names {
            guard let role = Self.role(of: name), let reference = archive[name] else { continue }
            let model: ViTPoseModel
            if let made = models[role.expert] {
                model = made
            } else {
                // One at a time: a large network's experts would not fit beside each other.
                models = [:]
                model = try ViTPoseModel(
                    contentsOf: url, precision: precision, threads: threads,
                    batch: min(pictures.shape[0], Self.batch), expert: role.expert)
                models[role.expert] = model
                report.precision = model.precision.label
            }
            report.arrays.append(try compare(name, model, pictures, reference, isMirrored: role.isMirrored, path))
        }
        return report
    }

    /// Which expert's answer an array of this name is; nil where it is none.
    private static func role(of name: String) -> (expert: Int, isMirrored: Bool)? {
        if name == "heatmaps" { return (0, false) }
        if name == "heatmaps_flipback" { return (0, true) }
        guard name.hasPrefix("heatmaps_"), let expert = Int(name.dropFirst("heatmaps_".count)), expert >= 0 else {
            return nil
        }
        return (expert, false)
    }

    private func compare(
        _ name: String, _ model: ViTPoseModel, _ pictures: NumPyArray, _ reference: NumPyArray, isMirrored: Bool,
        _ path: String
    ) throws -> ModelParityReport.Comparison {
        let c = model.configuration
        let (rows, columns, joints, count) = (c.heatmapHeight, c.heatmapWidth, c.keypoints, pictures.shape[0])
        let input = [count, c.channels, c.imageHeight, c.imageWidth]
        guard pictures.shape == input else {
            throw KairaError.badData(
                path: path, reason: "pixel_values is \(pictures.shape), the configuration asks for \(input)")
        }
        guard reference.shape == [count, joints, rows, columns] else {
            throw KairaError.badData(
                path: path, reason: "\(name) is \(reference.shape), the network gives \([count, joints, rows, columns])"
            )
        }
        let expected = reference.floats()
        var actual = Self.heatmaps(
            model, isMirrored ? Self.mirrored(pictures.floats(), c.imageWidth) : pictures.floats())
        if isMirrored {
            guard joints == KeypointLayout.coco17.joints.count else {
                throw KairaError.badData(path: path, reason: "\(name): the sides of \(joints) keypoints are not known")
            }
            let opposite = FlipTest(.coco17).opposite, plane = rows * columns
            let maps = Self.mirrored(actual, columns)
            for map in 0..<count * joints {
                let from = (map / joints * joints + opposite[map % joints]) * plane
                actual.replaceSubrange(map * plane..<(map + 1) * plane, with: maps[from..<from + plane])
            }
        }
        guard expected.allSatisfy(\.isFinite) else {
            throw KairaError.badData(path: path, reason: "\(name) holds values that are not finite")
        }
        guard actual.allSatisfy(\.isFinite) else {
            throw KairaError.different("\(name): the network gives values that are not finite")
        }
        let maxAbs = zip(actual, expected).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
        let range = expected.reduce(0) { max($0, Double(abs($1))) }
        return ModelParityReport.Comparison(
            name: name, maxAbs: maxAbs, range: range, relative: range > 0 ? maxAbs / range : maxAbs,
            keypointPixels: Self.distance(actual, expected, c, count: count * joints))
    }

    /// The network's answers to pictures, some at a time.
    private static func heatmaps(_ model: ViTPoseModel, _ pictures: [Float]) -> [Float] {
        let size = model.cropCount
        var result: [Float] = []
        for start in stride(from: 0, to: pictures.count / size, by: model.batch) {
            let people = min(model.batch, pictures.count / size - start)
            model.run(people: people) { span in
                for index in span.indices { span[index] = pictures[start * size + index] }
            } read: { span in
                result.reserveCapacity(result.count + span.count)
                for index in span.indices { result.append(span[index]) }
            }
        }
        return result
    }

    /// Every row of `width` values backwards.
    private static func mirrored(_ values: [Float], _ width: Int) -> [Float] {
        values.indices.map { values[$0 / width * width + width - 1 - $0 % width] }
    }

    /// The largest distance between keypoints decoded from two stacks of maps, pixels of the network's input; its diagonal
    /// where only one has a peak.
    private static func distance(
        _ a: [Float], _ b: [Float], _ c: ViTPoseConfiguration, count: Int
    ) -> Double {
        let (rows, columns) = (c.heatmapHeight, c.heatmapWidth), decoder = HeatmapDecoder()
        let ours = decoder.decode(a.span, joints: count, rows: rows, columns: columns)
        let theirs = decoder.decode(b.span, joints: count, rows: rows, columns: columns)
        let size = SIMD2(Double(c.imageWidth - 1), Double(c.imageHeight - 1))
        let scale = size / SIMD2(Double(max(columns - 1, 1)), Double(max(rows - 1, 1)))
        return zip(ours, theirs).reduce(0) { worst, pair in
            switch (pair.0.cell, pair.1.cell) {
            case (nil, nil): return worst
            case (let our?, let their?):
                let way = (our - their) * scale
                return max(worst, (way * way).sum().squareRoot())
            default: return max(worst, (size * size).sum().squareRoot())
            }
        }
    }
}
