/// The places in a picture from which a single-shot detector measures its boxes: centres in 0...1, all of size 1.
///
/// MediaPipe `SsdAnchorsCalculator` with fixed anchor size: neighbouring layers of one stride share their cells.
public enum DetectorAnchors {
    /// Anchors of a square input.
    ///
    /// - Parameters:
    ///   - inputSize: side of the network's input in pixels.
    ///   - strides: one a layer, in order.
    ///   - anchorsPerLayer: anchors that each layer adds to a cell.
    /// - Returns: layer by layer, row by row, all anchors of a cell together.
    public static func centers(inputSize: Int, strides: [Int], anchorsPerLayer: Int = 2) -> [SIMD2<Float>] {
        var centers: [SIMD2<Float>] = []
        var layer = 0
        while layer < strides.count {
            let stride = strides[layer]
            var copies = 0
            while layer < strides.count, strides[layer] == stride {
                copies += anchorsPerLayer
                layer += 1
            }
            let side = (inputSize + stride - 1) / stride
            for row in 0..<side {
                for column in 0..<side {
                    let center = SIMD2((Float(column) + 0.5) / Float(side), (Float(row) + 0.5) / Float(side))
                    for _ in 0..<copies { centers.append(center) }
                }
            }
        }
        return centers
    }

    /// The 2,254 anchors of the pose detector.
    public static let pose = centers(inputSize: 224, strides: [8, 16, 32, 32, 32])
}
