import Foundation

/// Images and windows computed with one loop per index, in double precision: the oracle of the kernels' tests.
enum PlainLoops {
    /// `[batch, height, width, channels]`.
    struct Image {
        var shape: [Int]
        var values: [Double]

        init(_ shape: [Int], _ values: [Float]) {
            self.shape = shape
            self.values = values.map(Double.init)
        }

        init(zeros shape: [Int]) {
            self.shape = shape
            values = [Double](repeating: 0, count: shape.reduce(1, *))
        }

        func index(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Int {
            ((n * shape[1] + y) * shape[2] + x) * shape[3] + c
        }

        /// Zero outside.
        subscript(n: Int, y: Int, x: Int, c: Int) -> Double {
            y < 0 || x < 0 || y >= shape[1] || x >= shape[2] ? 0 : values[index(n, y, x, c)]
        }
    }

    /// TensorFlow's rule: VALID fits windows inside; SAME gives ceil(size / stride), the smaller half of the padding first.
    static func outputSize(_ size: Int, kernel: Int, stride: Int, same: Bool) -> (out: Int, pad: Int) {
        if !same { return ((size - kernel) / stride + 1, 0) }
        let out = (size + stride - 1) / stride
        return (out, max((out - 1) * stride + kernel - size, 0) / 2)
    }

    /// Weights `[out, kernel, kernel, in]`.
    static func convolution(
        _ image: Image, weights: [Float], bias: [Float], kernel: Int, stride: Int, same: Bool
    ) -> Image {
        let y = outputSize(image.shape[1], kernel: kernel, stride: stride, same: same)
        let x = outputSize(image.shape[2], kernel: kernel, stride: stride, same: same)
        var result = Image(zeros: [image.shape[0], y.out, x.out, bias.count])
        let channels = image.shape[3]
        for n in 0..<image.shape[0] {
            for oy in 0..<y.out {
                for ox in 0..<x.out {
                    for o in 0..<bias.count {
                        var sum = Double(bias[o])
                        for ky in 0..<kernel {
                            for kx in 0..<kernel {
                                for c in 0..<channels {
                                    sum +=
                                        image[n, oy * stride + ky - y.pad, ox * stride + kx - x.pad, c]
                                        * Double(weights[((o * kernel + ky) * kernel + kx) * channels + c])
                                }
                            }
                        }
                        result.values[result.index(n, oy, ox, o)] = sum
                    }
                }
            }
        }
        return result
    }

    /// Weights `[kernel, kernel, channels]`.
    static func depthwise(
        _ image: Image, weights: [Float], bias: [Float], kernel: Int, stride: Int, same: Bool
    ) -> Image {
        let y = outputSize(image.shape[1], kernel: kernel, stride: stride, same: same)
        let x = outputSize(image.shape[2], kernel: kernel, stride: stride, same: same)
        let channels = image.shape[3]
        var result = Image(zeros: [image.shape[0], y.out, x.out, channels])
        for n in 0..<image.shape[0] {
            for oy in 0..<y.out {
                for ox in 0..<x.out {
                    for c in 0..<channels {
                        var sum = Double(bias[c])
                        for ky in 0..<kernel {
                            for kx in 0..<kernel {
                                sum +=
                                    image[n, oy * stride + ky - y.pad, ox * stride + kx - x.pad, c]
                                    * Double(weights[(ky * kernel + kx) * channels + c])
                            }
                        }
                        result.values[result.index(n, oy, ox, c)] = sum
                    }
                }
            }
        }
        return result
    }

    /// Largest or mean value under a window, what lies outside left out.
    static func pool(_ image: Image, kernel: Int, stride: Int, same: Bool, largest: Bool) -> Image {
        let y = outputSize(image.shape[1], kernel: kernel, stride: stride, same: same)
        let x = outputSize(image.shape[2], kernel: kernel, stride: stride, same: same)
        var result = Image(zeros: [image.shape[0], y.out, x.out, image.shape[3]])
        for n in 0..<image.shape[0] {
            for oy in 0..<y.out {
                for ox in 0..<x.out {
                    for c in 0..<image.shape[3] {
                        var seen: [Double] = []
                        for ky in 0..<kernel {
                            for kx in 0..<kernel {
                                let (iy, ix) = (oy * stride + ky - y.pad, ox * stride + kx - x.pad)
                                if iy >= 0, ix >= 0, iy < image.shape[1], ix < image.shape[2] {
                                    seen.append(image[n, iy, ix, c])
                                }
                            }
                        }
                        result.values[result.index(n, oy, ox, c)] =
                            largest ? (seen.max() ?? 0) : seen.reduce(0, +) / Double(max(seen.count, 1))
                    }
                }
            }
        }
        return result
    }

    /// Bilinear, edges clamped; `half`: pixel centres at .5; `corners`: first and last pixels coincide.
    static func resize(_ image: Image, height: Int, width: Int, half: Bool, corners: Bool) -> Image {
        func source(_ index: Int, _ from: Int, _ to: Int) -> (Int, Int, Double) {
            let scale = corners && to > 1 ? Double(from - 1) / Double(to - 1) : Double(from) / Double(to)
            let place = max(0, half ? (Double(index) + 0.5) * scale - 0.5 : Double(index) * scale)
            let low = min(Int(place), from - 1)
            return (low, min(low + 1, from - 1), place - Double(low))
        }
        var result = Image(zeros: [image.shape[0], height, width, image.shape[3]])
        for n in 0..<image.shape[0] {
            for oy in 0..<height {
                let (y0, y1, wy) = source(oy, image.shape[1], height)
                for ox in 0..<width {
                    let (x0, x1, wx) = source(ox, image.shape[2], width)
                    for c in 0..<image.shape[3] {
                        let top = image[n, y0, x0, c] * (1 - wx) + image[n, y0, x1, c] * wx
                        let bottom = image[n, y1, x0, c] * (1 - wx) + image[n, y1, x1, c] * wx
                        result.values[result.index(n, oy, ox, c)] = top * (1 - wy) + bottom * wy
                    }
                }
            }
        }
        return result
    }
}
