import Foundation
import KairaMotion

/// The estimators that Kaira has, by name. A new family adds one entry to `all`.
public struct PoseEstimatorCatalogue: Sendable {
    /// One estimator that can be made.
    public struct Entry: Sendable {
        /// What it is asked for by: `blazepose`.
        public let name: String
        /// One line for a list.
        public let summary: String
        /// The joints it reports.
        public let layout: KeypointLayout
        /// The `ModelCatalogue` entry whose files it needs.
        public let model: String
        /// Makes one from the files of a store.
        public let make: @Sendable (ModelStore, PoseEstimatorOptions) throws(PoseError) -> any PoseEstimator

        /// An entry from its parts.
        public init(
            name: String, summary: String, layout: KeypointLayout, model: String,
            make: @escaping @Sendable (ModelStore, PoseEstimatorOptions) throws(PoseError) -> any PoseEstimator
        ) {
            self.name = name
            self.summary = summary
            self.layout = layout
            self.model = model
            self.make = make
        }
    }

    /// The entries, in the order of a list.
    public static let all: [Entry] =
        [BlazePoseEstimator.catalogueEntry] + ViTPoseEstimator.catalogueEntries + RTMPoseEstimator.catalogueEntries

    /// Makes an estimator by its name in `all`, by the name of a model that was added to the store, or from a ViTPose or
    /// RTMPose model's folder or file.
    ///
    /// - Throws: `PoseError.unknownModel`, `.missingModel` where its weights have not been pulled, `.damagedModel`,
    ///   `.unusableModel`.
    public static func make(
        _ name: String, store: ModelStore, options: PoseEstimatorOptions = PoseEstimatorOptions()
    ) throws(PoseError) -> any PoseEstimator {
        if let entry = all.first(where: { $0.name == name }) { return try entry.make(store, options) }
        let added = store.added
        let isAdded = added.contains { $0.name == name }
        // A path has a slash, or names something that is there.
        guard isAdded || name.contains("/") || FileManager.default.fileExists(atPath: name) else {
            throw .unknownModel(name, known: all.map(\.name) + added.map(\.name))
        }
        let url = URL(filePath: try isAdded ? store.path(of: name) : name), label = isAdded ? name : nil
        if RTMFiles.claims(url) {
            return try RTMPoseEstimator(contentsOf: url, name: label, store: store, options: options)
        }
        return try ViTPoseEstimator(
            contentsOf: url, name: label, store: store, detector: options.detector, options: ViTPoseOptions(options))
    }
}
