import Glibc

/// The discrete Fourier transform of a power of two, in place: radix 2, decimation in time, tables made once.
struct FourierTransform: Sendable {
    let size: Int
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]

    init(size: Int) {
        precondition(size > 1 && size & (size - 1) == 0)
        self.size = size
        cosines = (0..<size / 2).map { cos(2 * .pi * Double($0) / Double(size)) }
        sines = (0..<size / 2).map { -sin(2 * .pi * Double($0) / Double(size)) }
        let bits = size.trailingZeroBitCount
        reversed = (0..<size).map { i in (0..<bits).reduce(0) { $0 | ((i >> $1) & 1) << (bits - 1 - $1) } }
    }

    /// X_k = sum of x_n exp(-2 pi i k n / N).
    func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
        precondition(real.count == size && imaginary.count == size)
        for i in 0..<size where i < reversed[i] {
            real.swapAt(i, reversed[i])
            imaginary.swapAt(i, reversed[i])
        }
        unsafe real.withUnsafeMutableBufferPointer { re in
            unsafe imaginary.withUnsafeMutableBufferPointer { im in
                var half = 1
                while half < size {
                    let stride = size / (2 * half)
                    var base = 0
                    while base < size {
                        for k in 0..<half {
                            let (c, s) = (cosines[k * stride], sines[k * stride])
                            let (i, j) = (base + k, base + k + half)
                            let x = unsafe re[j] * c - im[j] * s
                            let y = unsafe re[j] * s + im[j] * c
                            unsafe (re[j], im[j]) = (re[i] - x, im[i] - y)
                            unsafe (re[i], im[i]) = (re[i] + x, im[i] + y)
                        }
                        base += 2 * half
                    }
                    half *= 2
                }
            }
        }
    }
}
