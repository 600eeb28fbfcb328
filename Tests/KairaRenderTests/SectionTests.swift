import Foundation
import KairaGeometry
import KairaImage
import KairaRender
import KairaScene
import Testing

/// Cuts through solids: the area of their caps against that of the analytic section.
@Suite struct SectionTests {
    private let renderer: Renderer

    init() async throws { renderer = try await Renderer(device: .software) }

    /// Looks along -Z at the plane z = `height` from the side that is cut away; a world unit is 100 pixels.
    private func view(cutAt height: Float, samples: Int = 0) -> RenderView {
        var view = RenderView(
            viewFromWorld: Projection.lookAt(eye: [0.013, 0.007, 20], target: [0.013, 0.007, 0], up: [0, 1, 0]),
            clipFromView: Projection.orthographic(halfWidth: 2, halfHeight: 2, near: 1, far: 100), width: 400,
            height: 400, samples: samples, mode: .solid)
        view.section = SectionPlane([0, 0, -1, height])
        // The lines of the cut are left out: their ink would cover the border.
        view.lines.color.w = 0
        return view
    }

    /// Bodies of pure green without light: what is not a cap has no red.
    private func stage(_ shapes: [Primitive]) -> Stage {
        var stage = Stage(width: 8, height: 8)
        for shape in shapes { stage.add(shape, Stage.unlit([0, 1, 0, 1])) }
        return stage
    }

