import Foundation
import KairaLearning
import Testing

extension CLI {
    /// `kaira learn`, from the command line to files.
    @Suite struct Learn {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func run(_ arguments: String...) throws -> Run { try Tool.run(["learn"] + arguments, in: folder) }

        /// A set of MNIST's layout: one bright bar whose place tells the class, with noise; made from a seed.
        private func writeSet(_ name: String, training: Int, test: Int, pack: Bool = false) throws {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: true)
            var random = SystemLikeGenerator(state: 42)
            for (stem, count) in [("train", training), ("t10k", test)] {
                var pixels = [UInt8](repeating: 0, count: count * 784), labels: [UInt8] = []
                for i in 0..<count {
                    let label = Int(random.next() % 10)
                    labels.append(UInt8(label))
                    let shift = Int(random.next() % 2)
                    for y in 4..<24 {
                        for x in 0..<3 {
                            pixels[i * 784 + y * 28 + label * 2 + shift + x + 2] = UInt8(random.next() % 96 + 160)
                        }
                    }
                    for _ in 0..<40 { pixels[i * 784 + Int(random.next() % 784)] = UInt8(random.next() % 256) }
                }
                let images = IDXArray(element: .uint8, shape: [count, 28, 28], bytes: pixels)
                try folder.write("\(name)/\(stem)-images-idx3-ubyte", Data(images.idx()))
                try folder.write(
                    "\(name)/\(stem)-labels-idx1-ubyte",
                    Data(IDXArray(element: .uint8, shape: [count], bytes: labels).idx()))
            }
            if pack { #expect(try Shell.run("gzip \(name)/*", in: folder).code == 0) }
        }

