import Foundation
import KairaImage
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// Frames, weights and oracle arrays for the tests of this module.
enum PoseFixtures {
    /// The weights that `kaira models pull blazepose` fetches; tests that need them are skipped where they are absent.
    static let store = ModelStore()

    static var hasModels: Bool { store.list().contains { $0.model.name == "blazepose" && $0.isComplete } }

    static let squats = TestData.root.appending(path: "assets/demo/squats.mp4")

    static func archive(_ name: String) throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: TestData.fixture("blazepose/\(name).npz"))))
    }

    /// Decodes a video or a picture with an ffmpeg child.
    static func frames(_ url: URL, width: Int, height: Int, rate: Double, limit: Int = .max) throws -> [Frame] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "ffmpeg", "-v", "error", "-i", url.path, "-frames:v", "\(min(limit, 100_000))", "-f", "rawvideo",
            "-pix_fmt",
            "rgba", "-",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        let size = width * height * 4
        try #require(process.terminationStatus == 0 && !bytes.isEmpty && bytes.count % size == 0)
        return try (0..<bytes.count / size).map { index in
            let image = try #require(
                Image(width: width, height: height, bytes: Array(bytes[index * size..<(index + 1) * size])))
            return Frame(image: image, timeNanoseconds: Int64(Double(index) * 1e9 / rate), index: index)
        }
    }

    /// The squats clip of 65 frames at 5 a second.
    static func squatFrames(limit: Int = .max) throws -> [Frame] {
        try frames(squats, width: 720, height: 1280, rate: 5, limit: limit)
    }

    /// The rows of an array, the last axis being x, y or x, y, z.
    static func points(_ array: NumPyArray) -> [[SIMD2<Float>]] {
        let values = array.floats(), joints = array.shape[1]
        return (0..<array.shape[0]).map { t in
            (0..<joints).map { SIMD2(values[(t * joints + $0) * 2], values[(t * joints + $0) * 2 + 1]) }
        }
    }

    static func points3(_ array: NumPyArray) -> [[SIMD3<Float>]] {
        let values = array.floats(), joints = array.shape[1]
        return (0..<array.shape[0]).map { t in
            (0..<joints).map {
                let i = (t * joints + $0) * 3
                return SIMD3(values[i], values[i + 1], values[i + 2])
            }
        }
    }

    static func rows(_ array: NumPyArray) -> [[Float]] {
        let values = array.floats(), width = array.shape[1]
        return (0..<array.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    static func region(_ row: [Float]) -> ImageRegion {
        ImageRegion(center: SIMD2(row[0], row[1]), size: SIMD2(row[2], row[3]), rotation: row[4])
    }

    /// Lists of lists of numbers: `[frames][joints][axes]`.
    static func golden(_ name: String) throws -> [[[Double]]] {
        try JSONDecoder().decode([[[Double]]].self, from: Data(contentsOf: TestData.fixture("blazepose/\(name)")))
    }
}

/// Distances between two lists of points, pixels.
func distances(_ a: [SIMD2<Float>], _ b: [SIMD2<Float>]) -> [Float] {
    zip(a, b).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }
}

func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
