/// The orientation tag of a JPEG's EXIF block (EXIF 2.32, tag 0x0112): 1 as stored, 2...8 mirrored or turned.
enum EXIFOrientation {
    /// Reads the tag; 1 where there is none or the block is damaged.
    static func read(_ bytes: [UInt8]) -> Int {
        var at = 2
        // Segments up to the start of the scan: marker, then a big-endian length that counts itself.
        while at + 4 <= bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == 0xDA || marker == 0xD9 { break }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard length >= 2, at + 2 + length <= bytes.count else { break }
            if marker == 0xE1, let found = orientation(in: bytes[(at + 4)..<(at + 2 + length)]) { return found }
            at += 2 + length
        }
        return 1
    }

    private static func orientation(in segment: ArraySlice<UInt8>) -> Int? {
        guard segment.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) else { return nil }
        let tiff = Array(segment.dropFirst(6))
        guard tiff.count >= 8 else { return nil }
        let isBig = tiff[0] == 0x4D
        func number(at offset: Int, bytes count: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - count else { return nil }
            return (0..<count).reduce(0) { $0 << 8 | Int(tiff[offset + (isBig ? $1 : count - 1 - $1)]) }
        }
        guard let directory = number(at: 4, bytes: 4), let entries = number(at: directory, bytes: 2) else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + entry * 12
            guard let tag = number(at: at, bytes: 2) else { return nil }
            if tag == 0x0112, let value = number(at: at + 8, bytes: 2) { return 1...8 ~= value ? value : nil }
        }
        return nil
    }
}
