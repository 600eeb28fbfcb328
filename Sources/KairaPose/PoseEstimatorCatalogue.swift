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
    public static let all: [Entry] = [BlazePoseEstimator.catalogueEntry]

    /// Makes an estimator by name.
    ///
    /// - Throws: `PoseError.unknownModel`, `.missingModel` where its weights have not been pulled, `.damagedModel`.
    public static func make(
        _ name: String, store: ModelStore, options: PoseEstimatorOptions = PoseEstimatorOptions()
    ) throws(PoseError) -> any PoseEstimator {
        guard let entry = all.first(where: { $0.name == name }) else {
            throw .unknownModel(name, known: all.map(\.name))
        }
        return try entry.make(store, options)
    }
}
