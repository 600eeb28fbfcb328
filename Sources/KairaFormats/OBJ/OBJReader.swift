import KairaGeometry

/// Reads the surfaces of Wavefront OBJ in Double: `v` and `f`, cut into meshes by `o`, or by `g` where no `o` is.
///
/// Polygons of any size are cut into triangles; negative numbers count back from the last vertex. Normals, texture
/// coordinates, materials, lines and points are passed over, curves and surfaces are not read.
public enum OBJReader {
    /// Reads all surfaces; groups without faces are left out, groups of one name are one mesh.
    ///
    /// - Throws: `FormatsError.malformed` with the line, `.tooLarge` for more than 2^31 / 3 triangles.
    public static func read(_ bytes: [UInt8], file: String = "OBJ") throws(FormatsError) -> [SolidMesh] {
        var scanner = TextScanner(bytes, file: file)
        var positions: [SIMD3<Double>] = []
        var corners: [Int32] = []  // of all polygons, and where each ends
        var polygons: [(end: Int, object: Int32, group: Int32, line: Int32)] = []
        var names = NameTable()
        var object = names.number("")
        var group = object
        var hasObjects = false
        repeat {
            guard let word = scanner.word() else { continue }
            switch scanner[word.lowerBound] {
            case UInt8(ascii: "v") where word.count == 1:
                let x = try scanner.number("x of vertex \(positions.count + 1)")
                let y = try scanner.number("y of vertex \(positions.count + 1)")
                let z = try scanner.number("z of vertex \(positions.count + 1)")
                positions.append(SIMD3(x, y, z))
            case UInt8(ascii: "f") where word.count == 1:
                while let corner = scanner.word() {
                    corners.append(try index(corner, scanner, count: positions.count))
                }
                polygons.append((corners.count, object, group, Int32(clamping: scanner.line)))
            case UInt8(ascii: "o") where word.count == 1:
                object = names.number(scanner.restOfLine())
                hasObjects = true
            case UInt8(ascii: "g") where word.count == 1:
                group = names.number(scanner.restOfLine())
            default: break
            }
        } while scanner.nextLine()
        guard positions.count < Int(Int32.max) else {
            throw .tooLarge(
                file: file, at: "line \(scanner.line)", reason: "it has \(positions.count) vertices: split it")
        }
        return try meshes(positions, corners, polygons, names: names.all, hasObjects: hasObjects, file: file)
    }

    /// The vertex of `7`, `7/1`, `7//3` or `7/1/3`; files may name vertices that come later.
    private static func index(
        _ word: Range<Int>, _ scanner: TextScanner, count: Int
    ) throws(FormatsError) -> Int32 {
        var value = 0
        var i = word.lowerBound
        let negative = scanner[i] == UInt8(ascii: "-")
        if negative { i += 1 }
        let start = i
        while i < word.upperBound, scanner[i] >= 0x30, scanner[i] <= 0x39 {
            value = min(value * 10 + Int(scanner[i] - 0x30), Int(Int32.max))
            i += 1
        }
        guard i > start, i == word.upperBound || scanner[i] == UInt8(ascii: "/") else {
            throw scanner.failure("a face names '\(scanner.text(word))', which is no vertex")
        }
        let index = negative ? count - value : value - 1
        guard index >= 0, value > 0 else {
            throw scanner.failure("a face names vertex \(scanner.text(word)), and \(count) were given so far")
        }
        return Int32(index)
    }

    private static func meshes(
        _ positions: [SIMD3<Double>], _ corners: [Int32],
        _ polygons: [(end: Int, object: Int32, group: Int32, line: Int32)], names: [String], hasObjects: Bool,
        file: String
    ) throws(FormatsError) -> [SolidMesh] {
        var meshOfName = [Int32](repeating: -1, count: names.count)
        var meshes: [SolidMesh] = []
        var start = 0
        for polygon in polygons {
            let slice = corners[start..<polygon.end]
            start = polygon.end
            for c in slice where Int(c) >= positions.count {
                throw .malformed(
                    file: file, at: "line \(polygon.line)",
                    reason: "a face names vertex \(Int(c) + 1), and there are \(positions.count)")
            }
            let name = Int(hasObjects ? polygon.object : polygon.group)
            if meshOfName[name] < 0 {
                meshOfName[name] = Int32(meshes.count)
                meshes.append(SolidMesh(name: names[name]))
            }
            PolygonFaces.append(slice, of: positions, to: &meshes[Int(meshOfName[name])].triangles)
        }
        meshes.removeAll { $0.triangles.isEmpty }
        guard meshes.allSatisfy({ $0.triangles.count < Int(Int32.max) / 3 }) else {
            throw .tooLarge(file: file, at: "its end", reason: "it has too many triangles: split it")
        }
        // Each mesh gets the vertices that it uses, in the file's order.
        var numbers = [Int32](repeating: -1, count: meshes.count > 1 ? positions.count : 0)
        for m in meshes.indices {
            if meshes.count == 1 {
                meshes[m].positions = positions
                continue
            }
            var used: [Int32] = []
            for t in meshes[m].triangles {
                for k in 0..<3 where numbers[Int(t[k])] < 0 {
                    numbers[Int(t[k])] = 0
                    used.append(t[k])
                }
            }
            used.sort()
            for (i, v) in used.enumerated() { numbers[Int(v)] = Int32(i) }
            meshes[m].positions = used.map { positions[Int($0)] }
            meshes[m].triangles = meshes[m].triangles.map {
                SIMD3(numbers[Int($0.x)], numbers[Int($0.y)], numbers[Int($0.z)])
            }
            for v in used { numbers[Int(v)] = -1 }
        }
        return meshes
    }

    /// Names by number, each once.
    private struct NameTable {
        private(set) var all: [String] = []
        private var numbers: [String: Int32] = [:]

        mutating func number(_ name: String) -> Int32 {
            if let number = numbers[name] { return number }
            numbers[name] = Int32(all.count)
            all.append(name)
            return Int32(all.count - 1)
        }
    }
}
