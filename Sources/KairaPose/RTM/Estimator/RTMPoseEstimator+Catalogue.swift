import Foundation
import KairaMotion
import KairaTensor

extension RTMPoseEstimator {
    /// An estimator from a file or a folder, with a detector of a store: see `PoseEstimatorOptions.detector`.
    ///
    /// - Throws: `PoseError.missingModel` where the detector's weights are not here, `.unavailable` where something is asked
    ///   for that the network cannot do, and what `init(_:name:detector:options:)` throws.
    public convenience init(
        contentsOf url: URL, name: String? = nil, store: ModelStore,
        options: PoseEstimatorOptions = PoseEstimatorOptions()
    ) throws(PoseError) {
        guard options.precision == .auto || options.precision == .float32 else {
            throw .unavailable("RTMPose runs in fp32 only, not in \(options.precision.label)")
        }
        guard options.expert == 0 else { throw .unavailable("RTMPose has no experts; ViTPose+ models have") }
        let files = try RTMFiles(contentsOf: url)
        guard case .pose = files.kind else {
            throw .unusableModel(file: url.path, reason: "this is a detector (RTMDet): name it by --detector")
        }
        try self.init(
            files, name: name ?? files.name,
            detector: try PeopleFinderCatalogue.make(options.detector, store: store, threads: options.threads),
            options: RTMPoseOptions(options))
    }

    /// How the catalogue makes one of a published size.
    private static func catalogueEntry(_ name: String, _ size: String) -> PoseEstimatorCatalogue.Entry {
        PoseEstimatorCatalogue.Entry(
            name: name, summary: "RTMPose \(size): several people, COCO's 17 points", layout: .coco17, model: name
        ) { (store: ModelStore, options: PoseEstimatorOptions) throws(PoseError) -> any PoseEstimator in
            try RTMPoseEstimator(
                contentsOf: URL(filePath: try store.path(of: name)), name: name, store: store, options: options)
        }
    }

    /// The published sizes.
    static let catalogueEntries = [
        catalogueEntry("rtmpose-t", "tiny"), catalogueEntry("rtmpose-s", "small"),
        catalogueEntry("rtmpose-m", "medium"), catalogueEntry("rtmpose-l", "large"),
    ]
}
