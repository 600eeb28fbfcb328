/// Pairs rows with columns so that the sum of the pairs' costs is the least (Kuhn, *The Hungarian Method*, 1955; shortest
/// augmenting paths with potentials, Jonker and Volgenant, 1987).
public enum LinearAssignment {
    /// The cheapest pairing of as many pairs as the smaller side has.
    ///
    /// - Parameters:
    ///   - costs: `[rows, columns]`, row-major, finite.
    ///   - rows: how many.
    ///   - columns: how many.
    /// - Returns: the column of each row, nil for rows left over.
    /// - Complexity: O(min^2 * max).
    public static func solve(_ costs: [Double], rows: Int, columns: Int) -> [Int?] {
        precondition(rows >= 0 && columns >= 0 && costs.count == rows * columns)
        if rows > columns {
            let turned = (0..<columns).flatMap { column in (0..<rows).map { costs[$0 * columns + column] } }
            var result = [Int?](repeating: nil, count: rows)
            for (column, row) in solve(turned, rows: columns, columns: rows).enumerated() {
                if let row { result[row] = column }
            }
            return result
        }
        // Index 0 stands for "none"; rows and columns count from 1.
        var rowPotential = [Double](repeating: 0, count: rows + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        var rowOf = [Int](repeating: 0, count: columns + 1)
        var before = [Int](repeating: 0, count: columns + 1)
        for row in stride(from: 1, through: rows, by: 1) {
            rowOf[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: columns + 1)
            var isDone = [Bool](repeating: false, count: columns + 1)
            repeat {
                isDone[column] = true
                let current = rowOf[column]
                var delta = Double.infinity, next = 0
                for j in 1...columns where !isDone[j] {
                    let slack = costs[(current - 1) * columns + j - 1] - rowPotential[current] - columnPotential[j]
                    if slack < least[j] { (least[j], before[j]) = (slack, column) }
                    if least[j] < delta || next == 0 { (delta, next) = (least[j], j) }
                }
                for j in 0...columns {
                    if isDone[j] {
                        rowPotential[rowOf[j]] += delta
                        columnPotential[j] -= delta
                    } else {
                        least[j] -= delta
                    }
                }
                column = next
            } while rowOf[column] != 0
            repeat {
                let previous = before[column]
                rowOf[column] = rowOf[previous]
                column = previous
            } while column != 0
        }
        var result = [Int?](repeating: nil, count: rows)
        for column in stride(from: 1, through: columns, by: 1) where rowOf[column] != 0 {
            result[rowOf[column] - 1] = column - 1
        }
        return result
    }
}
