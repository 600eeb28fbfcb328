import KairaGeometry

/// Reads STL: binary, whatever its header says, where the size fits; else text, several solids in one file.
public enum STLReader {
    /// Reads all solids; each triangle has three vertices of its own, facet normals are passed over.
    ///
    /// - Throws: `FormatsError.malformed` with the byte or the line.
    public static func read(_ bytes: [UInt8], file: String = "STL") throws(FormatsError) -> [SolidMesh] {
        func count() -> Int {
            Int(bytes[80]) | Int(bytes[81]) << 8 | Int(bytes[82]) << 16 | Int(bytes[83]) << 24
        }
        let looksLikeText = bytes.prefix(512).first { $0 > 0x20 }.map { $0 | 0x20 == UInt8(ascii: "s") } ?? false
        if bytes.count >= 84, bytes.count == 84 + 50 * count() { return try binary(bytes, count(), file: file) }
        if looksLikeText { return try text(bytes, file: file) }
        guard bytes.count >= 84 else {
            throw .malformed(file: file, at: "byte \(bytes.count)", reason: "the STL ends inside its header")
        }
        // More bytes than announced are some exporters' extras.
        guard (bytes.count - 84) / 50 >= count() else {
            throw .malformed(
                file: file, at: "byte 80",
                reason: "\(count()) triangles do not fit into the file's \(bytes.count) bytes: it was cut short")
        }
        return try binary(bytes, count(), file: file)
    }

    private static func binary(_ bytes: [UInt8], _ count: Int, file: String) throws(FormatsError) -> [SolidMesh] {
        var mesh = SolidMesh()
        mesh.positions.reserveCapacity(3 * count)
        mesh.triangles.reserveCapacity(count)
        for t in 0..<count {
            for corner in 0..<3 {
                var p = SIMD3<Double>.zero
                for k in 0..<3 {
                    let at = 84 + 50 * t + 12 + 12 * corner + 4 * k
                    let bits =
                        UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
                        | UInt32(bytes[at + 3]) << 24
                    p[k] = Double(Float(bitPattern: bits))
                }
                guard p.isFinite else {
                    throw .malformed(
                        file: file, at: "byte \(84 + 50 * t + 12 + 12 * corner)",
                        reason: "a corner of triangle \(t + 1) is not finite")
                }
                mesh.positions.append(p)
            }
            mesh.triangles.append(SIMD3(Int32(3 * t), Int32(3 * t + 1), Int32(3 * t + 2)))
        }
        return count == 0 ? [] : [mesh]
    }

    private static func text(_ bytes: [UInt8], file: String) throws(FormatsError) -> [SolidMesh] {
        var scanner = TextScanner(bytes, file: file)
        var meshes: [SolidMesh] = []
        var current: SolidMesh?
        var corners = 0
        while let word = scanner.wordOnAnyLine() {
            if scanner.matches(word, "vertex") {
                guard current != nil else { throw scanner.failure("a vertex outside of a solid") }
                guard corners < 3 else { throw scanner.failure("a facet of more than three vertices") }
                let p = SIMD3(try scanner.number("x"), try scanner.number("y"), try scanner.number("z"))
                current?.positions.append(p)
                corners += 1
            } else if scanner.matches(word, "endfacet") {
                guard corners == 3, let count = current?.positions.count else {
                    throw scanner.failure("a facet of \(corners) vertices")
                }
                let last = Int32(clamping: count)
                current?.triangles.append(SIMD3(last - 3, last - 2, last - 1))
                corners = 0
            } else if scanner.matches(word, "facet") {
                guard current != nil, corners == 0 else { throw scanner.failure("a facet where none may begin") }
                scanner.nextLine()
            } else if scanner.matches(word, "solid") {
                guard current == nil else { throw scanner.failure("a solid inside another") }
                current = SolidMesh(name: scanner.restOfLine())
            } else if scanner.matches(word, "endsolid") {
                guard let mesh = current, corners == 0 else { throw scanner.failure("an end where no solid is open") }
                meshes.append(mesh)
                current = nil
                _ = scanner.restOfLine()
            } else if scanner.matches(word, "outer") || scanner.matches(word, "loop")
                || scanner.matches(word, "endloop")
            {
                continue
            } else {
                throw scanner.failure("'\(scanner.text(word))' is no word of STL")
            }
        }
        guard current == nil else { throw scanner.failure("the file ends inside a solid: it was cut short") }
        return meshes.filter { !$0.triangles.isEmpty }
    }
}
