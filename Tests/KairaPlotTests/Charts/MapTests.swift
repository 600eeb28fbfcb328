import KairaImage
import KairaPlot
import Testing

/// Oracle: geometry by hand: where colours have to be, and where not.
@Suite struct MapTests {
    private func isOrange(_ p: SIMD4<UInt8>) -> Bool { p.x > 230 && p.z < 160 }
    private func isBlue(_ p: SIMD4<UInt8>) -> Bool { p.x < 170 && p.z > 200 }

    @Test("a map is orange where the function is 1 and blue where it is 0, y upwards") func map() throws {
        let image = try FieldChart(
            title: "half", xLabel: "x", yLabel: "y", xRange: 0...1, yRange: 0...1, coloring: .classes, size: [400, 400]
        ) { x, y in x > 0.5 && y > 0.5 ? 1 : 0 }.draw()
        #expect(image.width == 400 && image.height == 400)
        // The plot lies between the labels: a quarter of the way in from each side is inside it.
        #expect(isOrange(image[300, 120]))
        for (x, y) in [(100, 120), (100, 280), (300, 280)] { #expect(isBlue(image[x, y])) }
        #expect(image[2, 2] == [255, 255, 255, 255])
    }

    @Test("a contour of x is a straight line up") func contour() throws {
        let image = try FieldChart(
            title: "x", xLabel: "", yLabel: "", xRange: -1...1, yRange: -1...1, coloring: .classes, contours: [0.25],
            size: [400, 400]
        ) { x, _ in x }.draw()
        func dark(_ y: Int) -> [Int] { (60..<370).filter { image[$0, y].y < 150 } }
        let (a, b) = (dark(150), dark(250))
        #expect(!a.isEmpty && a == b && a.count <= 3)
    }

    @Test("marks and paths are drawn inside the map alone") func marks() throws {
        let chart = FieldChart(
            title: "", xLabel: "", yLabel: "", xRange: 0...1, yRange: 0...1, coloring: .height,
            marks: [.init(name: "in", points: [[0.5, 0.5], [7, 7], [.nan, 0]], color: 0)],
            paths: [.init(name: "out", points: [[0.2, 0.2], [0.8, 40]], color: 1)], size: [400, 400]
        ) { _, _ in 0 }
        let image = try chart.draw()
        let vermilion = (0..<400 * 400).filter {
            let p = image[$0 % 400, $0 / 400]
            return p.x > 200 && p.z < 30 && p.y > 80 && p.y < 110
        }
        #expect(!vermilion.isEmpty)
        // Apart from the legend below, nothing leaves the map at its upper end.
        #expect(vermilion.allSatisfy { $0 / 400 >= 50 })
    }

    @Test("odd maps are drawn, none at all is an error") func odd() throws {
        _ = try FieldChart(
            title: "\0", xLabel: "", yLabel: "", xRange: 0...1, yRange: 0...1, coloring: .height, contours: [0]
        ) { x, _ in x > 0.5 ? .nan : .infinity }.draw()
        #expect(throws: PlotError.self) {
            try FieldChart(
                title: "", xLabel: "", yLabel: "", xRange: 0...1, yRange: 0...1, columns: 3, values: [1, 2, 3],
                coloring: .height
            ).draw()
        }
        #expect(throws: PlotError.self) {
            try FieldChart(title: "", xLabel: "", yLabel: "", xRange: 1...1, yRange: 0...1, coloring: .height) { _, _ in
                0
            }.draw()
        }
    }

    @Test("right answers are blue on the diagonal, wrong ones orange, none white") func matrix() throws {
        let chart = MatrixChart(
            title: "m", columnLabel: "taken for", rowLabel: "is", names: ["a", "b"], counts: [[9, 0], [4, 9]], cell: 60)
        let image = try chart.draw()
        let left = image.width, colors = (0..<image.height * left).map { image[$0 % left, $0 / left] }
        func area(_ test: (SIMD4<UInt8>) -> Bool) -> Int { colors.count(where: test) }
        // The darkest blue is 0.9 of the way from white to (0, 114, 178), the orange likewise to (213, 94, 0).
        let blue = area { $0.x < 40 && $0.z > 160 }, orange = area { $0.x > 200 && $0.z < 40 }
        #expect(blue > 2 * 60 * 60 * 8 / 10 && blue < 2 * 60 * 60)
        #expect(orange > 60 * 60 * 8 / 10 && orange < 60 * 60)
        #expect(throws: PlotError.self) {
            try MatrixChart(title: "", columnLabel: "", rowLabel: "", names: ["a"], counts: [[1, 2]]).draw()
        }
    }

    @Test("ink is black, paper white, in a grid of pictures") func grid() throws {
        let cell = PictureGrid.Cell(pixels: [1, 0, 0, 0], width: 2, caption: "c")
        let image = try PictureGrid(title: "", cells: [cell, cell, cell], columns: 2, side: 80).draw()
        let black = (0..<image.width * image.height).count {
            image[$0 % image.width, $0 / image.width] == [0, 0, 0, 255]
        }
        #expect(abs(black - 3 * 40 * 40) < 3 * 200)
        #expect(throws: PlotError.self) { try PictureGrid(title: "", cells: []).draw() }
        #expect(throws: PlotError.self) {
            try PictureGrid(title: "", cells: [.init(pixels: [1, 2, 3], width: 2, caption: "")]).draw()
        }
    }

    @Test("on axes of powers, x^2 is a straight line") func logarithmic() throws {
        let points = [1.0, 10, 100, 1000].map { SIMD2($0, $0 * $0) }
        var chart = LineChart(
            title: "", xLabel: "", yLabel: "", series: [.init(points: points + [[2000, -1], [0, 5]])])
        (chart.xIsLogarithmic, chart.yIsLogarithmic) = (true, true)
        let image = try chart.draw()
        func middle(_ x: Int) throws -> Double {
            let rows = ChartTests.blueRows(image, column: x)
            return try #require(rows.isEmpty ? nil : Double(rows.reduce(0, +)) / Double(rows.count))
        }
        let (a, b, c) = (try middle(150), try middle(250), try middle(350))
        #expect(abs((a - b) - (b - c)) < 1.5 && a > b)
    }
}
