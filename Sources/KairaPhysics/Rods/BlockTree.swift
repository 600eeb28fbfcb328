/// A symmetric positive definite system of 6 x 6 blocks whose couplings form a forest: each node with its parent alone.
///
/// Eliminated from the leaves to the roots without fill, O(nodes) (as in Featherstone, "Rigid Body Dynamics
/// Algorithms", 2008, section 8.3, and Deul et al., "Direct Position-Based Solver for Stiff Rods", 2018). Always in
/// Double: rods are stiff by 1e6 and more.
struct BlockTree: Sendable {
    /// Parent of each node, before it; -1 at a root.
    private(set) var parents: [Int32] = []
    /// Six rows of 16 a node: the diagonal block in columns 0..<6, the coupling to the parent in 6..<12, the right side
    /// in 12.
    var rows: [Double] = []
    /// Copies of the couplings and right sides, six rows of 8 a node.
    private var couplings: [Double] = []

    var count: Int { parents.count }

    /// Where row `row` of a node begins in `rows`.
    @inline(__always) static func row(_ node: Int, _ row: Int) -> Int { (node * 6 + row) * 16 }

    mutating func append(parent: Int) {
        parents.append(Int32(parent))
        rows += [Double](repeating: 0, count: 96)
        couplings += [Double](repeating: 0, count: 48)
    }

    mutating func clear() {
        for i in rows.indices { rows[i] = 0 }
    }

    /// Solves in place: column 12 of each node's rows becomes the solution.
    ///
    /// - Returns: the right side times the solution; nil if the system is not positive definite, which leaves no solution.
    mutating func solve() -> Double? {
        let count = parents.count
        let parents = parents
        var product = 0.0
        var isPositive = true
        // Raw pointers: the inner loops have fixed lengths and vectorise only without bounds checks. Every index is
        // below 96 and 48 times `count`, the sizes that `append` keeps.
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            unsafe couplings.withUnsafeMutableBufferPointer { couplings in
                guard let base = rows.baseAddress, let copies = couplings.baseAddress else { return }
                for node in stride(from: count - 1, through: 0, by: -1) {
                    let m = unsafe base + node * 96
                    let b = unsafe copies + node * 48
                    for r in 0..<6 {
                        for c in 0..<6 { unsafe b[r * 8 + c] = unsafe m[r * 16 + 6 + c] }
                    }
                    for r in 0..<6 { unsafe b[r * 8 + 6] = unsafe m[r * 16 + 12] }
                    guard unsafe Self.eliminate(m) else {
                        isPositive = false
                        return
                    }
                    // r . inverse(D) r over the blocks of the elimination: the whole product.
                    for r in 0..<6 { product += unsafe b[r * 8 + 6] * m[r * 16 + 12] }
                    let parent = Int(parents[node])
                    guard parent >= 0 else { continue }
                    let p = unsafe base + parent * 96
                    for i in 0..<6 {
                        let x = unsafe m + i * 16 + 6
                        for a in 0..<6 {
                            let factor = unsafe b[i * 8 + a]
                            if factor == 0 { continue }
                            let row = unsafe p + a * 16
                            for c in 0..<6 { unsafe row[c] -= unsafe factor * x[c] }
                            unsafe row[12] -= unsafe factor * x[6]
                        }
                    }
                }
                for node in 0..<count {
                    let parent = Int(parents[node])
                    guard parent >= 0 else { continue }
                    let m = unsafe base + node * 96
                    let p = unsafe base + parent * 96
                    for r in 0..<6 {
                        var value = unsafe m[r * 16 + 12]
                        for c in 0..<6 { value -= unsafe m[r * 16 + 6 + c] * p[c * 16 + 12] }
                        unsafe m[r * 16 + 12] = value
                    }
                }
            }
        }
        return isPositive ? product : nil
    }

    /// Gauss-Jordan on a node's 6 x 13 rows; positive definite, so without pivoting.
    ///
    /// - Returns: whether all pivots are above zero.
    @inline(__always)
    private static func eliminate(_ m: UnsafeMutablePointer<Double>) -> Bool {
        for k in 0..<6 {
            let pivotRow = unsafe m + k * 16
            let pivot = unsafe pivotRow[k]
            guard pivot > 1e-300, pivot < .infinity else { return false }
            let inverse = 1 / pivot
            for c in 0..<14 { unsafe pivotRow[c] *= inverse }
            for r in 0..<6 where r != k {
                let row = unsafe m + r * 16
                let factor = unsafe row[k]
                if factor == 0 { continue }
                for c in 0..<14 { unsafe row[c] -= unsafe factor * pivotRow[c] }
            }
        }
        return true
    }
}
