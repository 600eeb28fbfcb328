/// How a picture has to be turned to stand upright; raw values are those of EXIF 2.32, tag 0x0112.
public enum EXIFOrientation: UInt16, Sendable, CaseIterable {
    /// Upright.
    case up = 1
    /// Left and right exchanged.
    case mirrored
    /// Half a turn.
    case down
    /// Top and bottom exchanged.
    case flipped
    /// Rows and columns exchanged.
    case transposed
    /// To be turned a quarter clockwise.
    case right
    /// Exchanged along the other diagonal.
    case transversed
    /// To be turned a quarter counter-clockwise.
    case left

    /// The orientation in the EXIF segment of a JPEG file; upright where there is none or it is damaged.
    public static func read(_ jpeg: [UInt8]) -> EXIFOrientation {
        var offset = 2
        while offset + 4 <= jpeg.count, jpeg[offset] == 0xFF {
            let marker = jpeg[offset + 1]
            if marker == 0xFF {
                offset += 1
                continue
            }
            // Start of scan: the header is over.
            if marker == 0xDA || marker == 0xD9 { break }
            let length = Int(jpeg[offset + 2]) << 8 | Int(jpeg[offset + 3])
            guard length >= 2, offset + 2 + length <= jpeg.count else { break }
            let segment = jpeg[offset + 4..<offset + 2 + length]
            if marker == 0xE1, segment.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]),
                let found = orientation(tiff: Array(segment.dropFirst(6)))
            {
                return found
            }
            offset += 2 + length
        }
        return .up
    }

    /// Tag 0x0112 of the first directory (TIFF 6.0, section 2).
    private static func orientation(tiff: [UInt8]) -> EXIFOrientation? {
        guard tiff.count >= 8 else { return nil }
        let little = tiff[0] == 0x49
        func number16(_ at: Int) -> UInt16? {
            guard at >= 0, at + 2 <= tiff.count else { return nil }
            let (a, b) = (UInt16(tiff[at]), UInt16(tiff[at + 1]))
            return little ? b << 8 | a : a << 8 | b
        }
        func number32(_ at: Int) -> Int? {
            guard let first = number16(at), let second = number16(at + 2) else { return nil }
            return little ? Int(second) << 16 | Int(first) : Int(first) << 16 | Int(second)
        }
        guard let start = number32(4), let entries = number16(start) else { return nil }
        for entry in 0..<Int(entries) {
            let at = start + 2 + entry * 12
            guard let tag = number16(at) else { return nil }
            if tag == 0x0112 { return number16(at + 8).flatMap(EXIFOrientation.init(rawValue:)) }
        }
        return nil
    }
}

extension Image {
    /// The picture turned upright.
    public func oriented(by orientation: EXIFOrientation) -> Image {
        if orientation == .up { return self }
        let swaps = orientation.rawValue >= 5
        let (w, h) = swaps ? (height, width) : (width, height)
        // Source place of the first pixel, and steps in source pixels for one to the right and one down.
        let (origin, right, down): (Int, Int, Int) =
            switch orientation {
            case .up: (0, 1, width)
            case .mirrored: (width - 1, -1, width)
            case .down: (width * height - 1, -1, -width)
            case .flipped: (width * (height - 1), 1, -width)
            case .transposed: (0, width, 1)
            case .right: (width * (height - 1), -width, 1)
            case .transversed: (width * height - 1, -width, -1)
            case .left: (width - 1, width, -1)
            }
        var result = Image(width: w, height: h)
        unsafe bytes.withUnsafeBytes { source in
            unsafe result.bytes.withUnsafeMutableBytes { target in
                for y in 0..<h {
                    var from = origin + y * down
                    for x in 0..<w {
                        // Both offsets are inside by the table above.
                        let pixel = unsafe source.loadUnaligned(fromByteOffset: from * 4, as: UInt32.self)
                        unsafe target.storeBytes(of: pixel, toByteOffset: (y * w + x) * 4, as: UInt32.self)
                        from += right
                    }
                }
            }
        }
        return result
    }
}
