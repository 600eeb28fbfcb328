import Foundation

/// The four files of MNIST, Fashion-MNIST or another set of their layout, in a folder of the user's.
///
/// Names as they are published (`train-images-idx3-ubyte`), with a dot instead of the second dash as some copies have
/// them, each with or without `.gz`; in the folder itself or where torchvision puts them, in `MNIST/raw` or
/// `FashionMNIST/raw` or `raw` below it.
public struct MNISTFiles: Sendable, Hashable {
    /// Where the pictures to learn from are.
    public let trainingImages: String
    /// Where their labels are.
    public let trainingLabels: String
    /// Where the pictures of the test are.
    public let testImages: String
    /// Where their labels are.
    public let testLabels: String
    /// Whether the folder's name says that these are clothes.
    public let isFashion: Bool

    /// The names of Fashion-MNIST's classes.
    public static let fashionNames = [
        "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ]

    /// Finds the files.
    ///
    /// - Throws: `LearningError.missing` with the names of what is not there.
    public init(folder: String) throws(LearningError) {
        let below = ["", "raw", "MNIST/raw", "FashionMNIST/raw"]
        let places = below.map { $0.isEmpty ? folder : folder + "/" + $0 }
        func names(_ stem: String, _ rank: Int) -> [String] {
            ["\(stem)-idx\(rank)-ubyte", "\(stem).idx\(rank)-ubyte"].flatMap { [$0, $0 + ".gz"] }
        }
        func find(_ stem: String, _ rank: Int, in place: String) -> String? {
            names(stem, rank).map { place + "/" + $0 }.first { FileManager.default.fileExists(atPath: $0) }
        }
        let parts = [("train-images", 3), ("train-labels", 1), ("t10k-images", 3), ("t10k-labels", 1)]
        // The place where most of the files are is the one that was meant.
        let found = places.map { place in (place, parts.map { find($0.0, $0.1, in: place) }) }
        let best = found.max { $0.1.count { $0 != nil } < $1.1.count { $0 != nil } }
        let files = best?.1 ?? []
        let missing = zip(parts, files).filter { $0.1 == nil }.map { "\($0.0.0)-idx\($0.0.1)-ubyte" }
        guard missing.isEmpty, files.count == 4, let a = files[0], let b = files[1], let c = files[2], let d = files[3]
        else {
            throw .missing(
                "\(best?.0 ?? folder) lacks \(missing.joined(separator: ", ")), plain or .gz; put MNIST's four files there"
            )
        }
        (trainingImages, trainingLabels, testImages, testLabels) = (a, b, c, d)
        isFashion = (a + "/" + folder).lowercased().contains("fashion")
    }

    /// Reads the pictures to learn from.
    ///
    /// - Throws: `LearningError` with the file's name before what is wrong.
    public func training() throws(LearningError) -> DataSet { try read(trainingImages, trainingLabels, "training") }

    /// Reads the pictures of the test.
    ///
    /// - Throws: `LearningError` with the file's name before what is wrong.
    public func test() throws(LearningError) -> DataSet { try read(testImages, testLabels, "test") }

    private func read(_ images: String, _ labels: String, _ part: String) throws(LearningError) -> DataSet {
        func array(_ path: String) throws(LearningError) -> IDXArray {
            let bytes: [UInt8]
            do { bytes = [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
                throw .missing("\(path) cannot be read: \(error.localizedDescription)")
            }
            do throws(LearningError) { return try IDXArray(idx: bytes) } catch {
                if case .data(let what) = error { throw .data("\(path): \(what)") }
                throw error
            }
        }
        return try DataSet(
            name: "\(isFashion ? "Fashion-MNIST" : "MNIST") \(part)", images: try array(images),
            labels: try array(labels), classNames: isFashion ? Self.fashionNames : (0..<10).map(String.init))
    }
}
