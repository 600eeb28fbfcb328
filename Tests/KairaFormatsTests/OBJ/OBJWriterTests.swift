import Foundation
import KairaFormats
import KairaGeometry
import KairaScene
import Testing

@Suite("OBJWriter")
struct OBJWriterTests {
    /// A minimal reader of OBJ from its description: indices count all vertices of the file from 1.
    private struct OBJFile {
        var positions: [SIMD3<Float>] = []
        var normals: [SIMD3<Float>] = []
        var groups: [(name: String, faces: [[(v: Int, n: Int?)]])] = []

        init(_ bytes: [UInt8]) throws {
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                func vector() throws -> SIMD3<Float> {
                    let v = words.dropFirst().compactMap { Float($0) }
                    try #require(v.count == 3 && words.count == 4)
                    return SIMD3(v[0], v[1], v[2])
                }
                switch words[0] {
                case "v": positions.append(try vector())
                case "vn": normals.append(try vector())
                case "g": groups.append((String(words[1]), []))
                case "f":
                    let face = try words.dropFirst().map { corner -> (v: Int, n: Int?) in
                        let parts = corner.split(separator: "/", omittingEmptySubsequences: false)
                        let position = try #require(Int(parts[0]))
                        guard parts.count == 3 else { return (position, nil) }
                        let normal = try #require(Int(parts[2]))
                        return (position, normal)
                    }
                    try #require(!groups.isEmpty)
                    groups[groups.count - 1].faces.append(face)
                default: try #require(words[0].hasPrefix("#"))
                }
            }
        }
    }

    private static func scene(_ transforms: [Transform], normals: [Bool]) -> Scene {
        var scene = Scene()
        for (k, transform) in transforms.enumerated() {
            // A tetrahedron, outward counter-clockwise.
            let corners: [SIMD3<Float>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
            let primitive = Primitive(
                positions: corners, indices: [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3],
                normals: normals[k] ? corners.map { normalize($0 - [0.25, 0.25, 0.25]) } : [])
            scene.meshes.append(Mesh(name: "m", primitives: [primitive]))
            scene.nodes.append(Node(transform: transform, mesh: MeshID(k)))
            scene.roots.append(NodeID(k))
        }
        return scene
    }

    /// Oracle: an independent reader, and the signed volume of a tetrahedron: |det| / 6, positive with outward faces.
    @Test("positions and faces come back, mirrored nodes too")
    func faces() throws {
        let transforms = [
            Transform(translation: [5, 1e-7, -3.25]),
            Transform(translation: [1, 2, 3], rotation: Quaternion(rotationVector: [1, 0.5, 0]), scale: [2, 1, 3]),
            Transform(rotation: Quaternion(rotationVector: [0, 2, 0]), scale: [-1, 1, 2]),
            Transform(translation: [-1e6, 0, 0], scale: [1, 1, 1]),
        ]
        let scene = Self.scene(transforms, normals: [true, false, true, false])
        let items = GeometryBaker(scene).bake(SceneState(scene))
        let file = try OBJFile(OBJWriter.write(items, of: scene))
        #expect(file.positions == items.flatMap(\.geometry.positions), "the same 32-bit values")
        #expect(file.groups.map(\.name) == (0..<4).map { "node\($0)_0" })
        for (k, group) in file.groups.enumerated() {
            #expect(group.faces.count == 4)
            let mine = 4 * k + 1...4 * k + 4
            var volume = Double(0)
            for face in group.faces {
                #expect(face.count == 3)
                for corner in face {
                    #expect(mine.contains(corner.v), "counted from 1, in its own group")
                    if let n = corner.n { #expect(n == corner.v && file.normals.indices.contains(n - 1)) }
                    #expect((corner.n != nil) == (k % 2 == 0))
                }
                let p = face.map { SIMD3<Double>(file.positions[$0.v - 1] - file.positions[4 * k]) }
                let c = SIMD3(
                    p[1].y * p[2].z - p[1].z * p[2].y, p[1].z * p[2].x - p[1].x * p[2].z,
                    p[1].x * p[2].y - p[1].y * p[2].x)
                volume += (p[0] * c).sum() / 6
            }
            let s = transforms[k].scale
            #expect(abs(volume - Double(abs(s.x * s.y * s.z)) / 6) < 1e-4)
        }
    }

    @Test("lines and points are left out; an empty scene is a valid file")
    func others() throws {
        var scene = Self.scene([.identity], normals: [true])
        scene.meshes[0].primitives[0].topology = .lines
        let items = GeometryBaker(scene).bake(SceneState(scene))
        #expect(try OBJFile(OBJWriter.write(items, of: scene)).groups.isEmpty)
        #expect(try OBJFile(OBJWriter.write([], of: Scene())).positions.isEmpty)
    }
}
