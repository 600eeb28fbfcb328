import Foundation
import KairaImage
import KairaMotion
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

@Suite("ViTPose estimator")
struct ViTPoseEstimatorTests {
    static let folder = TestData.fixture("vitpose/w40-h5-no-bias")

    static func people() throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: folder.appending(path: "people.npz"))))
    }

    static func frame(_ archive: NumPyArchive, index: Int = 0) throws -> Frame {
        Frame(image: try TopDownTests.picture(archive), timeNanoseconds: Int64(index) * 40_000_000, index: index)
    }

    static func boxes(_ archive: NumPyArchive) throws -> [SIMD4<Float>] {
        let values = try archive.array("boxes").floats()
        return (0..<values.count / 4).map {
            SIMD4(values[4 * $0], values[4 * $0 + 1], values[4 * $0 + 2], values[4 * $0 + 3])
        }
    }

    static func estimator(
        people: Int = 2, flip: Bool = false, precision: Precision = .float32,
        change: (inout ViTPoseOptions) -> Void = { _ in }
    ) throws -> ViTPoseEstimator {
        var options = ViTPoseOptions()
        (options.people, options.flipTest, options.precision) = (people, flip, precision)
        change(&options)
        return try ViTPoseEstimator(ViTPoseFiles(contentsOf: folder), name: "small", detector: nil, options: options)
    }

    /// Oracle: transformers 5.24 from picture and boxes to keypoints (VitPoseImageProcessorPil, the network,
    /// post_process_pose_estimation), with its flip test averaged as its own conversion script does. Joints whose unbounded
    /// Newton step leaves the cell are not compared, since Kaira's is bounded. Tolerance: crops may differ by a grey level
    /// here and there, which moves a peak by thousandths of a cell; a cell is up to 9 pixels here.
    @Test("the whole chain is the reference's", arguments: [false, true], [1, 2])
    func chain(flip: Bool, batch: Int) throws {
        let archive = try Self.people(), suffix = flip ? "flip" : "plain"
        let points = try archive.array("points_" + suffix).floats(),
            scores = try archive.array("scores_" + suffix).floats()
        let bounded = try archive.array("bounded_" + suffix).floats()
        let boxes = try Self.boxes(archive)
        var compared = 0
        // Both at once, or one after the other.
        for start in stride(from: 0, to: 2, by: batch) {
            let estimator = try Self.estimator(people: batch, flip: flip)
            estimator.boxes = Array(boxes[start..<start + batch])
            estimator.keepsHeatmaps = true
            let poses = try estimator.estimate(Self.frame(archive))
            try #require(poses.count == batch && estimator.heatmaps.count == batch)
            for pose in poses {
                let person = try #require(boxes.firstIndex { $0 == pose.box })
                #expect(estimator.heatmaps.contains { $0.id == pose.id && $0.values.count == 17 * 24 * 20 })
                for joint in 0..<17 {
                    let at = person * 17 + joint
                    #expect(abs(pose.confidence[joint] - min(max(scores[at], 0), 1)) < 0.01)
                    guard bounded[at] == 1 else { continue }
                    compared += 1
                    let off = pose.points[joint] - SIMD2(points[2 * at], points[2 * at + 1])
                    #expect((off * off).sum().squareRoot() < 0.1, "person \(person), joint \(joint): \(off)")
                }
            }
        }
        #expect(compared >= 28)
    }

    /// Oracle: closed form. Heatmaps are drawn as Gaussians (sigma 2 cells, ViTPose's own) round known points of the
    /// picture, by the inverse of the published mapping; decoding must give these points back. Cells are up to 13 pixels.
    @Test(
        "Gaussians at known picture points come back", arguments: HeatmapBlur.allCases,
        [SIMD4(300, 100, 200, 500), SIMD4(-40, 20, 330, 90), SIMD4(10.5, 7.25, 21, 30), SIMD4(900, 300, 500, 470)]
            as [SIMD4<Float>])
    func gaussians(blur: HeatmapBlur, box: SIMD4<Float>) throws {
        let (rows, columns) = (64, 48)
        // By the published formulas, not by the code under test.
        let (w, h) = (Double(box.z), Double(box.w)), aspect = 192.0 / 256
        let side = w > aspect * h ? SIMD2(w, w / aspect) * 1.25 : SIMD2(h * aspect, h) * 1.25
        let middle = SIMD2(Double(box.x) + w / 2, Double(box.y) + h / 2)
        var generator = SplitMix(state: 11)
        var maps: [Float] = [], wanted: [SIMD2<Double>] = []
        for _ in 0..<17 {
            let cell = SIMD2(5 + 37 * generator.next(), 5 + 53 * generator.next())
            wanted.append(middle - side / 2 + cell * side / SIMD2(47, 63))
            for y in 0..<rows {
                for x in 0..<columns {
                    let d = SIMD2(Double(x), Double(y)) - cell
                    maps.append(Float(0.9 * exp(-(d * d).sum() / 8)))
                }
            }
        }
        let crop = try #require(PersonCrop(box: box, width: 192, height: 256))
        let pose = TopDownOutput(layout: .coco17, decoder: HeatmapDecoder(blur: blur)).pose(
            maps.span, rows: rows, columns: columns, crop: crop, box: box, frameSize: [1920, 1080], time: 0)
        for (point, truth) in zip(pose.points, wanted) {
            let off = SIMD2<Double>(point) - truth
            #expect((off * off).sum().squareRoot() <= 0.05, "\(off)")
        }
        #expect(pose.score > 0.5)
    }

    struct SplitMix {
        var state: UInt64

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }
    }

    /// Oracle: a still picture shows the same people: once boxes come from the joints, ids stay, and no detector is needed.
    @Test("people are followed with steady ids from their own joints")
    func follows() throws {
        let archive = try Self.people()
        // A random network's joints lie anywhere: boxes that come from them are shown to stay, whatever they are.
        let estimator = try Self.estimator { $0.sameBoxOverlap = 0.999 }
        estimator.boxes = try Self.boxes(archive)
        for index in 0..<5 {
            let poses = try estimator.estimate(Self.frame(archive, index: index))
            #expect(poses.map(\.id) == [0, 1].prefix(poses.count).map { $0 })
            #expect(estimator.boxes.count <= 2 && !estimator.boxes.isEmpty)
            for box in estimator.boxes {
                #expect(box.x >= 0 && box.y >= 0 && box.x + box.z <= 160 && box.y + box.w <= 120)
            }
        }
        estimator.reset()
        #expect(estimator.boxes.isEmpty)
        #expect(try estimator.estimate(Self.frame(archive, index: 5)).isEmpty)
    }

    @Test("two boxes on one person are one, and bad boxes are none")
    func boxes() throws {
        let archive = try Self.people(), box = try Self.boxes(archive)[0]
        let estimator = try Self.estimator()
        estimator.boxes = [box, box + SIMD4(1, 1, 0, 0)]
        #expect(try estimator.estimate(Self.frame(archive)).count == 1)
        for bad in [
            SIMD4(.nan, 0, 10, 10), SIMD4(0, 0, .infinity, 10), SIMD4(0, 0, -5, 10), SIMD4(1e9, 0, 10, 10),
            SIMD4(0, 0, 1e30, 1e30), SIMD4(-50, -50, 20, 20),
        ] as [SIMD4<Float>] {
            let estimator = try Self.estimator()
            estimator.boxes = [bad]
            #expect(try estimator.estimate(Self.frame(archive)).isEmpty, "\(bad)")
        }
    }

    @Test("auto takes a type, says why, and remembers it where the cache folder is")
    func precision() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["XDG_CACHE_HOME": folder.path]
        let configuration = try ViTPoseFiles(contentsOf: Self.folder).configuration
        let first = PrecisionChoice.fastest(for: configuration, environment: environment)
        let second = PrecisionChoice.fastest(for: configuration, environment: environment)
        #expect(!first.isRemembered && second.isRemembered && first.precision == second.precision)
        #expect(first.milliseconds == second.milliseconds && first.precision != .auto)
        // What was chosen has the least of the times.
        #expect(first.milliseconds[first.precision.label] == first.milliseconds.values.min())
        #expect(second.text.contains(first.precision.label) && second.text.contains("before"))
        // A damaged file is a measurement, not an error; a folder that cannot be made neither.
        try Data("{".utf8).write(to: folder.appending(path: "kaira/precision.json"))
        #expect(!PrecisionChoice.fastest(for: configuration, environment: environment).isRemembered)
        #expect(
            !PrecisionChoice.fastest(for: configuration, environment: ["XDG_CACHE_HOME": "/proc/nowhere"]).isRemembered)
        #expect(try Self.estimator(precision: .auto).information.precisionChoice != nil)
        #expect(try Self.estimator(precision: .bfloat16).information.precision == "bf16")
    }

    @Test("models that cannot see people are refused by name")
    func refused() throws {
        for name in ["w24-h3", "w36-h2-experts3"] {
            let error = #expect(throws: PoseError.self) {
                try ViTPoseEstimator(
                    ViTPoseFiles(contentsOf: TestData.fixture("vitpose/" + name)), name: name, detector: nil)
            }
            #expect(error?.exitCode == 65 && error?.description.contains("keypoints") == true)
        }
        let error = #expect(throws: PoseError.self) { try Self.estimator { $0.expert = 3 } }
        #expect(error?.description.contains("expert 3") == true)
    }

    /// Oracle: the published sizes (S: 384 wide, 12 layers, 12 heads) under the authors' names, without `config.json`.
    @Test("a checkpoint without a configuration tells its own shape")
    func inferred() throws {
        func tensors(_ width: Int, _ layers: Int) -> [(String, [Int])] {
            var list = [
                ("backbone.pos_embed", [1, 193, width]), ("backbone.patch_embed.proj.weight", [width, 3, 16, 16]),
                ("keypoint_head.final_layer.weight", [17, 256, 1, 1]),
                ("keypoint_head.deconv_layers.0.weight", [width, 256, 4, 4]),
            ]
            for layer in 0..<layers {
                list.append(("backbone.blocks.\(layer).mlp.fc1.weight", [4 * width, width]))
                list.append(("backbone.blocks.\(layer).attn.qkv.bias", [3 * width]))
            }
            return list
        }
        /// A file of zeros in fp8 would be smaller still, but bool is in every reader.
        func file(_ list: [(String, [Int])]) throws -> URL {
            var at = 0
            let entries = list.map { name, shape in
                let start = at
                at += shape.reduce(1, *)
                return "\"\(name)\":{\"dtype\":\"BOOL\",\"shape\":\(shape),\"data_offsets\":[\(start),\(at)]}"
            }
            let header = Array("{\(entries.joined(separator: ","))}".utf8)
            let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let url = folder.appending(path: "vitpose-small.safetensors")
            try (Data((0..<8).map { UInt8(header.count >> (8 * $0) & 255) } + header) + Data(count: at)).write(to: url)
            return url
        }
        let small = try file(tensors(384, 12))
        defer { try? FileManager.default.removeItem(at: small.deletingLastPathComponent()) }
        let opened = try ViTPoseFiles(contentsOf: small), c = opened.configuration
        #expect(opened.name == "vitpose-small" && !opened.hasConfiguration)
        #expect(c.width == 384 && c.layers == 12 && c.heads == 12 && c.expansion == 4 && c.experts == 1)
        #expect(c.imageHeight == 256 && c.imageWidth == 192 && c.head == .classic && c.keypoints == 17)
        #expect(c.layerNormEpsilon == 1e-6 && c.queryBias)
        // A width of no published network leaves the number of heads open.
        let odd = try file(tensors(40, 2))
        defer { try? FileManager.default.removeItem(at: odd.deletingLastPathComponent()) }
        let error = #expect(throws: PoseError.self) { try ViTPoseFiles(contentsOf: odd) }
        #expect(error?.description.contains("config.json") == true)
    }
}
