import KairaImage

/// Makes pictures into what a network reads.
enum Glyph {
    /// Grey levels or the three colours of a picture scaled to a size, plane after plane, over white paper.
    static func planes(of image: Image, size: PixelSize, isColored: Bool) -> [UInt8] {
        let scaled = image.composited(over: [255, 255, 255]).resized(width: size.width, height: size.height)
        let count = size.width * size.height
        guard isColored else { return grey(scaled) }
        return (0..<3).flatMap { channel in (0..<count).map { scaled.bytes[$0 * 4 + channel] } }
    }

    /// Luma by ITU-R BT.601, of sRGB-encoded values.
    static func grey(_ image: Image) -> [UInt8] {
        (0..<image.width * image.height).map { i in
            let (r, g, b) = (UInt32(image.bytes[i * 4]), UInt32(image.bytes[i * 4 + 1]), UInt32(image.bytes[i * 4 + 2]))
            return UInt8((299 * r + 587 * g + 114 * b + 500) / 1000)
        }
    }

    /// A written sign as MNIST shows one: bright ink on black, the ink's box scaled to 20/28 of the frame and its centre
    /// of mass in the middle (LeCun, Bottou, Bengio, Haffner, "Gradient-based learning", 1998).
    ///
    /// A picture that has the frame's size already is taken as it is, but for the ink's brightness.
    ///
    /// - Parameters:
    ///   - image: of any size, ink and paper of any two tones.
    ///   - size: the frame that the network reads.
    ///   - isInverted: whether the ink is darker than the paper; nil to tell it from the picture's rim.
    /// - Returns: grey levels, row-major, and whether they were inverted; nil for a picture without any ink.
    static func sign(in image: Image, size: PixelSize, isInverted: Bool?) -> (pixels: [UInt8], isInverted: Bool)? {
        let flat = image.composited(over: [255, 255, 255]), (w, h) = (flat.width, flat.height)
        var levels = grey(flat)
        var rim = 0
        for x in 0..<w { rim += Int(levels[x]) + Int(levels[(h - 1) * w + x]) }
        for y in 0..<h { rim += Int(levels[y * w]) + Int(levels[y * w + w - 1]) }
        let inverts = isInverted ?? (rim > 127 * 2 * (w + h))
        if inverts { for i in levels.indices { levels[i] = 255 - levels[i] } }
        if w == size.width, h == size.height { return levels.contains { $0 > 0 } ? (levels, inverts) : nil }
        // Paper is never quite one tone: the ink is what is brighter than halfway to the brightest.
        let most = levels.max() ?? 0, least = levels.min() ?? 0
        guard most > least else { return nil }
        let threshold = UInt8((Int(most) + Int(least)) / 2)
        for i in levels.indices { levels[i] = UInt8((Int(levels[i]) - Int(least)) * 255 / (Int(most) - Int(least))) }
        let cut = UInt8((Int(threshold) - Int(least)) * 255 / (Int(most) - Int(least)))
        var (x0, x1, y0, y1) = (w, -1, h, -1)
        for y in 0..<h {
            for x in 0..<w where levels[y * w + x] > cut {
                (x0, x1, y0, y1) = (min(x0, x), max(x1, x), min(y0, y), max(y1, y))
            }
        }
        guard x1 >= x0, y1 >= y0 else { return nil }
        let box = max(x1 - x0 + 1, y1 - y0 + 1)
        let inner = SIMD2(max(1, size.width * 20 / 28), max(1, size.height * 20 / 28))
        let fit = min(Double(inner.x) / Double(box), Double(inner.y) / Double(box))
        let wide = max(1, Int((Double(x1 - x0 + 1) * fit).rounded()))
        let high = max(1, Int((Double(y1 - y0 + 1) * fit).rounded()))
        var ink = Image(width: x1 - x0 + 1, height: y1 - y0 + 1, filledWith: [0, 0, 0, 255])
        for y in y0...y1 {
            for x in x0...x1 {
                // What is darker than half ink beside it is the paper's grain, but for the soft edge.
                let level = levels[y * w + x] < cut / 2 ? 0 : levels[y * w + x]
                ink[x - x0, y - y0] = [level, level, level, 255]
            }
        }
        let small = grey(ink.resized(width: wide, height: high))
        let mass = max(small.reduce(0) { $0 + Double($1) }, 1)
        var (mx, my) = (0.0, 0.0)
        for i in small.indices {
            mx += (Double(i % wide) + 0.5) * Double(small[i]) / mass
            my += (Double(i / wide) + 0.5) * Double(small[i]) / mass
        }
        let left = min(max(Int((Double(size.width) / 2 - mx).rounded()), 0), size.width - wide)
        let top = min(max(Int((Double(size.height) / 2 - my).rounded()), 0), size.height - high)
        var result = [UInt8](repeating: 0, count: size.width * size.height)
        for i in small.indices { result[(top + i / wide) * size.width + left + i % wide] = small[i] }
        return (result, inverts)
    }
}
