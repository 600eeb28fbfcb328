import KairaImage
import KairaMotion
import KairaPose
import KairaTensor

/// The heatmaps of a video's people, gathered frame by frame for an `.npz` file: `heatmaps` `[rows of this file, keypoints,
/// rows, columns]`, and for each of them `frame` (index), `id` (-1: not reported yet) and `crop` (middle x, y, width,
/// height in pixels of the source; the first and the last cell of a map lie on the crop's edges).
struct HeatmapRecord {
    private var bytes: [UInt8] = []
    private var frames: [Int32] = []
    private var ids: [Int32] = []
    private var crops: [Float] = []
    private var size = SIMD2(0, 0)

    /// A `.npz` file of stored arrays ends before 4 GB.
    private static let limit = 4_000_000_000

    /// Takes what was seen in a frame.
    ///
    /// `scale` is source pixels a pixel of the frame.
    mutating func add(_ people: [PersonHeatmaps], frame: Frame, scale: SIMD2<Float>) throws(KairaError) {
        for person in people {
            guard bytes.count + 4 * person.values.count < Self.limit else {
                throw .usage(
                    "the heatmaps reach 4 GB at frame \(frame.index), more than .npz can hold: cut the video into parts"
                )
            }
            size = SIMD2(person.columns, person.rows)
            unsafe person.values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            frames.append(Int32(frame.index))
            ids.append(Int32(person.id))
            let (middle, side) = (SIMD2<Float>(person.crop.center) * scale, SIMD2<Float>(person.crop.size) * scale)
            crops += [middle.x, middle.y, side.x, side.y]
        }
    }

    /// The arrays.
    func archive(layout: KeypointLayout) -> NumPyArchive {
        var archive = NumPyArchive()
        archive["heatmaps"] = NumPyArray(
            type: .float32, shape: [frames.count, layout.joints.count, size.y, size.x], bytes: bytes)
        archive["frame"] = NumPyArray(frames, shape: [frames.count])
        archive["id"] = NumPyArray(ids, shape: [ids.count])
        archive["crop"] = NumPyArray(crops, shape: [frames.count, 4])
        return archive
    }
}
