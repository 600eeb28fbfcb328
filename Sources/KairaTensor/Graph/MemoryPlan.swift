/// Places in one arena for values that live for a part of the program each: two that live at once never overlap.
struct MemoryPlan {
    /// A value: its size in floats, and the first and the last step that touch it.
    struct Request {
        var size: Int
        var first: Int
        var last: Int
    }

    /// The place of each request, a multiple of 16 floats.
    private(set) var offsets: [Int]
    /// Floats of the whole arena.
    private(set) var size = 0

    /// Plans greedily, largest first, each in the lowest gap that is wide enough. O(n^2) in the number of requests.
    init(_ requests: [Request]) {
        offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        for index in requests.indices.sorted(by: { (requests[$0].size, $1) > (requests[$1].size, $0) }) {
            let request = requests[index]
            let size = (request.size + 15) / 16 * 16
            let others = placed.filter { requests[$0].first <= request.last && request.first <= requests[$0].last }
                .sorted { offsets[$0] < offsets[$1] }
            var at = 0
            for other in others {
                if offsets[other] >= at + size { break }
                at = max(at, offsets[other] + (requests[other].size + 15) / 16 * 16)
            }
            offsets[index] = at
            self.size = max(self.size, at + size)
            placed.append(index)
        }
    }
}
