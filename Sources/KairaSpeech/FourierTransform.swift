import Glibc

/// The discrete Fourier transform of real numbers, of a power of two: a complex one of half the size (radix 2, decimation in
/// time), then the two halves are told apart. Tables are made once.
struct FourierTransform: Sendable {
    let size: Int
    /// cos and -sin of each stage of the complex transform after another, stage by stage.
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]
    /// cos and -sin of 2 pi k / size.
    private let splitCosines: [Double]
    private let splitSines: [Double]

    init(size: Int) {
        precondition(size > 3 && size & (size - 1) == 0)
        self.size = size
        let half = size / 2
        var (cosines, sines): ([Double], [Double]) = ([], [])
        var width = 1
        while width < half {
            for k in 0..<width {
                cosines.append(cos(.pi * Double(k) / Double(width)))
                sines.append(-sin(.pi * Double(k) / Double(width)))
            }
            width *= 2
        }
        self.cosines = cosines
        self.sines = sines
        let bits = half.trailingZeroBitCount
        reversed = (0..<half).map { i in (0..<bits).reduce(0) { $0 | ((i >> $1) & 1) << (bits - 1 - $1) } }
        splitCosines = (0...half).map { cos(2 * .pi * Double($0) / Double(size)) }
        splitSines = (0...half).map { -sin(2 * .pi * Double($0) / Double(size)) }
    }

    /// X_k = sum of x_n exp(-2 pi i k n / N) for k = 0...N/2.
    func transform(_ values: [Double]) -> (real: [Double], imaginary: [Double]) {
        precondition(values.count == size)
        let half = size / 2
        var (re, im) = ([Double](repeating: 0, count: half), [Double](repeating: 0, count: half))
        // Even samples are the real part, odd ones the imaginary.
        for i in 0..<half {
            re[reversed[i]] = values[2 * i]
            im[reversed[i]] = values[2 * i + 1]
        }
        unsafe re.withUnsafeMutableBufferPointer { re in
            unsafe im.withUnsafeMutableBufferPointer { im in
                unsafe cosines.withUnsafeBufferPointer { cosines in
                    unsafe sines.withUnsafeBufferPointer { sines in
                        var (width, table) = (1, 0)
                        while width < half {
                            var base = 0
                            while base < half {
                                for k in 0..<width {
                                    let (c, s) = unsafe (cosines[table + k], sines[table + k])
                                    let (i, j) = (base + k, base + k + width)
                                    let x = unsafe re[j] * c - im[j] * s
                                    let y = unsafe re[j] * s + im[j] * c
                                    unsafe (re[j], im[j]) = (re[i] - x, im[i] - y)
                                    unsafe (re[i], im[i]) = (re[i] + x, im[i] + y)
                                }
                                base += 2 * width
                            }
                            table += width
                            width *= 2
                        }
                    }
                }
            }
        }
        var (real, imaginary) = ([Double](repeating: 0, count: half + 1), [Double](repeating: 0, count: half + 1))
        for k in 0...half {
            let (a, b) = (k & (half - 1), (half - k) & (half - 1))
            // Spectra of the even and of the odd samples.
            let (evenRe, evenIm) = ((re[a] + re[b]) / 2, (im[a] - im[b]) / 2)
            let (oddRe, oddIm) = ((im[a] + im[b]) / 2, (re[b] - re[a]) / 2)
            real[k] = evenRe + oddRe * splitCosines[k] - oddIm * splitSines[k]
            imaginary[k] = evenIm + oddRe * splitSines[k] + oddIm * splitCosines[k]
        }
        return (real, imaginary)
    }
}
