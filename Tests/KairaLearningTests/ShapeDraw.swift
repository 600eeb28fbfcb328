import KairaTensor

/// Shapes, axes and windows by chance, the same for the same seed.
struct ShapeDraw {
    private var generator: RandomGenerator

    init(seed: UInt64) { generator = RandomGenerator(seed: seed, stream: 77) }

    mutating func size(_ range: ClosedRange<Int>) -> Int { range.lowerBound + generator.below(range.count) }

    mutating func isHeads() -> Bool { generator.below(2) == 1 }

    mutating func shape(ranks: ClosedRange<Int>, sizes: ClosedRange<Int> = 1...4) -> [Int] {
        let rank = size(ranks)
        return (0..<rank).map { _ in size(sizes) }
    }

    /// Two shapes that broadcast to a common one: axes of 1 in either, leading axes missing in one.
    mutating func pair() -> [[Int]] {
        let whole = shape(ranks: 1...4)
        var pair = [whole, whole]
        for axis in whole.indices where generator.below(3) == 0 { pair[generator.below(2)][axis] = 1 }
        let short = generator.below(2)
        pair[short].removeFirst(generator.below(whole.count + 1))
        return pair
    }

    /// Some of the axes in any order, a few counted from the end.
    mutating func axes(rank: Int) -> [Int] {
        let count = size(1...rank)
        return order(rank).prefix(count).map { isHeads() ? $0 : $0 - rank }
    }

    mutating func order(_ count: Int) -> [Int] { generator.permutation(count) }

    mutating func places(_ count: Int, below bound: Int) -> [Int] { (0..<count).map { _ in generator.below(bound) } }

    mutating func numbers(_ shape: [Int], in range: Range<Double>) -> Tensor<Double> {
        generator.uniform(shape, in: range)
    }

    /// A window that covers no more than `height` rows and `width` columns.
    mutating func window(height: Int, width: Int, dilates: Bool = true) -> WindowShape {
        let kernel = (size(1...min(3, height)), size(1...min(3, width)))
        let dilation = (
            dilates && 2 * (kernel.0 - 1) < height ? size(1...2) : 1,
            dilates && 2 * (kernel.1 - 1) < width ? size(1...2) : 1
        )
        return WindowShape(
            kernel: kernel, stride: (size(1...2), size(1...2)),
            padding: (size(0...kernel.0 / 2), size(0...kernel.1 / 2)), dilation: dilation)
    }
}
