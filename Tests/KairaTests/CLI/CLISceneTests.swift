import Foundation
import Testing

extension CLI {
    /// Scenes and avatars: drawn, compared, baked, moved.
    @Suite struct Scenes {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func kaira(_ arguments: String) throws -> Run {
            try Tool.run(arguments.split(separator: " ").map(String.init), in: folder)
        }

        /// Four corners of two triangles that meet at an angle, no normals; node 1 holds them, turned by a quarter about
        /// +Y; the clip "slide" moves node 0, its parent, from (0, 0, 0) at 1 s to (2, 4, 6) at 3 s.
        private func writeScene() throws {
            var buffer = Data()
            func append<T>(_ values: [T]) { unsafe values.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) } }
            append(Self.corners.flatMap { $0 })
            append([UInt16](arrayLiteral: 0, 1, 2, 2, 1, 3))
            append([Float](arrayLiteral: 1, 3))
            append([Float](arrayLiteral: 0, 0, 0, 2, 4, 6))
            let half = 0.5.squareRoot()
            let json = """
                {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
                 "nodes": [{"name": "root", "children": [1]}, {"mesh": 0, "rotation": [0, \(half), 0, \(half)]}],
                 "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
                 "animations": [{"name": "slide", "samplers": [{"input": 2, "output": 3}],
                   "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}]}],
                 "accessors": [
                   {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1]},
                   {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"},
                   {"bufferView": 2, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [1], "max": [3]},
                   {"bufferView": 3, "componentType": 5126, "count": 2, "type": "VEC3"}],
                 "bufferViews": [{"buffer": 0, "byteLength": 48}, {"buffer": 0, "byteOffset": 48, "byteLength": 12},
                   {"buffer": 0, "byteOffset": 60, "byteLength": 8}, {"buffer": 0, "byteOffset": 68, "byteLength": 24}],
                 "buffers": [{"byteLength": \(buffer.count), "uri":
                   "data:application/octet-stream;base64,\(buffer.base64EncodedString())"}]}
                """
            try folder.write("scene.gltf", Data(json.utf8))
        }

        private static let corners: [[Float]] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1]]

        /// The arrays of an .npz as Python's own zip reader sees them, by name: shape and values.
        private func arrays(_ name: String) throws -> [String: (shape: [Int], values: [Double])] {
            let script = """
                import ast, json, struct, sys, zipfile
                out = {}
                with zipfile.ZipFile(sys.argv[1]) as z:
                    for n in z.namelist():
                        b = z.read(n)
                        assert b[:6] == b'\\x93NUMPY'
                        size = struct.unpack('<H', b[8:10])[0]
                        h = ast.literal_eval(b[10:10 + size].decode())
                        assert h['descr'] == '<f4' and not h['fortran_order']
                        v = b[10 + size:]
                        out[n[:-4]] = [h['shape'], struct.unpack('<%df' % (len(v) // 4), v)]
                print(json.dumps(out))
                """
            try folder.write("read.py", Data(script.utf8))
            let run = try Shell.run("python3 read.py \(name)", in: folder)
            try #require(run.code == 0, "\(run.errors)")
            return try run.object().compactMapValues { value in
                guard let parts = value as? [Any], parts.count == 2, let shape = parts[0] as? [Int],
                    let values = parts[1] as? [Double]
                else { return nil }
                return (shape, values)
            }
        }

        @Test(
            "bake writes the file's own vertices; clips by name or number, time held at the ends",
            arguments: [
                ("", 0.0, 0.0), ("--clip slide ", -5.0, 0.0), ("--clip slide ", 2.0, 0.5), ("--clip 0 ", 2.5, 0.75),
                ("--clip slide ", 99.0, 1.0),
            ])
        func bake(clip: String, time: Double, share: Double) throws {
            try writeScene()
            let run = try kaira("bake scene.gltf \(clip)--time=\(time) -o b.npz --json")
            #expect(run.code == 0, "\(run.errors)")
            #expect(try run.object()["schema"] as? String == "kaira.bake/1")
            let arrays = try arrays("b.npz")
            #expect(Array(arrays.keys) == ["positions_1_0"])
            let (shape, values) = try #require(arrays["positions_1_0"])
            #expect(shape == [4, 3])
            // A quarter turn about +Y takes (x, y, z) to (z, y, -x); then the parent's way.
            for (i, p) in Self.corners.enumerated() {
                let expected = [
                    Double(p[2]) + 2 * share, Double(p[1]) + 4 * share, -Double(p[0]) + 6 * share,
                ]
                for k in 0..<3 { #expect(abs(values[i * 3 + k] - expected[k]) < 1e-6) }
            }
        }

        @Test("bake writes OBJ, and refuses a clip that is not there: 64") func bakeOBJ() throws {
            try writeScene()
            #expect(try kaira("bake scene.gltf -o b.obj").code == 0)
            let lines = String(decoding: try folder.data("b.obj"), as: UTF8.self).split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("v ") } == 4 && lines.count { $0.hasPrefix("f ") } == 2)
            let run = try kaira("bake scene.gltf --clip run -o c.obj")
            #expect(run.code == 64)
            #expect(run.errors.contains("run") && run.errors.contains("slide"))
        }

        @Test("render compares: alike 0, different 1 with a picture of the difference") func reference() throws {
            try writeScene()
            #expect(try kaira("render scene.gltf -o a.png --size 96x64").code == 0)
            #expect(try kaira("render scene.gltf -o b.png --ref a.png").code == 0)
            // Drawing is the same from run to run.
            #expect(try folder.data("a.png") == (try folder.data("b.png")))
            let turned = try kaira("render scene.gltf -o c.png --ref a.png --camera top")
            #expect(turned.code == 1)
            #expect(turned.errors.contains("c.png.difference.png"))
            let probe = try Shell.run(
                "ffprobe -v error -show_entries stream=width,height -of csv=p=0 c.png.difference.png", in: folder)
            #expect(probe.text == "96,64\n")
            #expect(try kaira("render scene.gltf -o d.png --ref a.png --size 32x32").code == 1)
            #expect(try kaira("render scene.gltf -o e.png --ref nope.png").code == 66)
            #expect(try kaira("render scene.gltf -o e.mp4 --clip slide --ref a.png").code == 64)
            #expect(!folder.names.contains("e.png") && !folder.names.contains("e.mp4"))
        }

        @Test("mode, camera, time and background change the picture") func drawing() throws {
            try writeScene()
            var pictures: Set<Data> = []
            let variants = [
                "", "--mode wire", "--mode hidden-line", "--mode solid --section 0,1,0,-0.3", "--camera iso",
                "--camera 3,2,1,0,0,0,40",
                "--background #336699", "--clip slide --time 2 --camera 9,9,9,0,0,0",
                "--clip slide --time 3 --camera 9,9,9,0,0,0",
            ]
            for options in variants {
                #expect(try kaira("render scene.gltf -o p.png --force --size 96x64 \(options)").code == 0)
                pictures.insert(try folder.data("p.png"))
            }
            #expect(pictures.count == variants.count)
            let camera = try kaira("render scene.gltf -o q.png --camera sideways")
            #expect(camera.code == 64)
            #expect(camera.errors.contains("sideways"))
        }

        @Test("lines go into vector files, and single parts take modes of their own") func lineDrawings() throws {
            try writeScene()
            let svg = try kaira("render scene.gltf -o a.svg --mode hidden-line --size 96x64 --camera iso")
            #expect(svg.code == 0, "\(svg.errors)")
            let parse = try Shell.run(
                "python3 -c 'import xml.etree.ElementTree as e; print(e.parse(\"a.svg\").getroot().attrib[\"viewBox\"])'",
                in: folder)
            #expect(parse.text == "0 0 96 64\n")
            #expect(try kaira("render scene.gltf -o b.svg --mode hidden-line --size 96x64 --camera iso").code == 0)
            #expect(try folder.data("a.svg") == folder.data("b.svg"))
            #expect(try kaira("render scene.gltf -o a.pdf --mode wire --size 96x64").code == 0)
            #expect(try kaira("render scene.gltf -o a.svg --mode wire").code == 73)
            #expect(try kaira("render scene.gltf -o c.svg").code == 64)
            #expect(try kaira("render scene.gltf -o c.svg --mode hidden-line --ref a.svg").code == 64)
            #expect(try kaira("render scene.gltf -o c.svg --mode hidden-line --mode-of root=solid").code == 64)
            #expect(try kaira("render scene.gltf -o m.png --size 96x64 --mode-of root=wireframe").code == 0)
            #expect(try kaira("render scene.gltf -o w.png --size 96x64 --mode wire").code == 0)
            #expect(try folder.data("m.png") == folder.data("w.png"))
            for (options, words) in [
                ("--mode-of rot=wire", "did you mean 'root'"), ("--mode-of root=wier", "did you mean 'wire'"),
                ("--mode-of root", "NAME=MODE"), ("--section 1,0,0,0", "--mode solid"),
                ("--mode solid --section 1,0,0", "four numbers"), ("--mode solid --section=0,0,0,1", "four numbers"),
            ] {
                let run = try kaira("render scene.gltf -o x.png \(options)")
                #expect(run.code == 64 && run.errors.contains(words), "\(options): \(run.errors)")
            }
            // Two triangles are no solid.
            let cut = try kaira("render scene.gltf -o s.png --size 96x64 --mode solid --section 0,1,0,-0.4")
            #expect(cut.code == 0 && (cut.errors + cut.text).contains("open shell"), "\(cut.errors) \(cut.text)")
            #expect(Set(folder.names).isDisjoint(with: ["c.svg", "x.png"]))
        }

        @Test("a clip is played as a video of its length") func video() throws {
            try writeScene()
            #expect(try kaira("render scene.gltf --clip slide -o v.mp4 --size 64x48 --fps 10").code == 0)
            // 3 s at 10 frames a second, both ends shown.
            let probe = try Shell.run(
                "ffprobe -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 v.mp4", in: folder)
            #expect(probe.text == "31\n")
        }

        @Test("a motion as JSON and as GLB looks the same; BVH says what to do instead") func motions() throws {
            let points = Repository.path("Tests/Fixtures/retarget/pose_squats_3d.full.json")
            try folder.write("k.json", try Self.keypoints(from: points))
            for kind in ["json", "glb", "bvh"] {
                let run = try kaira("retarget k.json --avatar \(Repository.avatar) -o m.\(kind) --json")
                #expect(run.code == 0, "\(run.errors)")
                #expect(try run.object()["schema"] as? String == "kaira.retarget/1")
            }
            let keypoints = try kaira("inspect k.json --json").object()
            #expect(keypoints["layout"] as? String == "mediapipe33" && keypoints["frames_with_person"] as? Int == 60)
            #expect(try kaira("inspect m.json --json").object()["count"] as? Int == 60)
            let draw = "render \(Repository.avatar) --time 1 --size 96x128"
            #expect(try kaira("\(draw) --motion m.json -o j.png").code == 0)
            #expect(try kaira("\(draw) --motion m.glb -o g.png --ref j.png").code == 0)
            #expect(try kaira("render \(Repository.avatar) --size 96x128 -o rest.png --ref j.png").code == 1)
            let bvh = try kaira("\(draw) --motion m.bvh -o b.png")
            #expect(bvh.code == 64)
            #expect(bvh.errors.contains(".json or .glb"))
        }

        /// The published keypoints of the squats clip in our own form: a few frames of them.
        private static func keypoints(from path: String) throws -> Data {
            let data = try Data(contentsOf: URL(filePath: path))
            let frames = try #require(try JSONSerialization.jsonObject(with: data) as? [[[Double]]])
            let rows = frames.prefix(60).enumerated().map { index, points in
                // MediaPipe's y points down and its z away from the camera.
                let world = points.map { [$0[0], -$0[1], -$0[2], 1] }
                let flat = points.map { [360 + 500 * $0[0], 700 + 500 * $0[1], 1] }
                return [
                    "index": index, "time": Double(index) / 30,
                    "people": [["id": 0, "score": 1, "box": [100, 100, 500, 1000], "points": flat, "world": world]],
                ] as [String: Any]
            }
            return try JSONSerialization.data(
                withJSONObject: [
                    "schema": "kaira.keypoints/1", "layout": "mediapipe33", "size": [720, 1280], "frames": rows,
                ])
        }

        @Test("an avatar without a bone that it needs: 65, and which") func missingBone() throws {
            let whole = try Data(contentsOf: URL(filePath: Repository.avatar))
            var data = whole
            // Of the same length, so that the container stays sound.
            let range = try #require(data.range(of: Data("\"leftUpperArm\":".utf8)))
            data.replaceSubrange(range, with: Data("\"leftUpperArX\":".utf8))
            try folder.write("lame.vrm", data)
            let run = try kaira("animate \(Clips.person) --avatar lame.vrm -o o.mp4")
            #expect(run.code == 65)
            #expect(run.errors.contains("lame.vrm") && run.errors.contains("leftUpperArm"))
            try writeScene()
            let noAvatar = try kaira("animate \(Clips.person) --avatar scene.gltf -o o.mp4")
            #expect(noAvatar.code == 65)
            #expect(noAvatar.errors.contains("no humanoid bones"))
            #expect(!folder.names.contains("o.mp4"))
        }

        @Test("damaged scenes: 65; retarget of no keypoints: 65") func damaged() throws {
            let whole = try Data(contentsOf: URL(filePath: Repository.avatar))
            try folder.write("cut.vrm", whole.prefix(whole.count / 2))
            try folder.write("k.json", Data("{\"schema\": \"kaira.keypoints/1\"}".utf8))
            for arguments in [
                "render cut.vrm -o o.png", "bake cut.vrm -o o.npz", "inspect cut.vrm",
                "retarget k.json --avatar \(Repository.avatar) -o m.json",
            ] {
                let run = try kaira(arguments)
                #expect(run.code == 65, "\(arguments): \(run.errors)")
            }
            #expect(folder.names == ["cut.vrm", "k.json"])
        }

        @Test("inspect says what is in avatars, scenes, videos and pictures") func inspect() throws {
            try writeScene()
            let avatar = try Tool.run(["inspect", Repository.avatar, "--json"]).object()
            #expect(avatar["schema"] as? String == "kaira.inspect/1")
            #expect((avatar["avatar"] as? [String: Any])?["vrm"] as? String == "1.0")
            let scene = try kaira("inspect scene.gltf --json").object()
            #expect(scene["triangles"] as? Int == 2)
            let video = try Tool.run(["inspect", Clips.person, "--json"]).object()
            #expect(video["size"] as? [Int] == [180, 320] && video["frames"] as? Int == 4)
            #expect(video["has_audio"] as? Bool == false)
            #expect(try kaira("inspect nope.glb").code == 66)
        }

        @Test("the mascot is built anew to the same bytes that are shipped") func mascot() throws {
            #expect(try kaira("avatar build kaira-kun -o k.vrm").code == 0)
            #expect(try folder.data("k.vrm") == (try Data(contentsOf: URL(filePath: Repository.avatar))))
        }
    }
}
