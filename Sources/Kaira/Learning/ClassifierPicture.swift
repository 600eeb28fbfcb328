import KairaImage
import KairaLearning
import KairaPlot

/// Pictures of a training: its curves, which class was taken for which, and what was misread.
struct ClassifierPicture: Sendable {
    let result: ClassifierRun.Result

    /// Loss and errors over the epochs.
    func curve() throws -> Image {
        let history = result.history, isSmoothed = result.smoothing > 0
        func series(_ name: String, _ value: (EpochMetrics) -> Double?) -> LineChart.Series {
            .init(name: name, points: history.compactMap { one in value(one).map { SIMD2(Double(one.epoch), $0) } })
        }
        var losses = [series(isSmoothed ? "training, smoothed targets" : "training", \.loss)],
            shares = [series("training") { $0.accuracy.map { (1 - $0) * 100 } }]
        if history.contains(where: { $0.validationLoss != nil }) {
            losses.append(series("validation", \.validationLoss))
            shares.append(series("validation") { $0.validationAccuracy.map { (1 - $0) * 100 } })
        }
        var loss = LineChart(
            title: "Loss", xLabel: "epoch", yLabel: "mean cross entropy", series: losses, size: [440, 380])
        var error = LineChart(
            title: "Wrong answers while learning", xLabel: "epoch", yLabel: "per cent", series: shares,
            size: [440, 380])
        (loss.legendCorner, error.legendCorner) = (.topRight, .topRight)
        (loss.xIsWhole, error.xIsWhole) = (true, true)
        return try ChartSheet.draw([try loss.draw(), try error.draw()], columns: 2)
    }

    /// Everything on one sheet.
    func sheet() throws -> Image {
        let names = result.test.classNames
        var below: [Image] = []
        if names.count <= 40 {
            below.append(
                try MatrixChart(
                    title: "\(result.test.name): \(Spoken.fixed((result.evaluation.accuracy ?? 0) * 100, 2)) % right",
                    columnLabel: "taken for", rowLabel: "is", names: names,
                    counts: result.evaluation.confusion(labels: result.test.labels, classes: names.count),
                    cell: names.count <= 12 ? 38 : 24
                ).draw())
        }
        if let misread = try misread(columns: 4) { below.append(misread) }
        let curves = try curve()
        return below.isEmpty
            ? curves : try ChartSheet.draw([curves, try ChartSheet.draw(below, columns: 2)], columns: 1)
    }

    /// The examples that were misread with the most conviction; nil where none was, or where they are no pictures.
    private func misread(columns: Int) throws -> Image? {
        let test = result.test, shape = test.inputShape, labels = test.labels, found = result.evaluation
        guard shape.count == 3, shape[0] == 1 else { return nil }
        let wrong = labels.indices.filter { labels[$0] != found.predictions[$0] }
            .sorted { (found.confidences[$0], $1) > (found.confidences[$1], $0) }
        guard !wrong.isEmpty else { return nil }
        let cells = wrong.prefix(columns * 4).map { place in
            PictureGrid.Cell(
                pixels: test.input(place), width: shape[2],
                caption: "\(test.classNames[labels[place]]) as \(test.classNames[found.predictions[place]])")
        }
        let title = wrong.count > cells.count ? "Misread, the surest \(cells.count) of \(wrong.count)" : "Misread"
        return try PictureGrid(title: title, cells: Array(cells), columns: columns, side: 80).draw()
    }
}