        /// xorshift64*.
        private struct SystemLikeGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state ^= state >> 12
                state ^= state << 25
                state ^= state >> 27
                return (state &* 0x2545_F491_4F6C_DD1D) >> 33
            }
        }

        private func isPicture(_ name: String) throws -> Bool {
            try folder.data(name).starts(with: [0x89, 0x50, 0x4e, 0x47])
        }

        /// Oracle: the truth tables 1.1 to 1.4.
        @Test("gates prints the truth tables") func gates() throws {
            let run = try run("gates", "--json", "-o", "gates.png")
            #expect(run.code == 0, "\(run.errors)")
            let object = try run.object()
            #expect(object["schema"] as? String == "kaira.learn/1")
            #expect(object["experiment"] as? String == "gates")
            #expect(
                object["gates"] as? [String: [Int]]
                    == ["AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]])
            #expect(object["weights"] as? [String: [Double]] != nil)
            #expect(try isPicture("gates.png"))
            #expect(try self.run("gates", "-o", "gates.png").code == 73)
            #expect(try self.run("gates", "-o", "gates.svg").code == 64)
        }

        @Test(
            "every lesson prints, draws and agrees with itself",
            arguments: [
                "xor", "activations", "objective", "descent", "derivatives", "overfit",
            ])
        func lessons(name: String) throws {
            let first = try run(name, "--json", "-o", "a.png"), second = try run(name, "--json")
            #expect(first.code == 0, "\(first.errors)")
            #expect(first.output == second.output)
            #expect(try first.object()["experiment"] as? String == name)
            #expect(try isPicture("a.png"))
            let text = try run(name)
            #expect(text.code == 0 && text.text.count > 100)
        }

        /// Oracle: closed form, x_n = (1 - a)^n.
        @Test("descent's figures are the closed form's") func descent() throws {
            let runs = try #require(try run("descent", "--json").object()["runs"] as? [[String: Any]])
            #expect(runs.count == 6)
            for one in runs {
                let rate = try #require(one["rate"] as? Double), steps = try #require(one["steps"] as? Int)
                let x = try #require(one["x"] as? Double)
                #expect(abs(x - pow(1 - rate, Double(steps))) <= 1e-9 * max(1, abs(x)))
            }
        }

        /// Oracle: a node can do no better than three of four clouds; the bars of a network that has understood.
        @Test("xor and overfit show what they are to show") func shown() throws {
            let xor = try run("xor", "--json").object()
            #expect(xor["perceptron_learned"] as? Bool == false && xor["perceptron_repeats"] as? Bool == true)
            #expect(try #require(xor["one_node_accuracy"] as? Double) < 0.8)
            #expect(try #require(xor["two_layer_accuracy"] as? Double) > 0.97)
            let overfit = try run("overfit", "--json").object()
            func number(_ name: String) throws -> Double { try #require(overfit[name] as? Double) }
            #expect(try number("training_accuracy") == 1)
            #expect(try number("last_test_loss") > 1.5 * number("least_test_loss"))
            #expect(try number("test_accuracy_stopped_early") > number("test_accuracy"))
        }

        @Test("digits: the bar, a saved network that reads pictures, curves and metrics") func digits() throws {
            let run = try run(
                "digits", "--seeds", "1", "--json", "--validation", "0.1", "--save", "d.safetensors", "--metrics",
                "m.jsonl",
                "--curve", "c.png", "-o", "o.png", "--progress", "json")
            #expect(run.code == 0, "\(run.errors)")
            let object = try run.object()
            #expect(try #require(object["test_accuracy"] as? Double) >= 0.96)
            #expect(run.errors.contains("\"unit\":\"steps\""))
            #expect(try isPicture("c.png") && isPicture("o.png"))
            let lines = String(decoding: try folder.data("m.jsonl"), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == object["epochs"] as? Int)
            // The digits of the set, written as a file of IDX, are read back.
            let set = try DataSet.digits(), labels = set.labels
            let pixels = (0..<50).flatMap { set.input($0).map { UInt8(($0 * 255).rounded()) } }
            try folder.write("few.idx", Data(IDXArray(element: .uint8, shape: [50, 8, 8], bytes: pixels).idx()))
            var right = 0
            for i in stride(from: 0, to: 50, by: 10) {
                let found = try self.run("predict", "d.safetensors", "few.idx", "--index", "\(i)", "--json")
                #expect(found.code == 0, "\(found.errors)")
                if try found.object()["class"] as? String == String(labels[i]) { right += 1 }
            }
            #expect(right >= 4)
            #expect(try self.run("predict", "d.safetensors", "few.idx", "--index", "50").code == 64)
        }

        @Test("two runs agree, whatever the threads") func agrees() throws {
            let a = try run("digits", "--seeds", "1", "--epochs", "4", "--json", "--threads", "1")
            let b = try run("digits", "--seeds", "1", "--epochs", "4", "--json", "--threads", "2")
            #expect(a.code == 0 && a.output == b.output)
        }

        /// Oracle: the set says which class each picture is; a bar moved by a pixel is easy to tell. The plain one has
        /// MNIST's own size.
        @Test("a set of MNIST's layout, from end to end", arguments: [false, true])
        func mnist(packed: Bool) throws {
            let (training, test) = packed ? (3000, 500) : (60_000, 10_000)
            try writeSet("set", training: training, test: test, pack: packed)
            let run = try run(
                "mnist", "--data", "set", "--epochs", packed ? "2" : "1", "--json", "--save", "m.safetensors", "-o",
                "m.png")
            #expect(run.code == 0, "\(run.errors)")
            let object = try run.object()
            #expect(object["training_examples"] as? Int == training)
            #expect(object["test_examples"] as? Int == test)
            #expect(object["weights"] as? Int == 784 * 100 + 100 + 1000 + 10)
            #expect(try #require(object["test_accuracy"] as? Double) > (packed ? 0.9 : 0.98))
            let file = packed ? "set/t10k-images-idx3-ubyte.gz" : "set/t10k-images-idx3-ubyte"
            let found = try self.run("predict", "m.safetensors", file, "--index", "3", "-o", "p.png")
            #expect(found.code == 0, "\(found.errors)")
            #expect(try isPicture("p.png"))
        }

        @Test("a picture of a sign is cut out, centred and turned bright") func picture() throws {
            try writeSet("set", training: 2000, test: 100)
            #expect(
                try run("mnist", "--data", "set", "--epochs", "2", "--save", "m.safetensors").code == 0)
            // Dark on bright paper, of another size.
            try folder.make(
                "-f lavfi -i color=white:s=120x90,drawbox=x=55:y=20:w=6:h=50:color=black:t=fill -frames:v 1 bar.png")
            let found = try run("predict", "m.safetensors", "bar.png", "--json")
            #expect(found.code == 0, "\(found.errors)")
            #expect(found.errors.contains("dark on bright"))
            try folder.make("-f lavfi -i color=white:s=60x60 -frames:v 1 blank.png")
            #expect(try run("predict", "m.safetensors", "blank.png").code == 65)
        }

        @Test("Ctrl-C keeps a check-point; going on from it ends with the same network") func resumes() throws {
            try writeSet("set", training: 6000, test: 200)
            let options = ["learn", "mnist", "--data", "set", "--epochs", "6", "--hidden", "400,400", "--json"]
            let whole = try Tool.run(options + ["--save", "whole.safetensors"], in: folder)
            #expect(whole.code == 0, "\(whole.errors)")
            let running = try Running(
                Tool.path, options + ["--checkpoint", "c", "--progress", "json"], in: folder, environment: [:],
                input: nil)
            #expect(running.waits(for: "\"done\":120,"))
            kill(running.id, SIGINT)
            let stopped = try running.wait()
            #expect(stopped.code == 130)
            #expect(stopped.errors.contains("go on with --resume"))
            #expect(try Tool.run(options + ["--checkpoint", "c"], in: folder).code == 64)
            let resumed = try Tool.run(
                options + ["--checkpoint", "c", "--resume", "--save", "resumed.safetensors"], in: folder)
            #expect(resumed.code == 0, "\(resumed.errors)")
            #expect(resumed.output == whole.output)
            #expect(try folder.data("resumed.safetensors") == folder.data("whole.safetensors"))
            // Another seed is another training.
            #expect(try Tool.run(options + ["--checkpoint", "c", "--resume", "--seed", "2"], in: folder).code == 65)
        }

        @Test("a rate that explodes ends with one error") func explodes() throws {
            let run = try run("digits", "--seeds", "1", "--rate", "1e30", "--epochs", "3", "--checkpoint", "c")
            #expect(run.code == 1)
            #expect(run.errors.contains("not finite") && run.errors.contains("learning rate"))
        }

        @Test("damaged and missing data: one clear error each") func hostile() throws {
            #expect(try run("mnist", "--data", "nowhere").code == 66)
            try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
            let missing = try run("mnist", "--data", "empty")
            #expect(missing.code == 66 && missing.errors.contains("train-images-idx3-ubyte"))

            try writeSet("set", training: 50, test: 20)
            let images = "set/train-images-idx3-ubyte", labels = "set/train-labels-idx1-ubyte"
            let (goodImages, goodLabels) = (try folder.data(images), try folder.data(labels))
            try folder.write(images, Data(goodImages.prefix(1000)))
            let cut = try run("mnist", "--data", "set")
            #expect(cut.code == 65 && cut.errors.contains("train-images") && cut.errors.contains("cut short"))
            try folder.write(images, goodImages)
            var wrong = goodLabels
            wrong[8 + 7] = 10
            try folder.write(labels, wrong)
            let label = try run("mnist", "--data", "set")
            #expect(label.code == 65 && label.errors.contains("label 10"))
            try folder.write(labels, Data([0, 0, 8, 1, 0, 0, 0, 0]))
            #expect(try run("mnist", "--data", "set").code == 65)
            try folder.write(labels, goodLabels)
            #expect(try run("mnist", "--data", "set", "--epochs", "1").code == 0)

            try folder.write("junk", Data([1, 2, 3]))
            #expect(try run("predict", "junk", "junk").code == 65)
            #expect(try run("predict", "gone", "junk").code == 66)
            #expect(try run("digits", "--patience", "3").code == 64)
            #expect(try run("digits", "--resume").code == 64)
            #expect(try run("digits", "--epochs", "0").code == 64)
            #expect(try run("digits", "--hidden", "0").code == 64)
        }

        /// Oracle: the rule that made the table, y = 1 where a > b.
        @Test("tables and folders of pictures are learned") func others() throws {
            var table = "a,b,kind\n"
            var random = SystemLikeGenerator(state: 7)
            for _ in 0..<400 {
                let (a, b) = (Int(random.next() % 1000), Int(random.next() % 1000))
                table += "\(a),\(b * 100),\(a > b ? "more" : "less")\n"
            }
            try folder.write("t.csv", Data(table.utf8))
            let run = try run("table", "--data", "t.csv", "--label", "kind", "--json")
            #expect(run.code == 0, "\(run.errors)")
            let object = try run.object()
            #expect(object["classes"] as? [String] == ["less", "more"])
            #expect(try #require(object["test_accuracy"] as? Double) > 0.9)
            #expect(try self.run("table", "--data", "t.csv", "--label", "none").code == 65)

            for (name, color) in [("dark", "0x202020"), ("light", "0xd0d0d0")] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/pictures/\(name)", withIntermediateDirectories: true)
                try folder.make(
                    "-f lavfi -i color=\(color):s=20x16,noise=alls=40:allf=t -frames:v 20 pictures/\(name)/p%02d.png")
            }
            let images = try self.run(
                "images", "--data", "pictures", "--size", "8x8", "--network", "cnn", "--epochs", "5", "--json", "-o",
                "i.png")
            #expect(images.code == 0, "\(images.errors)")
            #expect(try images.object()["test_accuracy"] as? Double == 1)
            try folder.write("pictures/dark/zzz.png", Data([0x89, 0x50, 0x4e, 0x47]))
            let damaged = try self.run("images", "--data", "pictures")
            #expect(damaged.code == 65 && damaged.errors.contains("zzz.png"))
        }
    }
}
