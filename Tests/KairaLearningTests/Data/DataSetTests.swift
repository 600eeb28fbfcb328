import Foundation
import KairaLearning
import KairaTensor
import Testing

@Suite struct DataSetTests {
    /// Oracle: numpy on scikit-learn's file: 1797 rows, their sum, the number of each class, a part of row 1000.
    @Test("the digits are scikit-learn's") func digits() throws {
        let set = try DataSet.digits()
        #expect(set.count == 1797)
        #expect(set.inputShape == [1, 8, 8])
        #expect(set.classCounts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
        let sum: Float = (0..<set.count).reduce(0) { sum, place in sum + set.input(place).reduce(0, +) * 16 }
        #expect(sum == 561_718)
        #expect(set.input(1000)[..<8].map { $0 * 16 } == [0, 0, 1, 14, 2, 0, 0, 0])
        #expect(set.labels[1000] == 1)
    }

    @Test("a batch is gathered in the order asked for") func batch() throws {
        let set = try DataSet(
            name: "s", inputShape: [2], elements: .bytes([0, 51, 102, 153, 204, 255], scale: 1 / 255),
            targets: .classes([0, 1, 2], names: ["a", "b", "c"]))
        let batch = set.batch([2, 0, 2])
        #expect(batch.inputs.shape == [3, 2])
        #expect(batch.inputs.values == [204, 255, 0, 51, 204, 255].map { Float($0) * (1 / 255) })
        #expect(batch.labels == [2, 0, 2])
        let part = set.subset([2, 1])
        #expect(part.batch([0]).labels == [2])
        #expect(part.batch([1]).inputs.values == [102, 153].map { Float($0) * (1 / 255) })
        #expect(try part.reshapingInputs(to: [1, 2]).batch([0]).inputs.shape == [1, 1, 2])
        #expect(throws: LearningError.shape("inputs of shape [2] do not fit [3]")) { try part.reshapingInputs(to: [3]) }
    }

