import Foundation
import KairaFormats
import KairaGeometry
import KairaScene
import KairaTestSupport
import Testing

@Suite("OBJ, STL and PLY as solids") struct SolidReaderTests {
    private static let gems = ["gem.obj", "gem.stl", "gem-ascii.stl", "gem.ply", "gem-ascii.ply", "gem.glb"]

    private struct Measures: Decodable {
        var volume, area: Double
        var centroid: [Double]
    }

    /// Oracle: trimesh 5.2.0 wrote the same solid in every format and measured it (Tests/Support/solid_fixtures.py).
    @Test(arguments: gems) func gem(name: String) throws {
        let expected = try JSONDecoder().decode(
            Measures.self, from: Data(contentsOf: TestData.fixture("solids/gem.json")))
        let meshes = try SolidFile.read(TestData.fixture("solids/\(name)").path)
        #expect(meshes.count == 1)
        let mesh = try meshes[0].halfEdges()
        #expect(mesh.vertices.count == 12 && mesh.faces.count == 20 && mesh.isClosed)
        let mass = try MassProperties(mesh)
        // trimesh's text formats have 8 or 9 digits of a Float.
        let tolerance = name.contains("ascii") ? 1e-7 : 1e-12
        #expect(abs(mass.volume - expected.volume) < tolerance * expected.volume)
        #expect(abs(mass.area - expected.area) < tolerance * expected.area)
        let centroid = try #require(mass.centroid)
        for k in 0..<3 { #expect(abs(centroid[k] - expected.centroid[k]) < 10 * tolerance) }
    }

    private func obj(_ text: String) throws -> [SolidMesh] { try OBJReader.read(Array(text.utf8)) }

    @Test func objNumbersAreRoundedRightly() throws {
        // Oracle: Swift's own conversion (strtod), of numbers on both sides of the fast path.
        var state: UInt64 = 0x1234_5678_9ABC_DEF1
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        var words = [
            "0", "-0", "+1.5", "1.", ".5", "1e22", "1e23", "-9007199254740993", "123456789012345678901234567890",
            "4.9e-324", "2.2250738585072011e-308", "1.7976931348623157e308", "0.1", "1E+5", "0000.000001",
        ]
        for _ in 0..<3000 {
            let value = Double(bitPattern: random())
            if value.isFinite { words.append("\(value)") }
            let small = Double(Int64(bitPattern: random())) * 0x1p-60
            words.append("\(small)")
            words.append(String(format: "%.6f", small))
        }
        let text = words.map { "v \($0) 0 0\n" }.joined() + "f 1 2 3\n"
        let positions = try #require(try obj(text).first).positions
        for (p, word) in zip(positions, words) {
            #expect(p.x.bitPattern == Double(word)?.bitPattern, "\(word)")
        }
        for word in ["nan", "inf", "0x10", "1e", "1e999", "--1", "1..2", "e5", ""] {
            #expect(throws: FormatsError.self) { try obj("v \(word) 0 0\nf 1 1 1\n") }
        }
    }

    @Test func objFacesOfEveryForm() throws {
        let mesh = try #require(
            try obj(
                """
                # a comment
                mtllib none.mtl
                v 0 0 0 1.0
                v 1 0 0 0.2 0.3 0.4\r
                v 1 1 \\
                  0
                v 0 1 0
                vt 0 0
                vn 0 0 1
                s off
                usemtl none
                f 1/1/1 2//1 3
                f -4/-1 -2 -1
                """
            ).first)
        #expect(mesh.positions == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
        #expect(mesh.triangles == [[0, 1, 2], [0, 2, 3]])
        for bad in ["f 1 2 9", "f 0 1 2", "f 1 -7 2", "f a b c", "f 1.5 2 3", "f 1 2 99999999999999999999"] {
            #expect(throws: FormatsError.self) { try obj("v 0 0 0\nv 1 0 0\nv 0 1 0\n\(bad)\n") }
        }
    }

