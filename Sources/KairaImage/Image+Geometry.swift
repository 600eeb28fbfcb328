extension Image {
    /// A part of the picture; what of the rectangle lies outside is transparent.
    ///
    /// - Parameters:
    ///   - x: the first column, may be negative.
    ///   - y: the first row, may be negative.
    ///   - width: > 0.
    ///   - height: > 0.
    /// - Returns: a picture of width x height.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
        var result = Image(width: width, height: height)
        let columns = max(x, 0)..<max(max(x, 0), min(x + width, self.width))
        let rows = max(y, 0)..<max(max(y, 0), min(y + height, self.height))
        for row in rows where !columns.isEmpty {
            let from = (row * self.width + columns.lowerBound) * 4
            let to = ((row - y) * width + columns.lowerBound - x) * 4
            result.bytes.replaceSubrange(to..<to + columns.count * 4, with: bytes[from..<from + columns.count * 4])
        }
        return result
    }

    /// The picture mirrored top to bottom: OpenGL's rows begin below.
    public func flippedVertically() -> Image { oriented(by: .flipped) }

    /// The picture scaled to fit into a frame of another shape, centred, the rest filled.
    ///
    /// - Parameters:
    ///   - width: of the result.
    ///   - height: of the result.
    ///   - fill: premultiplied RGBA.
    /// - Returns: the picture and where the source lies in it: `target = source * scale + offset`.
    public func letterboxed(width: Int, height: Int, fill: SIMD4<UInt8> = [0, 0, 0, 255])
        -> (image: Image, scale: SIMD2<Double>, offset: SIMD2<Double>)
    {
        let fit = min(Double(width) / Double(self.width), Double(height) / Double(self.height))
        let w = min(width, max(1, Int((Double(self.width) * fit).rounded())))
        let h = min(height, max(1, Int((Double(self.height) * fit).rounded())))
        let (x, y) = ((width - w) / 2, (height - h) / 2)
        var result = Image(width: width, height: height, filledWith: fill)
        result.draw(resized(width: w, height: h), atX: x, y: y)
        return (
            result, [Double(w) / Double(self.width), Double(h) / Double(self.height)], [Double(x), Double(y)]
        )
    }

    /// The picture scaled to another size; right for premultiplied pixels, in sRGB-encoded values.
    ///
    /// Separable triangle filter: bilinear when enlarging, widened to cover every source pixel when reducing, so that
    /// nothing is skipped (the convention of Pillow's `BILINEAR` with its antialiasing). Pixel centres are at halves.
    ///
    /// - Complexity: O(width * source height + width * height), times the reduction per axis.
    public func resized(width: Int, height: Int) -> Image {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        if width == self.width, height == self.height { return self }
        let columns = ResizeTaps(from: self.width, to: width), rows = ResizeTaps(from: self.height, to: height)
        let sourceWidth = self.width
        // Rows already filtered across, kept in a ring as tall as one output row needs.
        let ring = rows.longest
        var filtered = [SIMD4<Float>](repeating: .zero, count: ring * width)
        var sum = [SIMD4<Float>](repeating: .zero, count: width)
        var done = 0
        let out = unsafe [UInt8](unsafeUninitializedCapacity: width * height * 4) { target, count in
            count = width * height * 4
            unsafe bytes.withUnsafeBytes { source in
                unsafe filtered.withUnsafeMutableBufferPointer { filtered in
                    unsafe sum.withUnsafeMutableBufferPointer { sum in
                        for y in 0..<height {
                            let first = rows.first[y], taps = rows.count[y]
                            while done < first + taps {
                                defer { done += 1 }
                                if done < first { continue }
                                unsafe Self.filterRow(
                                    source, row: done * sourceWidth * 4, columns, into: filtered,
                                    at: done % ring * width, width: width)
                            }
                            for x in 0..<width { unsafe sum[x] = SIMD4(repeating: 0.5) }
                            for tap in 0..<taps {
                                let weight = rows.weights[rows.start[y] + tap]
                                let at = (first + tap) % ring * width
                                for x in 0..<width { unsafe sum[x] += filtered[at + x] * weight }
                            }
                            for x in 0..<width {
                                // Weights are positive with sum 1, so the sum is within 0.5...255.5 but for rounding.
                                let value = unsafe sum[x].clamped(
                                    lowerBound: .zero, upperBound: SIMD4(repeating: 255.5))
                                let pixel = SIMD4<UInt8>(truncatingIfNeeded: SIMD4<Int32>(value))
                                unsafe UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped).storeBytes(
                                    of: pixel, toByteOffset: (y * width + x) * 4, as: SIMD4<UInt8>.self)
                            }
                        }
                    }
                }
            }
        }
        return Image(width: width, height: height, bytes: out) ?? self
    }

    private static func filterRow(
        _ source: UnsafeRawBufferPointer, row: Int, _ columns: ResizeTaps,
        into filtered: UnsafeMutableBufferPointer<SIMD4<Float>>, at: Int, width: Int
    ) {
        unsafe columns.weights.withUnsafeBufferPointer { weights in
            for x in 0..<width {
                var sum = SIMD4<Float>.zero
                let first = columns.first[x], start = columns.start[x]
                for tap in 0..<columns.count[x] {
                    let pixel = unsafe source.loadUnaligned(
                        fromByteOffset: row + (first + tap) * 4, as: SIMD4<UInt8>.self)
                    unsafe sum += SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: pixel)) * weights[start + tap]
                }
                unsafe filtered[at + x] = sum
            }
        }
    }
}

/// Which source pixels make an output pixel along one axis, and with what weights.
struct ResizeTaps {
    /// The first source pixel, the number of pixels, and the place of the first weight, for each output pixel.
    var first: [Int] = [], count: [Int] = [], start: [Int] = []
    var weights: [Float] = []
    var longest = 1

    init(from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        let support = max(scale, 1)
        for i in 0..<target {
            let center = (Double(i) + 0.5) * scale
            let low = max(0, Int((center - support).rounded(.down)))
            let high = min(source, Int((center + support).rounded(.up)))
            var row = (low..<high).map { max(0, 1 - abs((Double($0) + 0.5 - center) / support)) }
            var begin = low
            while row.count > 1, row[row.count - 1] == 0 { row.removeLast() }
            while row.count > 1, row[0] == 0 {
                row.removeFirst()
                begin += 1
            }
            let total = row.reduce(0, +)
            first.append(begin)
            count.append(row.count)
            start.append(weights.count)
            weights += row.map { Float($0 / total) }
            longest = max(longest, row.count)
        }
    }
}
