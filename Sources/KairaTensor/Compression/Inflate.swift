/// Decompresses DEFLATE (RFC 1951) within a known output size, or up to a limit.
///
/// Canonical Huffman codes of up to ten bits are looked up in a table of 1024 entries; longer ones, which are rare, are
/// decoded bit by bit through counts per length. Neither needs tables that a hostile stream could blow up.
struct Inflate {
    private let input: ArraySlice<UInt8>
    private var position: Int
    private var bits: UInt64 = 0
    private var available = 0
    private var output: [UInt8] = []
    private let size: Int

    private struct Code {
        /// Codes of up to this many bits are looked up.
        static let reach = 10
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []
        /// By the next bits of the stream: symbol times 16 plus length; 0 where the code is longer, or unknown.
        var table = [UInt16](repeating: 0, count: 1 << Code.reach)

        /// Nil where the lengths describe more codes than there are.
        init?(lengths: ArraySlice<Int>) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var left = 1
            for length in 1..<16 {
                left = left << 1 - counts[length]
                if left < 0 { return nil }
            }
            var offsets = [Int](repeating: 0, count: 16), next = [Int](repeating: 0, count: 16)
            for length in 1..<15 {
                offsets[length + 1] = offsets[length] + counts[length]
                next[length + 1] = (next[length] + counts[length]) << 1
            }
            symbols = [Int](repeating: 0, count: lengths.count)
            for (symbol, length) in lengths.enumerated() where length != 0 {
                symbols[offsets[length]] = symbol
                offsets[length] += 1
                let code = next[length]
                next[length] += 1
                guard length <= Self.reach else { continue }
                // The stream holds codes from their first bit up, so the table is indexed by the code turned round.
                var turned = 0
                for bit in 0..<length where code >> bit & 1 == 1 { turned |= 1 << (length - 1 - bit) }
                for index in stride(from: turned, to: 1 << Self.reach, by: 1 << length) {
                    table[index] = UInt16(symbol << 4 | length)
                }
            }
        }
    }

    private init(_ input: ArraySlice<UInt8>, size: Int) {
        self.input = input
        self.size = size
        position = input.startIndex
    }

    /// The `size` bytes that `input` holds compressed.
    ///
    /// - Throws: `TensorError.malformed` where the stream is damaged or holds another number of bytes.
    static func inflate(_ input: ArraySlice<UInt8>, size: Int) throws(TensorError) -> [UInt8] {
        // DEFLATE cannot shrink by more than 1032; a claim beyond is a bomb or a lie.
        guard size <= 1032 * (input.count + 1) else {
            throw .malformed("\(input.count) compressed bytes cannot hold \(size)", offset: input.startIndex)
        }
        var inflate = Inflate(input, size: size)
        inflate.output.reserveCapacity(size)
        try inflate.run()
        guard inflate.output.count == size else {
            throw .malformed(
                "compressed data ends after \(inflate.output.count) of \(size) bytes", offset: input.startIndex)
        }
        return inflate.output
    }

    /// The bytes of a stream that does not say how many they are, and where in `input` it ends.
    ///
    /// - Parameters:
    ///   - input: begins with the stream; what follows it is left alone.
    ///   - expected: how many bytes there probably are, to make room for them at once; nothing depends on it.
    ///   - limit: how many bytes there may be.
    /// - Returns: the bytes, and the place behind the last byte of the stream.
    /// - Throws: `TensorError.malformed` where the stream is damaged, `.tooLarge` where it holds more than `limit` bytes.
    static func stream(_ input: ArraySlice<UInt8>, expected: Int, limit: Int) throws(TensorError)
        -> (bytes: [UInt8], end: Int)
    {
        var inflate = Inflate(input, size: limit)
        inflate.output.reserveCapacity(max(0, min(expected, limit, 1032 * (input.count + 1))))
        do throws(TensorError) { try inflate.run() } catch {
            if inflate.isFull { throw .tooLarge("compressed data of more than \(limit) bytes") }
            throw error
        }
        return (inflate.output, inflate.position - inflate.available / 8)
    }

    /// Whether it stopped because there was no more room.
    private var isFull = false

    private func damaged(_ what: String) -> TensorError { .malformed("compressed data: \(what)", offset: position) }

    private mutating func full() -> TensorError {
        isFull = true
        return damaged("more bytes than announced")
    }

    /// Fills the bit buffer with what is left of the input, to more than 55 bits where there is as much.
    private mutating func refill() {
        while available <= 56, position < input.endIndex {
            bits |= UInt64(input[position]) << UInt64(available)
            position += 1
            available += 8
        }
    }

    private mutating func take(_ count: Int) throws(TensorError) -> Int {
        if available < count { refill() }
        guard available >= count else { throw damaged("the stream is cut short") }
        let value = Int(bits & ((1 << UInt64(count)) - 1))
        bits >>= UInt64(count)
        available -= count
        return value
    }

    private mutating func symbol(_ code: borrowing Code) throws(TensorError) -> Int {
        if available < 15 { refill() }
        let entry = Int(code.table[Int(bits & (1 << UInt64(Code.reach) - 1))]), known = entry & 15
        if known != 0, known <= available {
            bits >>= UInt64(known)
            available -= known
            return entry >> 4
        }
        var value = 0, first = 0, index = 0
        for length in 1..<16 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw damaged("an unknown code")
    }

    private mutating func run() throws(TensorError) {
        while true {
            let last = try take(1)
            switch try take(2) {
            case 0: try stored()
            case 1:
                let lengths =
                    [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
                    + [Int](repeating: 8, count: 8)
                guard let literals = Code(lengths: lengths[...]),
                    let distances = Code(lengths: [Int](repeating: 5, count: 30)[...])
                else { throw damaged("a bad code") }
                try block(literals, distances)
            case 2: try dynamic()
            default: throw damaged("an unknown kind of block")
            }
            if last == 1 { return }
        }
    }

    private mutating func stored() throws(TensorError) {
        // The rest of the byte is skipped; whole bytes in the buffer go back.
        position -= available / 8
        bits = 0
        available = 0
        guard position + 4 <= input.endIndex else { throw damaged("the stream is cut short") }
        let length = Int(input[position]) | Int(input[position + 1]) << 8
        let check = Int(input[position + 2]) | Int(input[position + 3]) << 8
        guard length == ~check & 0xffff, length <= input.endIndex - position - 4 else {
            throw damaged("a stored block of wrong length")
        }
        guard length <= size - output.count else { throw full() }
        output += input[position + 4..<position + 4 + length]
        position += 4 + length
    }

    private mutating func dynamic() throws(TensorError) {
        let literalCount = try take(5) + 257, distanceCount = try take(5) + 1, lengthCount = try take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw damaged("too many codes") }
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<lengthCount { lengths[order[index]] = try take(3) }
        guard let code = Code(lengths: lengths[...]) else { throw damaged("a bad code") }
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            let value = try symbol(code)
            if value < 16 {
                all.append(value)
                continue
            }
            let (repeated, times): (Int, Int)
            switch value {
            case 16:
                guard let previous = all.last else { throw damaged("nothing to repeat") }
                (repeated, times) = (previous, 3 + (try take(2)))
            case 17: (repeated, times) = (0, 3 + (try take(3)))
            default: (repeated, times) = (0, 11 + (try take(7)))
            }
            guard all.count + times <= literalCount + distanceCount else { throw damaged("too many codes") }
            for _ in 0..<times { all.append(repeated) }
        }
        guard all[256] != 0, let literals = Code(lengths: all[..<literalCount]),
            let distances = Code(lengths: all[literalCount...])
        else { throw damaged("a bad code") }
        try block(literals, distances)
    }

    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]

    private mutating func block(_ literals: Code, _ distances: Code) throws(TensorError) {
        while true {
            let value = try symbol(literals)
            if value < 256 {
                guard output.count < size else { throw full() }
                output.append(UInt8(value))
            } else if value == 256 {
                return
            } else {
                guard value <= 285 else { throw damaged("an unknown length") }
                let length = Self.lengthBase[value - 257] + (try take(Self.lengthBits[value - 257]))
                let index = try symbol(distances)
                guard index < 30 else { throw damaged("an unknown distance") }
                let distance = Self.distanceBase[index] + (try take(Self.distanceBits[index]))
                guard distance <= output.count else { throw damaged("a copy from outside") }
                guard length <= size - output.count else { throw full() }
                let from = output.count - distance
                // One by one: a copy may reach into what it makes, and a slice would share the array, so that appending to it
                // copied all of it each time.
                for place in from..<from + length { output.append(output[place]) }
            }
        }
    }
}
