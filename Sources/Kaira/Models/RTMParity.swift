import Foundation
import KairaPose
import KairaTensor

/// Compares an RTMPose's or RTMDet's answers with those that another implementation made of the same weights and pictures.
struct RTMParity {
    /// The folder with the weights.
    var folder: String
    /// `pixel_values` `[pictures, 3, height, width]`, and `simcc_x` and `simcc_y` or `scores_0`, `distances_0`, ...
    var archive: NumPyArchive
    /// Where the arrays are from.
    var path: String
    /// CPU threads; 0 chooses.
    var threads: Int

    func run(_ precision: Precision) throws -> ModelParityReport {
        guard precision == .float32 || precision == .auto else {
            throw KairaError.usage("RTMPose and RTMDet run in fp32 only, not in \(precision.label)")
        }
        let files = try RTMFiles(contentsOf: URL(filePath: folder))
        let threads = self.threads == 0 ? PoseEstimatorOptions.defaultThreads : self.threads
        var report = ModelParityReport(model: folder, precision: Precision.float32.label, arrays: [])
        switch files.kind {
        case .pose(let c):
            let pictures = try self.pictures(c.imageHeight, c.imageWidth)
            let model = try RTMPoseModel(files, threads: threads, batch: min(pictures.count, 8))
            var x: [Float] = [], y: [Float] = []
            for start in stride(from: 0, to: pictures.count, by: model.batch) {
                let part = pictures[start..<min(start + model.batch, pictures.count)]
                model.run(people: part.count) { span in
                    for (person, picture) in part.enumerated() {
                        for index in picture.indices { span[person * picture.count + index] = picture[index] }
                    }
                } read: { across, down in
                    for index in across.indices { x.append(across[index]) }
                    for index in down.indices { y.append(down[index]) }
                }
            }
            let theirX = try array("simcc_x", [pictures.count, c.keypoints, c.columns])
            let theirY = try array("simcc_y", [pictures.count, c.keypoints, c.rows])
            let decoder = SimCCDecoder(splitRatio: c.splitRatio), joints = pictures.count * c.keypoints
            let far = Double(c.imageWidth * c.imageWidth + c.imageHeight * c.imageHeight).squareRoot()
            let off = zip(
                decoder.decode(x.span, y.span, joints: joints), decoder.decode(theirX.span, theirY.span, joints: joints)
            ).reduce(0.0) { worst, pair in
                switch (pair.0.cell, pair.1.cell) {
                case (nil, nil): return worst
                case (let our?, let their?): return max(worst, ((our - their) * (our - their)).sum().squareRoot())
                default: return max(worst, far)
                }
            }
            report.arrays = [
                try compared("simcc_x", x, theirX, pixels: off), try compared("simcc_y", y, theirY, pixels: off),
            ]
        case .detector(let c):
            let pictures = try self.pictures(c.imageHeight, c.imageWidth)
            let model = try RTMDetModel(files, threads: threads)
            var scores = [[Float]](repeating: [], count: c.strides.count), distances = scores
            for picture in pictures {
                model.run { span in
                    for index in picture.indices { span[index] = picture[index] }
                } read: { level, some, others in
                    for index in some.indices { scores[level].append(some[index]) }
                    for index in others.indices { distances[level].append(others[index]) }
                }
            }
            for (level, stride) in c.strides.enumerated() {
                let size = [pictures.count, c.imageHeight / stride, c.imageWidth / stride]
                let theirs = try array("scores_\(level)", size + [c.classes])
                report.arrays.append(try compared("scores_\(level)", scores[level], theirs, pixels: 0))
                let far = try array("distances_\(level)", size + [4])
                func pixels(_ value: Float) -> Double { Double(c.isExponential ? exp(value) : value) * Double(stride) }
                let off = zip(distances[level], far).reduce(0.0) { max($0, abs(pixels($1.0) - pixels($1.1))) }
                report.arrays.append(try compared("distances_\(level)", distances[level], far, pixels: off))
            }
        }
        return report
    }

    /// The pictures with their channels last.
    private func pictures(_ height: Int, _ width: Int) throws -> [[Float]] {
        guard let array = archive["pixel_values"], array.shape.count == 4, array.shape[0] > 0,
            Array(array.shape.dropFirst()) == [3, height, width]
        else {
            throw KairaError.badData(
                path: path,
                reason:
                    "pixel_values is \(archive["pixel_values"]?.shape ?? []), the network reads [n, 3, \(height), \(width)]"
            )
        }
        let values = array.floats(), plane = height * width
        return (0..<array.shape[0]).map { picture in
            (0..<3 * plane).map { values[(picture * 3 + $0 % 3) * plane + $0 / 3] }
        }
    }

    private func array(_ name: String, _ shape: [Int]) throws -> [Float] {
        guard let array = archive[name], array.shape == shape else {
            throw KairaError.badData(
                path: path, reason: "\(name) is \(archive[name]?.shape ?? []), the network gives \(shape)")
        }
        let values = array.floats()
        guard values.allSatisfy(\.isFinite) else {
            throw KairaError.badData(path: path, reason: "\(name) holds values that are not finite")
        }
        return values
    }

    private func compared(
        _ name: String, _ actual: [Float], _ expected: [Float], pixels: Double
    ) throws -> ModelParityReport.Comparison {
        guard actual.allSatisfy(\.isFinite) else {
            throw KairaError.different("\(name): the network gives values that are not finite")
        }
        let most = zip(actual, expected).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
        let range = expected.reduce(0) { max($0, Double(abs($1))) }
        return ModelParityReport.Comparison(
            name: name, maxAbs: most, range: range, relative: range > 0 ? most / range : most, keypointPixels: pixels)
    }
}
