import Foundation
import KairaPose
import KairaTensor

extension ViTBenchmark {
    /// Loading and memory of B and S, then the time of 1, 2, 4 and 10 people on S, B and L: one row each, and a table to
    /// standard error.
    func growth(_ emit: (BenchmarkRow) throws -> Void) throws {
        let types = [Precision.float32, .int8]
        for size in [RandomViTPose.Size.b, .s] {
            for type in types { try emit(load(size, type)) }
        }
        for type in types {
            Self.report("\(type.label)       GMAC people      ms  ms/GMAC  growth")
            for size in [RandomViTPose.Size.s, .b, .l] {
                let model = try ViTPoseModel(
                    contentsOf: RandomViTPose.folder(size, .classic), precision: type, threads: Self.threads, batch: 10)
                let gmac = model.configuration.gigaMultiplyAdds
                let counts = [1, 2, 4, 10]
                var times = [[Double]](repeating: [], count: counts.count)
                for count in counts { try pass(model, people: count) }
                // In turns, so that a disturbance meets all.
                for _ in 0..<(size == .l ? 3 : 5) {
                    for (index, count) in counts.enumerated() {
                        times[index] += try milliseconds(1) { try pass(model, people: count) }
                    }
                }
                for (index, count) in counts.enumerated() {
                    // The least time: others share the machine.
                    let each = times[index].quantile(0) / (gmac * Double(count)), one = times[0].quantile(0) / gmac
                    var row = BenchmarkRow(
                        name: "vit-\(size.rawValue) (\(count) people)", times: times[index], threads: Self.threads,
                        type: type.label)
                    row.head = "classic"
                    row.people = count
                    row.gmac = BenchmarkRow.rounded(gmac * Double(count))
                    row.growth = BenchmarkRow.rounded(each / one)
                    row.weight_mb = BenchmarkRow.rounded(Double(model.weightBytes) / 1e6)
                    try emit(row)
                    Self.report(
                        String(
                            format: "%@ classic %8.1f %6d %8.1f %7.3f %7.3f", size.rawValue.uppercased(),
                            gmac * Double(count), count, times[index].quantile(0), each, each / one))
                }
            }
        }
    }

    /// A model's loading from a file that is in memory already, and what the process holds afterwards.
    private func load(_ size: RandomViTPose.Size, _ type: Precision) throws -> BenchmarkRow {
        let folder = try RandomViTPose.folder(size, .classic)
        var model: ViTPoseModel?
        func open() throws { model = try ViTPoseModel(contentsOf: folder, precision: type, threads: Self.threads) }
        try open()
        let times = try milliseconds(5) {
            model = nil
            try open()
        }
        var row = BenchmarkRow(name: "vit-\(size.rawValue) load", times: times, threads: Self.threads, type: type.label)
        row.weight_mb = BenchmarkRow.rounded(Double(model?.weightBytes ?? 0) / 1e6)
        row.resident_mb = BenchmarkRow.rounded(Self.residentMegabytes)
        return row
    }

    /// What the process holds now.
    private static var residentMegabytes: Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Double(line.split(separator: " ").dropFirst().first ?? "").map { $0 * 1024 / 1e6 } ?? 0
    }
}
