/// Joins points that lie at one place.
struct PositionWeld {
    /// One position a place, in the order of first appearance.
    private(set) var places: [SIMD3<Double>] = []
    /// The place of each point; -1 for one that is not finite.
    private(set) var vertexOfInput: [Int32]

    /// Joins points nearer than a distance; with 0, equal ones (-0 equals 0).
    ///
    /// A hash table of the places, by position or by cells as wide as the distance, so that a point meets every place in
    /// reach in 27 cells. The table's seed differs between runs, so that no file can aim at its collisions; the result
    /// does not depend on it.
    init(_ points: [SIMD3<Double>], distance reach: Double) {
        vertexOfInput = [Int32](repeating: -1, count: points.count)
        var largest = 0.0
        for p in points where p.isFinite {
            largest = max(largest, abs(p.x), abs(p.y), abs(p.z))
        }
        // Below the spacing of numbers of this size only equal ones are in reach.
        let joinsNear = reach > largest * 0x1p-52
        var table = CellTable(capacity: points.count)
        places.reserveCapacity(points.count)
        for (i, p) in points.enumerated() where p.isFinite {
            let key = joinsNear ? (p / reach).rounded(.down) : p + SIMD3<Double>(repeating: 0)
            var found: Int32 = -1
            if joinsNear {
                search: for x in [0.0, -1, 1] {
                    for y in [0.0, -1, 1] {
                        for z in [0.0, -1, 1] {
                            var place = table.first(at: key + SIMD3(x, y, z))
                            while place >= 0 {
                                if distance(places[Int(place)], p) < reach {
                                    found = found < 0 ? place : min(found, place)
                                }
                                place = table.next[Int(place)]
                            }
                        }
                    }
                }
            } else {
                found = table.first(at: key)
            }
            if found < 0 {
                found = Int32(places.count)
                places.append(p)
                table.insert(at: key)
            }
            vertexOfInput[i] = found
        }
    }
}

/// An open-addressing table of places by cell; places in one cell are chained.
private struct CellTable {
    /// The next place in the same cell, or -1.
    var next: [Int32] = []
    private var slots: [Int32]
    private var keys: [SIMD3<Double>] = []
    private let mask: Int
    private let seed: UInt64

    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        mask = size - 1
        var hasher = Hasher()
        hasher.combine(size)
        seed = UInt64(bitPattern: Int64(hasher.finalize())) | 1
        next.reserveCapacity(capacity)
        keys.reserveCapacity(capacity)
    }

    private func slot(of key: SIMD3<Double>) -> Int {
        var h = seed
        for k in 0..<3 {
            h = (h ^ (key[k] + 0).bitPattern) &* 0x9E37_79B9_7F4A_7C15
            h ^= h >> 29
            h = h &* seed
            h ^= h >> 32
        }
        return Int(truncatingIfNeeded: h) & mask
    }

    /// The first place in a cell, or -1.
    func first(at key: SIMD3<Double>) -> Int32 {
        var s = slot(of: key)
        while slots[s] >= 0 {
            if keys[Int(slots[s])] == key { return slots[s] }
            s = (s + 1) & mask
        }
        return -1
    }

    /// Adds the next place; its number is the count of those before.
    mutating func insert(at key: SIMD3<Double>) {
        let place = Int32(next.count)
        keys.append(key)
        var s = slot(of: key)
        while slots[s] >= 0 {
            if keys[Int(slots[s])] == key { break }
            s = (s + 1) & mask
        }
        next.append(slots[s])
        slots[s] = place
    }
}
