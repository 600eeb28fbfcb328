import KairaImage
import KairaPlot
import Testing

/// Oracle: geometry by hand: where a chart's marks have to be relative to each other.
@Suite struct ChartTests {
    /// Rows in which a column has the first series' blue.
    static func blueRows(_ image: Image, column: Int) -> [Int] {
        (0..<image.height).filter { y in
            let p = image[column, y]
            return p.x < 60 && p.z > 140 && p.y < 150
        }
    }

    @Test("a rising line rises, a level one is level")
    func lines() throws {
        let rising = try LineChart(
            title: "rising", xLabel: "x", yLabel: "y", series: [.init(points: [[0, 0], [1, 50], [2, 100]])]
        ).draw()
        #expect(rising.width == 640 && rising.height == 400)
        let middles = [200, 300, 400, 500].map { Self.blueRows(rising, column: $0) }
        for rows in middles { #expect(!rows.isEmpty) }
        for (a, b) in zip(middles, middles.dropFirst()) { #expect((a.first ?? 0) > (b.first ?? 999)) }
        let level = try LineChart(
            title: "level", xLabel: "x", yLabel: "y", series: [.init(points: [[0, 3], [2, 3]])], yRange: 0...6
        ).draw()
        #expect(Self.blueRows(level, column: 200) == Self.blueRows(level, column: 500))
    }

    @Test("bars are as long as their values")
    func bars() throws {
        let image = try BarChart(title: "bars", bars: [.init(name: "a", value: 10), .init(name: "b", value: 5)]).draw()
        func length(_ row: Int) -> Int {
            (0..<image.width).count { x in
                let p = image[x, row]
                return p.x < 60 && p.z > 140 && p.y < 150
            }
        }
        let lengths = (0..<image.height).map(length)
        let longest = try #require(lengths.max())
        let halves = lengths.filter { abs($0 - longest / 2) <= 1 }
        #expect(longest > 300 && !halves.isEmpty)
    }

    @Test("odd values are drawn, nothing at all is an error")
    func odd() throws {
        let points: [SIMD2<Double>] = [[0, .nan], [.infinity, 1], [1, 1e300], [2, -1e300], [3, 1]]
        _ = try LineChart(title: "\0odd", xLabel: "", yLabel: "", series: [.init(name: "n", points: points)]).draw()
        _ = try LineChart(title: "", xLabel: "", yLabel: "", series: [.init(points: [[5, 5]])]).draw()
        _ = try BarChart(title: "", bars: [.init(name: "", value: .nan), .init(name: "n", value: -3)]).draw()
        #expect(throws: PlotError.self) {
            try LineChart(title: "", xLabel: "", yLabel: "", series: [.init(points: [[.nan, 1]])]).draw()
        }
        #expect(throws: PlotError.self) { try BarChart(title: "", bars: []).draw() }
        #expect(throws: PlotError.self) {
            try LineChart(title: "", xLabel: "", yLabel: "", series: [.init(points: [[1, 1]])], size: [1, 1]).draw()
        }
    }
}
