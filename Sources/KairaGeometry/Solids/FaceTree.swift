/// A binary tree of boxes over faces in Morton order: leaves of four, the children of box i are 2 i and 2 i + 1.
struct FaceTree {
    private let order: [Int32]
    private let faceBoxes: [DoubleBox]
    private var boxes: [DoubleBox]
    private let leaves: Int
    private static let leafSize = 4

    init(_ mesh: HalfEdgeMesh, faces: [Int32]) {
        let bounds = mesh.bounds
        let scale = 2_097_151 / Swift.max(bounds.size.max(), 1e-300)
        var all: [DoubleBox] = []
        all.reserveCapacity(faces.count)
        var keyed: [(key: UInt64, index: Int32)] = []
        keyed.reserveCapacity(faces.count)
        for (i, f) in faces.enumerated() {
            let (a, b, c) = mesh.corners(Int(f))
            let box = DoubleBox(
                min: pointwiseMin(a, pointwiseMin(b, c)), max: pointwiseMax(a, pointwiseMax(b, c)))
            all.append(box)
            let p = (box.center - bounds.min) * scale
            var key: UInt64 = 0
            for k in 0..<3 { key |= Self.spread(UInt64(Swift.max(0, Swift.min(2_097_151, p[k])))) << UInt64(k) }
            keyed.append((key, Int32(i)))
        }
        keyed.sort { ($0.key, $0.index) < ($1.key, $1.index) }
        order = keyed.map { faces[Int($0.index)] }
        faceBoxes = keyed.map { all[Int($0.index)] }
        var leaves = 1
        while leaves * Self.leafSize < faces.count { leaves *= 2 }
        self.leaves = leaves
        boxes = [DoubleBox](repeating: .empty, count: 2 * leaves)
        for (i, box) in faceBoxes.enumerated() { boxes[leaves + i / Self.leafSize].formUnion(box) }
        for i in stride(from: leaves - 1, through: 1, by: -1) {
            boxes[i] = boxes[2 * i]
            boxes[i].formUnion(boxes[2 * i + 1])
        }
    }

    private static func spread(_ x: UInt64) -> UInt64 {
        var x = x & 0x1f_ffff
        x = (x | x << 32) & 0x1f_0000_0000_ffff
        x = (x | x << 16) & 0x1f_0000_ff00_00ff
        x = (x | x << 8) & 0x100f_00f0_0f00_f00f
        x = (x | x << 4) & 0x10c3_0c30_c30c_30c3
        x = (x | x << 2) & 0x1249_2492_4924_9249
        return x
    }

    /// Calls `body` for pairs of faces whose boxes meet, each pair once, until it answers false.
    func forEachPair(_ body: (_ face: Int, _ other: Int) -> Bool) {
        var stack: [Int] = []
        for (i, box) in faceBoxes.enumerated() {
            stack.append(1)
            while let node = stack.popLast() {
                guard boxes[node].intersects(box) else { continue }
                if node < leaves {
                    stack.append(2 * node)
                    stack.append(2 * node + 1)
                    continue
                }
                let first = (node - leaves) * Self.leafSize
                for j in Swift.max(first, i + 1)..<Swift.max(first + Self.leafSize, i + 1)
                where j < order.count && faceBoxes[j].intersects(box) {
                    guard body(Int(order[i]), Int(order[j])) else { return }
                }
            }
        }
    }
}