    /// Oracle: areas by the shoelace formula. A concave quad and an arrow of seven corners must not spill over.
    @Test func objPolygonsAreCutInside() throws {
        let concave = try #require(try obj("v 0 0 0\nv 4 0 0\nv 1 1 0\nv 0 4 0\nf 1 2 3 4\n").first)
        #expect(concave.triangles.count == 2)
        #expect(abs(try concave.halfEdges().area - 4) < 1e-14)
        let start = try #require(try obj("v 1 1 0\nv 0 4 0\nv 0 0 0\nv 4 0 0\nf 1 2 3 4\n").first)
        #expect(abs(try start.halfEdges().area - 4) < 1e-14)
        let arrow = try #require(
            try obj("v 0 0 0\nv 0 1 1\nv 0 2 0\nv 0 2 3\nv 0 1 2\nv 0 0 3\nv 0 -1 1\nf 1 2 3 4 5 6 7\n").first)
        #expect(arrow.triangles.count == 5)
        // Shoelace in (y, z).
        let ring: [(Double, Double)] = [(0, 0), (1, 1), (2, 0), (2, 3), (1, 2), (0, 3), (-1, 1)]
        let area = ring.indices.reduce(0.0) { sum, i in
            let (a, b) = (ring[i], ring[(i + 1) % ring.count])
            return sum + (a.0 * b.1 - a.1 * b.0) / 2
        }
        #expect(abs(try arrow.halfEdges().area - abs(area)) < 1e-14)
    }

    @Test func objGroupsBecomeMeshes() throws {
        let square = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"
        let groups = try obj(square + "g left\nf 1 2 3\ng right part\nf 1 3 4\ng left\nf 1 4 2\ng empty\n")
        #expect(groups.map(\.name) == ["left", "right part"])
        #expect(groups.map(\.triangles.count) == [2, 1])
        #expect(groups[1].positions == [[0, 0, 0], [0, 1, 0], [0, 0, 1]])
        let objects = try obj(square + "o whole\ng left\nf 1 2 3\ng right\nf 1 3 4\n")
        #expect(objects.map(\.name) == ["whole"])
        #expect(try obj("") == [])
        #expect(try obj("v 1 2 3\n") == [])
    }

    /// What is written reads back: OBJ to the bit, STL and GLB to single precision.
    @Test(arguments: [SolidFile.Kind.obj, .stl, .gltf]) func roundTrip(kind: SolidFile.Kind) throws {
        let gem = try SolidFile.read(TestData.fixture("solids/gem.obj").path)
        var other = gem[0]
        other.name = "second"
        other.positions = other.positions.map { $0 * 0.1 + [7, 0.3, 0.001] }
        let bytes = try SolidFile.write([gem[0], other], kind: kind)
        let again = try SolidFile.read(bytes, kind: kind, file: "again")
        #expect(again.count == (kind == .stl ? 1 : 2))
        if kind == .obj {
            #expect(again.map(\.positions) == [gem[0].positions, other.positions])
            #expect(again.map(\.triangles) == [gem[0].triangles, other.triangles])
        }
        if kind != .stl { #expect(again.map(\.name) == ["gem", "second"]) }
        let volume = { (meshes: [SolidMesh]) in
            try meshes.reduce(0) { $0 + (try MassProperties($1.halfEdges()).volume) }
        }
        #expect(abs(try volume(again) - volume([gem[0], other])) < 1e-5)
        #expect(throws: FormatsError.self) { try SolidFile.write(gem, kind: .ply) }
        var large = gem[0]
        large.positions[0].x = 1e200
        if kind != .obj { #expect(throws: FormatsError.self) { try SolidFile.write([large], kind: kind) } }
    }

    /// Found by fuzzing: objects of one name are one mesh to a reader, so that two solids of one name came back as one.
    @Test func solidsOfOneNameStayApart() throws {
        let gem = try #require(SolidFile.read(TestData.fixture("solids/gem.obj").path).first)
        // 90 bytes that are no UTF-8 are 90 characters of three bytes: cut by a reader, and alike then.
        let broken = String(repeating: "\u{FFFD}", count: 90)
        let names = ["gem", "gem", "gem 2", " gem\u{B}", "", "solid5", "\u{1}", broken + "a", broken + "b"]
        let solids = names.map { name in
            var solid = gem
            solid.name = name
            return solid
        }
        let again = try SolidFile.read(SolidFile.write(solids, kind: .obj), kind: .obj, file: "again")
        #expect(again.map(\.positions) == solids.map(\.positions))
        #expect(again.map(\.triangles) == solids.map(\.triangles))
        #expect(Set(again.map(\.name)).count == names.count)
        #expect(again[0].name == "gem")
    }

    /// Big-endian PLY with properties and elements of every type, by hand.
    @Test func plyOfEveryType() throws {
        var bytes = Array(
            """
            ply
            format binary_big_endian 1.0
            comment by hand
            element camera 2
            property char a
            property list ushort double b
            element vertex 3
            property uchar red
            property double x
            property float y
            property short z
            element face 1
            property int flag
            property list uint8 uint16 vertex_index
            end_header

            """.utf8)
        func put(_ value: UInt64, _ size: Int) {
            for k in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
        }
        for list in [[1.0, 2], []] {
            put(7, 1)
            put(UInt64(list.count), 2)
            for x in list { put(x.bitPattern, 8) }
        }
        for (x, y, z) in [(0.1, Float(0), Int16(-3)), (1, 0.5, 2), (0, 2, 0)] {
            put(255, 1)
            put(x.bitPattern, 8)
            put(UInt64(y.bitPattern), 4)
            put(UInt64(UInt16(bitPattern: z)), 2)
        }
        put(9, 4)
        put(3, 1)
        for i: UInt64 in [0, 1, 2] { put(i, 2) }
        let mesh = try #require(try PLYReader.read(bytes).first)
        #expect(mesh.positions == [[0.1, 0, -3], [1, 0.5, 2], [0, 2, 0]])
        #expect(mesh.triangles == [[0, 1, 2]])
    }

    @Test func stlTextHasSeveralSolids() throws {
        let facet = "facet normal 0 0 1\n outer loop\n vertex 0 0 0\n vertex 1 0 0\n vertex 0 1 0\n endloop\nendfacet\n"
        let text = "solid one part\n\(facet)endsolid one part\nSOLID two\n\(facet.uppercased())ENDSOLID\n"
        let meshes = try STLReader.read(Array(text.utf8))
        #expect(meshes.map(\.name) == ["one part", "two"])
        #expect(meshes.allSatisfy { $0.triangles == [[0, 1, 2]] })
        for bad in [
            "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nendloop\nendfacet\nendsolid",
            "solid a\n\(facet)", "solid a\nsolid b", "solid a\nvertex 0 0 nan\nendsolid", "solid a\nrubbish\nendsolid",
        ] {
            #expect(throws: FormatsError.self) { try STLReader.read(Array(bad.utf8)) }
        }
        // A binary file whose header begins with "solid", as some programs write it.
        var binary = [UInt8](try STLWriter.write(try SolidFile.read(TestData.fixture("solids/gem.stl").path)))
        binary.replaceSubrange(0..<5, with: Array("solid".utf8))
        #expect(try STLReader.read(binary)[0].triangles.count == 20)
    }

    /// Counts that promise more than the file holds are refused before anything is allocated.
    @Test func countsAreHeldAgainstTheSize() throws {
        for body in [
            "element vertex 9000000000000000000\nproperty float x\nproperty float y\nproperty float z\nend_header\n",
            "element vertex 4000000000\nproperty double x\nproperty double y\nproperty double z\nend_header\n1 2 3\n",
            "element face 1\nproperty list uint int vertex_indices\nend_header\n\u{7F}\u{7F}\u{7F}\u{7F}",
        ] {
            for format in ["ascii", "binary_little_endian", "binary_big_endian"] {
                let bytes = Array("ply\nformat \(format) 1.0\n\(body)".utf8)
                #expect(throws: FormatsError.self) { try PLYReader.read(bytes) }
            }
        }
        // Rows without properties take no bytes and no time.
        let none = "ply\nformat ascii 1.0\nelement nothing 9000000000000000000\nend_header\n\n"
        #expect(try PLYReader.read(Array(none.utf8)).isEmpty)
        var stl = [UInt8](repeating: 0, count: 134)
        stl.replaceSubrange(80..<84, with: [255, 255, 255, 255])
        #expect(throws: FormatsError.self) { try STLReader.read(stl) }
    }

    /// Cut at every byte, and with bytes changed: refused or read, never a trap; what is read can be examined and written.
    @Test(arguments: gems.dropLast()) func damage(name: String) throws {
        let kind = try #require(SolidFile.Kind(path: name))
        let bytes = [UInt8](try Data(contentsOf: TestData.fixture("solids/\(name)")))
        func attempt(_ bytes: [UInt8]) {
            guard let meshes = try? SolidFile.read(bytes, kind: kind, file: name) else { return }
            for mesh in meshes {
                guard let edges = try? mesh.halfEdges() else { continue }
                _ = MeshReport(edges).problems
                _ = try? MassProperties(edges)
            }
            for kind in [SolidFile.Kind.obj, .stl, .gltf] { _ = try? SolidFile.write(meshes, kind: kind) }
        }
        for end in 0..<bytes.count { attempt(Array(bytes[..<end])) }
        var state: UInt64 = 0x1234_5678_9ABC_DEF1
        func random(_ n: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(n))
        }
        for _ in 0..<1500 {
            var damaged = bytes
            for _ in 0...random(6) { damaged[random(damaged.count)] = UInt8(random(256)) }
            attempt(damaged)
        }
    }

    /// A surface can be drawn as any scene can: one node a mesh, three vertices a triangle with the face's normal.
    @Test func surfacesAreScenes() throws {
        let scene = try SceneFile.read(TestData.fixture("solids/gem.ply").path)
        #expect(scene.nodes.count == 1 && scene.meshes.count == 1 && scene.nodes[0].name == "gem")
        let primitive = scene.meshes[0].primitives[0]
        #expect(primitive.positions.count == 60 && primitive.normals.count == 60)
        let p = primitive.positions
        let normal = KairaGeometry.normalize(cross(p[1] - p[0], p[2] - p[0]))
        for k in 0..<3 { #expect(length(primitive.normals[k] - normal) < 1e-5) }
        #expect(throws: FormatsError.self) { try SolidFile.read("solid.step") }
    }
}
