/// Sets that are joined; path halving, and the least member as root, so that results do not depend on the order of joins.
struct DisjointSets {
    private var parent: [Int32]
    /// How many sets there are.
    private(set) var sets: Int

    init(count: Int) {
        parent = (0..<Int32(count)).map { $0 }
        sets = count
    }

    /// The least member of a set.
    mutating func root(_ i: Int) -> Int {
        var i = i
        while Int(parent[i]) != i {
            parent[i] = parent[Int(parent[i])]
            i = Int(parent[i])
        }
        return i
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        guard a != b else { return }
        parent[max(a, b)] = Int32(min(a, b))
        sets -= 1
    }
}
