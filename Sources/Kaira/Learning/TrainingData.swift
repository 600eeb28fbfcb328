import Foundation
import KairaImage
import KairaLearning

/// Where examples for a classifier come from.
public enum TrainingData: Sendable, Hashable {
    /// The 1797 digits that are built in.
    case digits
    /// A folder with the four files of MNIST's layout.
    case mnist(folder: String)
    /// A folder with a folder of pictures for each class; every picture is scaled to `size`, grey or in colour.
    case images(folder: String, size: PixelSize, isColored: Bool)
    /// A table of comma-separated values with a column of classes.
    case table(path: String, label: String, hasHeader: Bool)

    /// Which experiment it belongs to.
    public var experiment: LearnExperiment {
        switch self {
        case .digits: .digits
        case .mnist: .mnist
        case .images: .images
        case .table: .table
        }
    }

    /// Reads the examples and splits them.
    ///
    /// MNIST brings its own test set; of the others a fifth of each class, chosen by the seed, is for the test.
    ///
    /// - Throws: `KairaError.noInput` where a file or folder is not there; `LearningError`, `ImageError` for what is wrong
    ///   in it, with the file's name.
    public func split(validation: Double, seed: UInt64) throws -> DataSplit {
        switch self {
        case .digits: return try DataSet.digits().split(validation: validation, test: 0.2, seed: seed)
        case .mnist(let folder):
            try Self.requireFolder(folder)
            let files = try MNISTFiles(folder: folder), test = try files.test()
            var parts = try files.training().split(validation: validation, seed: seed)
            guard test.inputShape == parts.training.inputShape else {
                throw LearningError.shape(
                    "training pictures of \(parts.training.inputShape) and test pictures of \(test.inputShape)")
            }
            parts.test = test
            return parts
        case .images(let folder, let size, let isColored):
            try Self.requireFolder(folder)
            return try Self.images(folder, size, isColored).split(validation: validation, test: 0.2, seed: seed)
        case .table(let path, let label, let hasHeader):
            let table: CSVTable
            let bytes = try OutputPath.read(path)
            do { table = try CSVTable(csv: bytes, hasHeader: hasHeader) } catch {
                throw KairaError.badData(path: path, reason: "\(error)")
            }
            let name = URL(filePath: path).lastPathComponent
            return try DataSet(name: name, table: table, label: label)
                .split(validation: validation, test: 0.2, seed: seed)
        }
    }

    private static func requireFolder(_ path: String) throws(KairaError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .noInput(path: path, reason: "there is no such folder")
        }
    }

    private static func images(_ folder: String, _ size: PixelSize, _ isColored: Bool) throws -> DataSet {
        let files = FileManager.default
        var names: [String] = []
        for name in try files.contentsOfDirectory(atPath: folder).sorted() where !name.hasPrefix(".") {
            var isFolder: ObjCBool = false
            if unsafe files.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder), isFolder.boolValue {
                names.append(name)
            }
        }
        guard names.count >= 2 else {
            throw KairaError.badData(
                path: folder,
                reason: "it has \(names.count) folders; each class needs a folder of its pictures, two at least")
        }
        var pixels: [UInt8] = [], labels: [Int] = []
        for (label, name) in names.enumerated() {
            for file in try files.contentsOfDirectory(atPath: folder + "/" + name).sorted()
            where ["png", "jpg", "jpeg"].contains(OutputPath.kind(file)) {
                let path = "\(folder)/\(name)/\(file)"
                do {
                    let image = try Image.decode(try OutputPath.read(path))
                    pixels += Glyph.planes(of: image, size: size, isColored: isColored)
                } catch {
                    throw KairaError.badData(path: path, reason: "\(error)")
                }
                labels.append(label)
            }
        }
        guard !labels.isEmpty else {
            throw KairaError.badData(path: folder, reason: "its folders hold no .png, .jpg or .jpeg")
        }
        return try DataSet(
            name: URL(filePath: folder).lastPathComponent,
            inputShape: [isColored ? 3 : 1, size.height, size.width], elements: .bytes(pixels, scale: 1 / 255),
            targets: .classes(labels, names: names))
    }
}
