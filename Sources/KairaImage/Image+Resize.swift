extension Image {
    /// The picture at another size: a triangle filter as wide as the pixels that fall into one, so that shrinking averages
    /// and enlarging is bilinear. Pixel centres map to pixel centres.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "an image has at least one pixel")
        if newWidth == width && newHeight == height { return self }
        let horizontal = ResampleWeights(from: width, to: newWidth)
        let vertical = ResampleWeights(from: height, to: newHeight)
        var rows = [SIMD4<Float>](repeating: .zero, count: newWidth * height)
        var result = Image(width: newWidth, height: newHeight)
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe rows.withUnsafeMutableBufferPointer { rows in
                for y in 0..<height {
                    for x in 0..<newWidth {
                        var sum = SIMD4<Float>.zero
                        for k in horizontal.ranges[x] {
                            let i = (y * width + horizontal.sources[k]) * 4
                            let pixel = unsafe SIMD4<Float>(
                                Float(source[i]), Float(source[i + 1]), Float(source[i + 2]), Float(source[i + 3]))
                            sum += pixel * horizontal.weights[k]
                        }
                        unsafe rows[y * newWidth + x] = sum
                    }
                }
            }
        }
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe result.bytes.withUnsafeMutableBufferPointer { out in
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        var sum = SIMD4<Float>(repeating: 0.5)
                        for k in vertical.ranges[y] {
                            sum += unsafe rows[vertical.sources[k] * newWidth + x] * vertical.weights[k]
                        }
                        let i = (y * newWidth + x) * 4
                        for c in 0..<4 { unsafe out[i + c] = UInt8(min(max(sum[c], 0), 255)) }
                    }
                }
            }
        }
        return result
    }

    /// The picture scaled to cover a size, the rest cut off evenly.
    public func filling(width newWidth: Int, height newHeight: Int) -> Image {
        let scale = max(Double(newWidth) / Double(width), Double(newHeight) / Double(height))
        let scaled = resized(
            width: max(newWidth, Int((Double(width) * scale).rounded())),
            height: max(newHeight, Int((Double(height) * scale).rounded())))
        return scaled.cropped(
            x: (scaled.width - newWidth) / 2, y: (scaled.height - newHeight) / 2, width: newWidth, height: newHeight)
    }

    /// A rectangle of the picture, which must lie inside it.
    public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> Image {
        precondition(x >= 0 && y >= 0 && x + newWidth <= width && y + newHeight <= height, "the rectangle lies inside")
        var result = Image(width: newWidth, height: newHeight)
        for row in 0..<newHeight {
            let start = ((y + row) * width + x) * 4
            result.bytes.replaceSubrange(
                (row * newWidth * 4)..<((row + 1) * newWidth * 4), with: bytes[start..<(start + newWidth * 4)])
        }
        return result
    }

    /// The picture turned and mirrored as an EXIF orientation (1...8) asks.
    public func oriented(_ orientation: Int) -> Image {
        guard 2...8 ~= orientation else { return self }
        let swaps = orientation >= 5
        var result = Image(width: swaps ? height : width, height: swaps ? width : height)
        for y in 0..<result.height {
            for x in 0..<result.width {
                let (sx, sy): (Int, Int)
                switch orientation {
                case 2: (sx, sy) = (width - 1 - x, y)
                case 3: (sx, sy) = (width - 1 - x, height - 1 - y)
                case 4: (sx, sy) = (x, height - 1 - y)
                case 5: (sx, sy) = (y, x)
                case 6: (sx, sy) = (y, height - 1 - x)
                case 7: (sx, sy) = (width - 1 - y, height - 1 - x)
                default: (sx, sy) = (width - 1 - y, x)
                }
                let (to, from) = ((y * result.width + x) * 4, (sy * width + sx) * 4)
                for c in 0..<4 { result.bytes[to + c] = bytes[from + c] }
            }
        }
        return result
    }
}

/// Which source pixels make each target pixel along one axis.
private struct ResampleWeights {
    var ranges: [Range<Int>] = []
    var sources: [Int] = []
    var weights: [Float] = []

    init(from count: Int, to newCount: Int) {
        let step = Double(count) / Double(newCount)
        let reach = max(step, 1)
        for i in 0..<newCount {
            let centre = (Double(i) + 0.5) * step - 0.5
            let first = Int((centre - reach).rounded(.up))
            let last = Int((centre + reach).rounded(.down))
            let start = sources.count
            var total: Float = 0
            for s in first...max(first, last) {
                let weight = Float(1 - abs(Double(s) - centre) / reach)
                guard weight > 0 else { continue }
                sources.append(min(max(s, 0), count - 1))
                weights.append(weight)
                total += weight
            }
            for k in start..<sources.count { weights[k] /= total }
            ranges.append(start..<sources.count)
        }
    }
}
