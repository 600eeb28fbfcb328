import CKairaKernels
import Glibc

/// Random numbers by Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
///
/// A counter is turned into four words of 32 bits by ten rounds keyed by the seed; there is no other state. So a generator
/// is three numbers, which a check-point can keep, and every word can be had without those before it. Words are used in
/// order:
/// - an integer below n: multiplication of 64 bits with rejection (Lemire 2019);
/// - uniform: the upper 24 bits of one word (`Float`), the upper 53 of two, the first being the high one (`Double`);
/// - normal: Box and Muller's transform of two words, (k + 1/2) / 2^32 each, in double precision: first the cosine, then
///   the sine.
public struct RandomGenerator: RandomNumberGenerator, Codable, Sendable, Hashable {
    /// The key.
    public let seed: UInt64
    /// Which of the 2^64 independent streams of the seed.
    public let stream: UInt64
    /// Words used so far.
    public private(set) var position: UInt64

    /// The generator of a seed.
    public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        self.position = position
    }

    /// Another stream of the same seed, from its beginning; streams never meet.
    public func fork(_ stream: UInt64) -> RandomGenerator { RandomGenerator(seed: seed, stream: stream) }

    /// The next words.
    public mutating func words(_ count: Int) -> [UInt32] {
        defer { position &+= UInt64(count) }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { target, initialized in
            if let to = target.baseAddress { unsafe kaira_philox(seed, stream, position, Int64(count), to) }
            initialized = count
        }
    }

    /// The four words of a counter.
    package static func block(seed: UInt64, stream: UInt64, counter: UInt64) -> [UInt32] {
        unsafe [UInt32](unsafeUninitializedCapacity: 4) { target, initialized in
            if let to = target.baseAddress { unsafe kaira_philox_block(seed, stream, counter, to) }
            initialized = 4
        }
    }

    /// The next two words; the first is the high one.
    public mutating func next() -> UInt64 {
        var pair = (UInt32(0), UInt32(0))
        unsafe withUnsafeMutableBytes(of: &pair) { raw in
            if let to = unsafe raw.bindMemory(to: UInt32.self).baseAddress {
                unsafe kaira_philox(seed, stream, position, 2, to)
            }
        }
        position &+= 2
        return UInt64(pair.0) << 32 | UInt64(pair.1)
    }

    /// A whole number in `0 ..< bound`, all equally likely.
    ///
    /// - Precondition: `bound` is positive.
    public mutating func below(_ bound: Int) -> Int {
        require(bound > 0, "no number is below \(bound)")
        let bound = UInt64(bound), reject = (0 &- bound) % bound
        while true {
            let (high, low) = next().multipliedFullWidth(by: bound)
            if low >= reject { return Int(high) }
        }
    }

    /// The numbers `0 ..< count` in random order (Fisher and Yates, from the back).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, below(place + 1)) }
        return order
    }

    /// Uniform numbers in a half-open range.
    public mutating func uniform<Scalar: TensorReal>(
        _ shape: [Int], in range: Range<Scalar> = 0..<1
    ) -> Tensor<Scalar> {
        let result = Tensor<Scalar>(unset: shape), count = result.count
        let span = range.upperBound - range.lowerBound
        if Scalar.elementType == .float64 {
            let words = self.words(2 * count)
            for index in 0..<count {
                let bits = (UInt64(words[2 * index]) << 32 | UInt64(words[2 * index + 1])) >> 11
                unsafe result.base[index] = range.lowerBound + span * Scalar(bits) * 0x1p-53
            }
        } else {
            for (index, word) in words(count).enumerated() {
                unsafe result.base[index] = range.lowerBound + span * Scalar(word >> 8) * 0x1p-24
            }
        }
        return result
    }

    /// Normally distributed numbers.
    public mutating func normal<Scalar: TensorReal>(
        _ shape: [Int], mean: Scalar = 0, standardDeviation: Scalar = 1
    ) -> Tensor<Scalar> {
        let result = Tensor<Scalar>(unset: shape), count = result.count
        let words = self.words((count + 1) / 2 * 2)
        for index in stride(from: 0, to: count, by: 2) {
            let u = (Double(words[index]) + 0.5) * 0x1p-32, angle = (Double(words[index + 1]) + 0.5) * 0x1p-31 * .pi
            let radius = (-2 * log(u)).squareRoot()
            unsafe result.base[index] = mean + standardDeviation * Scalar(radius * cos(angle))
            if index + 1 < count {
                unsafe result.base[index + 1] = mean + standardDeviation * Scalar(radius * sin(angle))
            }
        }
        return result
    }

    /// 0 with probability `p`, else 1 / (1 - p): one word each.
    package mutating func dropoutMask<Scalar: TensorReal>(_ shape: [Int], probability p: Double) -> Tensor<Scalar> {
        let result = Tensor<Scalar>(unset: shape)
        unsafe kaira_dropout_mask(
            Scalar.kernelType, seed, stream, position, Int64(result.count), p, 1 / (1 - p), result.base)
        position &+= UInt64(result.count)
        return result
    }
}
