import Foundation
import KairaGeometry
import Testing

extension CLI {
    /// `kaira solid`: measured, asked, cut and joined as a shell would do it.
    @Suite struct Solids {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func kaira(_ arguments: String, environment: [String: String] = [:]) throws -> Run {
            try Tool.run(arguments.split(separator: " ").map(String.init), in: folder, environment: environment)
        }

        /// A box as OBJ: six quads, outward.
        @discardableResult private func box(
            _ name: String, _ low: [Double], _ high: [Double], open: Bool = false
        ) throws -> String {
            var text = "o \(name)\n"
            for i in 0..<8 {
                text += "v \(i & 1 == 0 ? low[0] : high[0]) \(i & 2 == 0 ? low[1] : high[1]) "
                text += "\(i & 4 == 0 ? low[2] : high[2])\n"
            }
            text += "f 1 3 4 2\nf 5 6 8 7\nf 1 2 6 5\nf 3 7 8 4\nf 1 5 7 3\n"
            if !open { text += "f 2 4 8 6\n" }
            return try folder.write("\(name).obj", Data(text.utf8))
        }

        private func meshes(_ run: Run) throws -> [[String: Any]] {
            try #require(try run.object()["meshes"] as? [[String: Any]])
        }

        /// Oracle: the box's closed forms: V = 24, A = 52, I = V (b^2 + c^2) / 12.
        @Test("report: volume, area, centroid and inertia of a box") func report() throws {
            try box("box", [1, 1, 1], [3, 4, 5])
            let run = try kaira("solid report box.obj --json --volume")
            #expect(run.code == 0)
            #expect(try run.object()["schema"] as? String == "kaira.solid/1")
            let mesh = try #require(try meshes(run).first)
            #expect(mesh["name"] as? String == "box" && mesh["closed"] as? Bool == true)
            #expect(abs((mesh["volume"] as? Double ?? 0) - 24) < 1e-12)
            #expect(abs((mesh["area"] as? Double ?? 0) - 52) < 1e-12)
            #expect(mesh["centroid"] as? [Double] == [2, 2.5, 3])
            let inertia = try #require(mesh["inertia"] as? [[Double]])
            for (k, expected) in [50.0, 40, 26].enumerated() { #expect(abs(inertia[k][k] - expected) < 1e-11) }
            #expect(mesh["components"] as? Int == 1 && mesh["euler"] as? Int == 2)
            #expect((mesh["problems"] as? [String])?.isEmpty == true)
            #expect(try kaira("solid report box.obj").text.contains("volume 24"))
        }

        @Test("report: an open surface has no volume, and --volume ends with 65 after the report") func open() throws {
            try box("open", [0, 0, 0], [1, 1, 1], open: true)
            let plain = try kaira("solid report open.obj --json")
            #expect(plain.code == 0)
            let mesh = try #require(try meshes(plain).first)
            #expect(mesh["closed"] as? Bool == false && mesh["volume"] is NSNull && mesh["centroid"] is NSNull)
            #expect((mesh["problems"] as? [String])?.isEmpty == false)
            let asked = try kaira("solid report open.obj --json --volume")
            #expect(asked.code == 65)
            #expect(try meshes(asked).count == 1, "the report comes all the same")
            #expect(asked.errors.contains("open"))
        }

        /// Oracle: the closed forms of the cube: 1 inside, 1/2 on a face, 0 outside.
        @Test("inside: a number a line, headers passed over") func inside() throws {
            try box("box", [0, 0, 0], [1, 1, 1])
            try folder.write("points.csv", Data("x,y,z\n0.5,0.5,0.5\n\n2,0,0\n 1 ; 0.5 ; 0.5 \n".utf8))
            let run = try kaira("solid inside box.obj points.csv")
            #expect(run.code == 0)
            let numbers = run.text.split(separator: "\n").compactMap { Double($0) }
            try #require(numbers.count == 3)
            for (number, expected) in zip(numbers, [1, 0, 0.5]) { #expect(abs(number - expected) < 1e-12) }
            try folder.write("bad.csv", Data("0,0,0\n1,2\n".utf8))
            #expect(try kaira("solid inside box.obj bad.csv").code == 65)
            #expect(try kaira("solid inside box.obj none.csv").code == 66)
        }

        @Test("section: a drawing, polygons, and their figures") func section() throws {
            try box("box", [-1, -2, -3], [1, 2, 3])
            let run = try kaira("solid section box.obj --plane 0,1,0,-0.5 -o cut.svg --json")
            #expect(run.code == 0)
            let mesh = try #require(try meshes(run).first)
            #expect(abs((mesh["area"] as? Double ?? 0) - 12) < 1e-12 && mesh["loops"] as? Int == 1)
            let svg = String(decoding: try folder.data("cut.svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<svg") && svg.contains("<path fill=\"url(#hatch0)\""))
            #expect(
                try Shell.run("python3 -c 'import sys, xml.dom.minidom as m; m.parse(\"cut.svg\")'", in: folder).code
                    == 0)
            // Negative numbers may stand first.
            #expect(try kaira("solid section box.obj --plane -1,0,0,0 -o cut.obj").code == 0)
            let obj = String(decoding: try folder.data("cut.obj"), as: UTF8.self)
            #expect(obj.contains("\nl 1 2 3 4") && obj.contains("\nf "))
            #expect(try kaira("solid section box.obj --plane 0,1,0,0 -o cut.obj").code == 73)
            #expect(try kaira("solid section box.obj --plane 0,1,0,0 -o cut.png").code == 64)
            #expect(try kaira("solid section box.obj --plane 0,0,0,1 -o other.svg").code == 64)
            #expect(try kaira("solid section box.obj --plane 0,1,0 -o other.svg").code == 64)
            let empty = try kaira("solid section box.obj --plane 0,1,0,-50 -o empty.svg")
            #expect(empty.code == 0 && empty.errors.contains("cuts nothing"))
        }

        @Test("cut: half a box, closed, in each format", arguments: ["obj", "stl", "glb"]) func cut(kind: String) throws
        {
            try box("box", [0, 0, 0], [2, 2, 2])
            #expect(try kaira("solid cut box.obj --plane 1,0,0,-0.5 -o half.\(kind)").code == 0)
            let mesh = try #require(try meshes(kaira("solid report half.\(kind) --json")).first)
            #expect(mesh["closed"] as? Bool == true)
            #expect(abs((mesh["volume"] as? Double ?? 0) - 6) < 1e-6)
        }

        /// Oracle: arithmetic on two cubes that share half of each.
        @Test(
            "union, difference, intersection",
            .enabled(
                if: (try? SolidBoolean.libraryVersion()) != nil,
                "the Manifold library is not installed: run scripts/install-manifold"),
            arguments: [("union", 1.5), ("difference", 0.5), ("intersection", 0.5)])
        func booleans(operation: String, volume: Double) throws {
            try box("a", [0, 0, 0], [1, 1, 1])
            try box("b", [0.5, 0, 0], [1.5, 1, 1])
            let run = try kaira("solid \(operation) a.obj b.obj -o out.obj --json")
            #expect(run.code == 0, "\(run.errors)")
            for mesh in [try meshes(run).first, try meshes(kaira("solid report out.obj --json")).first] {
                let mesh = try #require(mesh)
                #expect(mesh["closed"] as? Bool == true)
                #expect(abs((mesh["volume"] as? Double ?? 0) - volume) < 1e-12)
            }
            try box("hole", [0, 0, 0], [1, 1, 1], open: true)
            let refused = try kaira("solid \(operation) a.obj hole.obj -o no.obj")
            #expect(refused.code == 65 && refused.errors.contains("hole.obj"))
            #expect(try kaira("solid \(operation) a.obj -o no.obj").code == 64)
        }

        @Test("without the library booleans say what to run, with code 69") func missingLibrary() throws {
            try box("a", [0, 0, 0], [1, 1, 1])
            let run = try kaira(
                "solid union a.obj a.obj -o out.obj", environment: ["KAIRA_MANIFOLD_LIBRARY": "/nonexistent.so"])
            #expect(run.code == 69 && run.errors.contains("scripts/install-manifold"))
            #expect(!folder.names.contains("out.obj"))
        }

        @Test("files that are no surfaces end with 65 or 66") func badFiles() throws {
            try folder.write("bad.obj", Data("v 0 0 0\nf 1 2 3\n".utf8))
            try folder.write("empty.obj", Data())
            try folder.write("what.step", Data("x".utf8))
            try folder.write("cut.ply", Data("ply\nformat ascii 1.0\nelement vertex 5\n".utf8))
            for file in ["bad.obj", "empty.obj", "what.step", "cut.ply"] {
                let run = try kaira("solid report \(file)")
                #expect(run.code == 65 && run.errors.contains(file), "\(run.errors)")
            }
            #expect(try kaira("solid report none.obj").code == 66)
            #expect(try kaira("inspect bad.obj").code == 65)
            try box("box", [0, 0, 0], [1, 1, 1])
            #expect(try kaira("inspect box.obj").text.contains("12 triangles"))
            #expect(try kaira("solid report box.obj --weld -1").code == 64)
        }
    }
}
