import Foundation

/// The finders of people that Kaira has, by name.
public enum PeopleFinderCatalogue {
    /// The names that `make` takes beside paths and models that were added.
    public static let names = ["blazepose", "rtmdet"]

    /// The model of the store that `rtmdet` means.
    static let detectorModel = "rtmdet-nano"

    /// Makes a finder.
    ///
    /// - Parameters:
    ///   - name: see `PoseEstimatorOptions.detector`.
    ///   - store: holds the weights.
    ///   - threads: of the network, 1...64.
    /// - Returns: the finder.
    /// - Throws: `PoseError.missingModel` where weights are not here, `.unusableModel` where a file holds no detector,
    ///   `.unknownModel`.
    public static func make(_ name: String?, store: ModelStore, threads: Int) throws(PoseError) -> any PeopleFinder {
        let name = name ?? (isHere("blazepose", store) || !isHere(detectorModel, store) ? "blazepose" : "rtmdet")
        switch name {
        case "blazepose":
            var settings = BlazePoseOptions()
            settings.threads = threads
            return try PersonDetector(
                bytes: try store.contents(of: BlazePoseEstimator.detectorFile, in: "blazepose"), options: settings)
        case "rtmdet", detectorModel: return try open(try store.path(of: detectorModel), threads)
        default:
            let added = store.added.map(\.name)
            if added.contains(name) { return try open(try store.path(of: name), threads) }
            guard name.contains("/") || FileManager.default.fileExists(atPath: name) else {
                throw .unknownModel(name, known: names + added)
            }
            return try open(name, threads)
        }
    }

    private static func open(_ path: String, _ threads: Int) throws(PoseError) -> RTMDetector {
        RTMDetector(try RTMDetModel(contentsOf: URL(filePath: path), threads: threads))
    }

    private static func isHere(_ name: String, _ store: ModelStore) -> Bool {
        (try? store.status(of: name).isComplete) ?? false
    }
}
