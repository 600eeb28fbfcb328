import KairaGeometry
import Testing

@Suite("Half-edge mesh") struct HalfEdgeMeshTests {
    /// Oracle: Euler's formula; a cube of 12 triangles has 8 - 18 + 12 = 2.
    @Test func cubeSoupWelds() throws {
        let mesh = try SolidShape.box(.zero, [1, 2, 3]).soup.mesh()
        #expect(mesh.vertices.count == 8)
        #expect(mesh.edges.count == 18)
        #expect(mesh.faces.count == 12)
        #expect(mesh.isClosed)
        #expect(mesh.edges.allSatisfy { $0.faceCount == 2 && $0.direction == 0 && $0.low < $0.high })
        for (h, twin) in mesh.twins.enumerated() {
            #expect(mesh.twins[Int(twin)] == Int32(h))
            #expect(mesh.edgeOfHalfEdge[h] == mesh.edgeOfHalfEdge[Int(twin)])
        }
        let directions = Set(mesh.faceNormals())
        #expect(directions == [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
    }

    @Test func aMissingFaceLeavesThreeBorders() throws {
        var cube = SolidShape.box(.zero, [1, 1, 1])
        cube.triangles.removeLast()
        let mesh = try cube.mesh()
        #expect(!mesh.isClosed)
        #expect(mesh.edges.count { $0.faceCount == 1 && $0.secondFace == -1 } == 3)
        #expect(mesh.twins.count { $0 == -1 } == 3)
    }

    @Test func aTurnedFaceHasNoTwins() throws {
        var cube = SolidShape.box(.zero, [1, 1, 1])
        let t = cube.triangles[5]
        cube.triangles[5] = SIMD3(t.y, t.x, t.z)
        let mesh = try cube.mesh()
        #expect(!mesh.isClosed)
        #expect(mesh.edges.count { abs($0.direction) == 2 } == 3)
    }

    /// Two cubes that share an edge: four faces meet there, and the pair still bounds a region.
    @Test func cubesWithACommonEdge() throws {
        let pair = SolidShape.box(.zero, [1, 1, 1]) + SolidShape.box([1, 1, 0], [2, 2, 1])
        let mesh = try pair.mesh()
        #expect(mesh.vertices.count == 14)
        #expect(mesh.edges.count { $0.faceCount == 4 } == 1)
        #expect(mesh.isClosed)
        let four = try #require(mesh.edges.firstIndex { $0.faceCount == 4 })
        let faces = Array(mesh.facesOfEdges().faces(of: four))
        #expect(faces.count == 4)
        #expect(faces == faces.sorted())
        #expect(faces[0] == mesh.edges[four].firstFace && faces[1] == mesh.edges[four].secondFace)
    }

    @Test func weldsWithinADistanceOnly() throws {
        var cube = SolidShape.box(.zero, [1, 1, 1]).soup
        for i in cube.positions.indices { cube.positions[i] += SIMD3(repeating: 1e-4 * Double(i % 7)) }
        #expect(try cube.mesh().edges.allSatisfy { $0.faceCount == 1 })
        let welded = try cube.mesh(weldDistance: 2e-3)
        #expect(welded.vertices.count == 8)
        #expect(welded.isClosed)
    }

    @Test func zeroesOfBothSignsAreOnePlace() throws {
        let mesh = try HalfEdgeMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [-0.0, 0, -0.0], [0, 0, 1]],
            triangles: [[0, 1, 2], [3, 2, 4], [0, 3, 1]])
        #expect(mesh.vertexOfInput == [0, 1, 2, 0, 3])
        #expect(mesh.faces.count == 2)
        #expect(mesh.triangleOfFace == [0, 1])
        #expect(mesh.collapsedTriangles == 1)
    }

    @Test func badInputIsRefusedOrLeftOut() throws {
        #expect(throws: GeometryError.self) {
            try HalfEdgeMesh(positions: [.zero], triangles: [[0, 0, 1]])
        }
        #expect(throws: GeometryError.self) {
            try HalfEdgeMesh(positions: [.zero], triangles: [], weldDistance: .nan)
        }
        let mesh = try HalfEdgeMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [.nan, 0, 0]], triangles: [[0, 1, 2], [0, 1, 3]])
        #expect(mesh.faces.count == 1)
        #expect(mesh.vertexOfInput[3] == -1)
        #expect(try HalfEdgeMesh(positions: [], triangles: [SIMD3<Int32>]()).isClosed == false)
    }
}