    @Test("sets that make no sense are refused") func refused() {
        #expect(throws: LearningError.emptySet("s")) {
            try DataSet(name: "s", inputShape: [1], elements: .floats([]), targets: .classes([], names: []))
        }
        #expect(throws: LearningError.labelOutOfRange(label: -1, classes: 1, at: 0)) {
            try DataSet(name: "s", inputShape: [1], elements: .floats([1]), targets: .classes([-1], names: ["a"]))
        }
        #expect(throws: LearningError.self) {
            try DataSet(name: "s", inputShape: [2], elements: .floats([1]), targets: .classes([0], names: ["a"]))
        }
        #expect(throws: LearningError.data("element 1 of input 0 of s is nan")) {
            try DataSet(name: "s", inputShape: [2], elements: .floats([1, .nan]), targets: .classes([0], names: ["a"]))
        }
        #expect(throws: LearningError.data("target 1 of s is inf")) {
            try DataSet(
                name: "s", inputShape: [1], elements: .floats([1, 2]), targets: .values([1, .infinity], width: 1))
        }
    }

    /// Oracle: counting. Each class keeps its share to within half an example a part.
    @Test("a split is stratified, whole and made again by its seed") func split() throws {
        let set = try DataSet.digits()
        let split = try set.split(validation: 0.1, test: 0.2, seed: 3)
        #expect(split.training.count + split.validation.count + split.test.count == set.count)
        let all = Set(split.training.indices).union(split.validation.indices).union(split.test.indices)
        #expect(all.count == set.count)
        for (k, whole) in set.classCounts.enumerated() {
            #expect(abs(Double(split.test.classCounts[k]) - 0.2 * Double(whole)) <= 0.5)
            #expect(abs(Double(split.validation.classCounts[k]) - 0.1 * Double(whole)) <= 0.5)
        }
        let again = try set.split(validation: 0.1, test: 0.2, seed: 3)
        #expect(again.test.indices == split.test.indices && again.validation.indices == split.validation.indices)
        #expect(try set.split(test: 0.2, seed: 4).test.indices != set.split(test: 0.2, seed: 3).test.indices)
    }

    @Test("a split that leaves a part empty is refused") func emptySplit() throws {
        let set = try DataSet.xorClouds(count: 4, noise: 0, seed: 1)
        #expect(throws: LearningError.self) { try set.split(test: 1, seed: 1) }
        #expect(throws: LearningError.self) { try set.split(test: 0.01, seed: 1) }
        #expect(throws: LearningError.self) { try set.split(test: -0.1, seed: 1) }
        #expect(try set.split(seed: 1).test.count == 0)
    }

    /// Oracle: the curves' own equations.
    @Test("generated sets lie where they should") func generated() throws {
        let moons = try DataSet.twoMoons(count: 100, noise: 0, seed: 1)
        for i in 0..<moons.count {
            let p = moons.input(i)
            let (x, y) = moons.labels[i] == 0 ? (p[0], p[1]) : (1 - p[0], 0.5 - p[1])
            #expect(abs(x * x + y * y - 1) < 1e-5 && y >= -1e-6)
        }
        let clouds = try DataSet.xorClouds(count: 40, noise: 0, seed: 1)
        for i in 0..<clouds.count {
            let p = clouds.input(i)
            #expect(clouds.labels[i] == LogicGate.xor(Int(p[0]), Int(p[1])))
        }
        #expect(clouds.classCounts == [20, 20])
        let spirals = try DataSet.spirals(count: 90, classes: 3, turns: 0.5, noise: 0, seed: 1)
        for i in 0..<spirals.count {
            let p = spirals.input(i), r = (p[0] * p[0] + p[1] * p[1]).squareRoot()
            let angle = 2 * Float.pi * (r / 2 + Float(spirals.labels[i]) / 3)
            #expect(abs(r * cos(angle) - p[0]) < 1e-5 && abs(r * sin(angle) - p[1]) < 1e-5)
        }
        let parabola = try DataSet.polynomial([1, -2, 3], count: 5, noise: 0, seed: 1)
        #expect(parabola.targets == .values([6, 2.75, 1, 0.75, 2], width: 1))
    }

    /// Oracle: the standard deviation asked for; 4000 samples tell it to within 5 %.
    @Test("noise is as large as asked, and the seed's") func noise() throws {
        let a = try DataSet.polynomial([0], count: 4000, noise: 0.3, seed: 9)
        guard case .values(let y, _) = a.targets else { return }
        let deviation = (y.reduce(0) { $0 + $1 * $1 } / 4000).squareRoot()
        #expect(abs(deviation - 0.3) < 0.015)
        #expect(try DataSet.polynomial([0], count: 4000, noise: 0.3, seed: 9).targets == a.targets)
        #expect(try DataSet.polynomial([0], count: 4000, noise: 0.3, seed: 8).targets != a.targets)
    }

    @Test(
        "MNIST's files are found as they come",
        arguments: [
            ("", "-idx", ""), ("", "-idx", ".gz"), ("/MNIST/raw", "-idx", ""), ("/FashionMNIST/raw", ".idx", ""),
        ])
    func mnist(below: String, dash: String, kind: String) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "kaira-mnist-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root + below, withIntermediateDirectories: true)
        #expect { try MNISTFiles(folder: root) } throws: { "\($0)".contains("train-images-idx3-ubyte") }
        for (stem, count) in [("train", 3), ("t10k", 2)] {
            let images = IDXArray(
                element: .uint8, shape: [count, 28, 28], bytes: [UInt8](repeating: 7, count: count * 784))
            let labels = IDXArray(element: .uint8, shape: [count], bytes: (0..<count).map { UInt8($0) })
            for (name, array) in [("images\(dash)3", images), ("labels\(dash)1", labels)] {
                let path = "\(root)\(below)/\(stem)-\(name)-ubyte"
                try Data(array.idx()).write(to: URL(filePath: path))
                guard kind == ".gz" else { continue }
                let gzip = Process()
                gzip.executableURL = URL(filePath: "/usr/bin/env")
                gzip.arguments = ["gzip", path]
                try gzip.run()
                gzip.waitUntilExit()
            }
        }
        let files = try MNISTFiles(folder: root)
        #expect(files.isFashion == below.contains("Fashion"))
        #expect(try files.training().count == 3)
        #expect(try files.test().labels == [0, 1])
        #expect(try files.test().classNames[9] == (files.isFashion ? "ankle boot" : "9"))
    }
}
