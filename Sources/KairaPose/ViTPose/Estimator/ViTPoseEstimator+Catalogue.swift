import Foundation
import KairaMotion
import KairaTensor

extension ViTPoseEstimator {
    /// An estimator from a folder or a file, with a detector of a store: see `PoseEstimatorOptions.detector`.
    ///
    /// - Throws: `PoseError.missingModel` where the detector's weights are not here, and what
    ///   `init(_:name:detector:options:)` throws.
    public convenience init(
        contentsOf url: URL, name: String? = nil, store: ModelStore, detector: String? = nil,
        options: ViTPoseOptions = ViTPoseOptions()
    ) throws(PoseError) {
        let files = try ViTPoseFiles(contentsOf: url)
        let detector = try PeopleFinderCatalogue.make(detector, store: store, threads: options.threads)
        try self.init(files, name: name ?? files.name, detector: detector, options: options)
    }

    /// How the catalogue makes one of a published size.
    static func catalogueEntry(_ name: String, _ size: String) -> PoseEstimatorCatalogue.Entry {
        PoseEstimatorCatalogue.Entry(
            name: name, summary: "ViTPose+ \(size): several people, COCO's 17 points", layout: .coco17, model: name
        ) { (store: ModelStore, options: PoseEstimatorOptions) throws(PoseError) -> any PoseEstimator in
            try ViTPoseEstimator(
                contentsOf: URL(filePath: try store.path(of: name)), name: name, store: store,
                detector: options.detector, options: ViTPoseOptions(options))
        }
    }

    /// The published sizes.
    static let catalogueEntries = [
        catalogueEntry("vitpose-s", "small"), catalogueEntry("vitpose-b", "base"),
        catalogueEntry("vitpose-l", "large"), catalogueEntry("vitpose-h", "huge"),
    ]
}