    /// The caps' area in world units, from pixels with red; samples count by alpha at the outer border only.
    private func capArea(_ shapes: [Primitive], view: RenderView) async throws -> (area: Double, notes: [String]) {
        let stage = stage(shapes)
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: view)
        var pixels = 0.0
        for i in stride(from: 0, to: image.bytes.count, by: 4) where image.bytes[i] > 8 {
            pixels += view.samples == 0 ? 1 : Double(image.bytes[i + 3]) / 255
        }
        return (pixels / 10000, await renderer.notes(of: handle))
    }

    /// A regular polygon of n corners, n/2 sin(2 pi/n) r^2: the section of a ball or torus of n meridians.
    private func polygon(_ n: Int, radius: Double) -> Double {
        Double(n) / 2 * sin(2 * .pi / Double(n)) * radius * radius
    }

    /// Oracles: closed forms. A cube of side 2 whole; a ball of radius 1.5 at heights h, a circle of r^2 - h^2; a torus
    /// across its axis, a ring between two circles. Tolerance: 0.4 %, half a pixel along a tenth of the border.
    @Test(arguments: [0, 4]) func capsHaveTheSectionsArea(samples: Int) async throws {
        let cube = try await capArea([ShadingTests.cube(half: 1)], view: view(cutAt: 0.3, samples: samples))
        #expect(abs(cube.area - 4) < 0.016)
        #expect(cube.notes.isEmpty)

        let n = 96
        let ball = Solids.sphere(1.5, around: n, rings: 240)
        // With samples, where surfaces show round the cap a pixel of both cannot be shared out: those cuts go without.
        for height: Float in samples == 0 ? [0.9, 0, -0.7] : [0, -0.7] {
            let square = 1.5 * 1.5 - Double(height * height)
            let result = try await capArea([ball], view: view(cutAt: height, samples: samples))
            let expected = polygon(n, radius: square.squareRoot())
            #expect(abs(result.area / expected - 1) < 0.004, "at \(height)")
        }

        guard samples == 0 else { return }
        let torus = Solids.torus(1.2, 0.5, around: n, across: 96)
        let height: Float = 0.2
        let half = (0.25 - Double(height * height)).squareRoot()
        let ring = polygon(n, radius: 1.2 + half) - polygon(n, radius: 1.2 - half)
        let result = try await capArea([torus], view: view(cutAt: height, samples: samples))
        #expect(abs(result.area / ring - 1) < 0.006)

        // Along the axis: two circles of radius r.
        let standing = Solids.moved(torus, turn: Quaternion(angle: .pi / 2, axis: [1, 0, 0]))
        let discs = try await capArea([standing], view: view(cutAt: 0, samples: samples))
        #expect(abs(discs.area / (2 * polygon(96, radius: 0.5)) - 1) < 0.008)
    }

    /// Back faces count inside: a hollow, made by a ball that is turned inside out, is no part of the solid. Where two solids
    /// overlap the union is filled.
    @Test func hollowsStayOpenAndOverlapsAreFilledOnce() async throws {
        let n = 96
        var shell = ShadingTests.cube(half: 1)
        let hollow = Solids.turnedOver(Solids.sphere(0.7, around: n, rings: 200))
        shell.indices += hollow.indices.map { $0 + UInt32(shell.positions.count) }
        shell.positions += hollow.positions
        shell.normals = []
        let result = try await capArea([shell], view: view(cutAt: 0.1))
        let hole = polygon(n, radius: (0.49 - 0.01).squareRoot())
        #expect(abs(result.area / (4 - hole) - 1) < 0.006)

        let boxes = [Solids.box([-1, -1, -1], [0.5, 0.5, 1]), Solids.box([-0.5, -0.5, -1], [1, 1, 1])]
        #expect(abs(try await capArea(boxes, view: view(cutAt: 0.1)).area - (2.25 + 2.25 - 1)) < 0.016)
        // The same as one part: the count is 2 where they overlap.
        var both = boxes[0]
        both.indices += boxes[1].indices.map { $0 + UInt32(both.positions.count) }
        both.positions += boxes[1].positions
        both.normals = []
        #expect(abs(try await capArea([both], view: view(cutAt: 0.1)).area - 3.5) < 0.016)
    }

    @Test func solidsInsideOutAreFilledAsWell() async throws {
        let shape = Solids.turnedOver(ShadingTests.cube(half: 1))
        #expect(abs(try await capArea([shape], view: view(cutAt: 0.3)).area - 4) < 0.016)
    }

    /// A cube without its lid (the hole is a fifth of its area) is a sheet: no cap leaks out, and the report says so. One whose
    /// wall misses a small piece is filled across it.
    @Test func openShellsStayHollow() async throws {
        var open = ShadingTests.cube(half: 1)
        open.indices.removeLast(6)
        let result = try await capArea([open], view: view(cutAt: 0.3))
        #expect(result.area == 0)
        #expect(result.notes.count == 1 && result.notes.allSatisfy { $0.contains("open shell") })

        // One of 96 * 2 triangles about a pole.
        var pierced = Solids.sphere(1.5, around: 96, rings: 96)
        pierced.indices.removeFirst(3)
        let filled = try await capArea([pierced], view: view(cutAt: 0))
        #expect(abs(filled.area / polygon(96, radius: 1.5) - 1) < 0.004)
        #expect(filled.notes.count == 1 && filled.notes.allSatisfy { $0.contains("holes") })
        // Nothing is said of what is not cut.
        let whole = try await capArea([open], view: view(cutAt: 1.8))
        #expect(whole.area == 0 && whole.notes.isEmpty)
    }

    /// Seams split vertices: a mesh without any shared vertex is as closed as its welded one.
    @Test func splitVerticesAreWelded() async throws {
        let shape = Solids.sphere(1.5, around: 48, rings: 100)
        var split = shape
        split.positions = shape.indices.map { shape.positions[Int($0)] }
        split.indices = shape.indices.indices.map { UInt32($0) }
        let result = try await capArea([split], view: view(cutAt: 0.2))
        let expected = polygon(48, radius: (2.25 - 0.04).squareRoot())
        #expect(abs(result.area / expected - 1) < 0.004)
        #expect(result.notes.isEmpty)
    }

    /// The kept half hides its cap from behind, and what is cut away is gone: seen from the kept side only its surface shows.
    @Test func whatIsCutAwayIsGone() async throws {
        let stage = stage([ShadingTests.cube(half: 1)])
        let handle = try await renderer.load(stage.scene)
        var view = view(cutAt: 0)
        view.viewFromWorld = Projection.lookAt(eye: [20, 0, 0], target: .zero, up: [0, 1, 0])
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: view)
        // From +X, +Z points left. Kept is z <= 0: the right half, 100 pixels wide and 200 high.
        let covered = stride(from: 3, to: image.bytes.count, by: 4).count { image.bytes[$0] == 255 }
        #expect(abs(covered - 20000) <= 300)
        #expect(image[150, 200].w == 0 && image[250, 200].w == 255)
        #expect(stride(from: 0, to: image.bytes.count, by: 4).allSatisfy { image.bytes[$0] < 8 })
    }

    /// Neighbouring parts differ: each has its own hatch.
    @Test func partsHaveTheirOwnHatch() async throws {
        let boxes = [Solids.box([-1.6, -1, -1], [-0.1, 1, 1]), Solids.box([0.1, -1, -1], [1.6, 1, 1])]
        let stage = stage(boxes)
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: view(cutAt: 0))
        // Hatches run along directions: the mean of the product of the brightness' slopes has the sign of the direction.
        func slant(_ columns: Range<Int>) -> Double {
            var sum = 0.0
            for y in 120..<280 {
                for x in columns {
                    let c = Double(image[x, y].y)
                    sum += (Double(image[x + 1, y].y) - c) * (Double(image[x, y + 1].y) - c)
                }
            }
            return sum
        }
        let (left, right) = (slant(60..<170), slant(230..<340))
        #expect(left * right < 0, "\(left) \(right)")
    }

    /// A cut moves with the skinned shape: a bar bent by its joints is capped where it is, not where it was.
    @Test func deformedSolidsAreCutWhereTheyAre() async throws {
        var stage = Stage(width: 8, height: 8)
        let joint = stage.add(Node(transform: Transform(translation: [0.6, 0, 0])))
        stage.scene.skins = [Skin(joints: [joint], inverseBindMatrices: [.identity])]
        var shape = ShadingTests.cube(half: 0.5)
        shape.influences = JointInfluences(
            perVertex: 4, joints: Array(repeating: 0, count: 32), weights: (0..<32).map { $0 % 4 == 0 ? 1 : 0 })
        stage.add(shape, Stage.unlit([0, 1, 0, 1]), skin: SkinID(0))
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: view(cutAt: 0.1))
        var (count, sum) = (0, 0)
        for y in 0..<400 {
            for x in 0..<400 where image[x, y].x > 8 {
                count += 1
                sum += x
            }
        }
        #expect(abs(count - 10000) <= 200)
        // The joint carries it 0.6 to the right; the camera stands 0.013 off.
        let middle = Double(sum) / Double(max(count, 1))
        #expect(abs(middle - 258.7) < 1)
    }

    @Test func planesAreReadFromText() {
        #expect(SectionPlane("0,0,-2,1")?.coefficients == [0, 0, -1, 0.5])
        #expect(SectionPlane("1, 0, 0, 0") != nil)
        for text in ["", "1,2,3", "0,0,0,1", "a,b,c,d", "1,0,0,nan", "1,0,0,0,0", "inf,0,0,0"] {
            #expect(SectionPlane(text) == nil, "\(text)")
        }
    }
}
