import KairaMotion
import KairaPose
import KairaTestSupport
import Testing

/// Oracle for assignments: every permutation tried. Oracle for ids: the scene's script, in which who is who is known.
@Suite struct PoseTrackerTests {
    /// A seeded generator (splitmix64).
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    static func permutations(_ items: [Int]) -> [[Int]] {
        if items.isEmpty { return [[]] }
        return items.indices.flatMap { i -> [[Int]] in
            var rest = items
            let item = rest.remove(at: i)
            return permutations(rest).map { [item] + $0 }
        }
    }

    @Test(
        "assignments cost the least of all permutations", arguments: [(1, 1), (3, 3), (5, 5), (2, 5), (5, 3), (6, 6)])
    func assignment(rows: Int, columns: Int) {
        var random = Random(state: UInt64(rows * 10 + columns))
        for _ in 0..<30 {
            let costs = (0..<rows * columns).map { _ in Double.random(in: -3...5, using: &random).rounded(.down) / 2 }
            let pairs = LinearAssignment.solve(costs, rows: rows, columns: columns)
            let cost = pairs.enumerated().reduce(0.0) { sum, pair in
                sum + (pair.element.map { costs[pair.offset * columns + $0] } ?? 0)
            }
            let used = pairs.compactMap { $0 }
            #expect(used.count == min(rows, columns) && Set(used).count == used.count)
            let wide = rows <= columns
            let best = Self.permutations(Array(0..<max(rows, columns))).map { order in
                (0..<min(rows, columns)).reduce(0.0) { sum, i in
                    sum + (wide ? costs[i * columns + order[i]] : costs[order[i] * columns + i])
                }
            }.min()
            #expect(abs(cost - (best ?? .nan)) < 1e-9)
        }
    }

    @Test("empty sides")
    func emptyAssignment() {
        #expect(LinearAssignment.solve([], rows: 0, columns: 4).isEmpty)
        #expect(LinearAssignment.solve([], rows: 3, columns: 0) == [nil, nil, nil])
    }

    /// A person of 60 x 150 pixels, whose joints move a little by themselves.
    static func person(_ x: Double, _ y: Double, time: Double, noise: Float = 1, _ random: inout Random) -> KeypointPose
    {
        let shape: [(Float, Float)] = [
            (30, 5), (34, 2), (26, 2), (38, 5), (22, 5), (48, 30), (12, 30), (54, 55), (6, 55), (56, 78), (4, 78),
            (42, 80),
            (18, 80), (42, 112), (18, 112), (42, 145), (18, 145),
        ]
        let points = shape.map {
            SIMD2(
                Float(x) + $0.0 + Float.random(in: -noise...noise, using: &random),
                Float(y) + $0.1 + Float.random(in: -noise...noise, using: &random))
        }
        return KeypointPose(
            layout: .coco17, score: 0.9, box: SIMD4(Float(x), Float(y), 60, 150), points: points,
            confidence: Array(repeating: 0.9, count: 17), time: time, frameSize: [1280, 720])
    }

    /// Runs a scene and returns, for each person of the script, the ids that it got; poses come shuffled.
    static func ids(
        people: Int, frames: Int, seed: UInt64 = 1, place: (Int, Double) -> (Double, Double)?
    ) -> [Set<Int>] {
        var random = Random(state: seed), tracker = PoseTracker(layout: .coco17)
        var seen = [Set<Int>](repeating: [], count: people)
        for frame in 0..<frames {
            let time = Double(frame) / 25
            var poses: [KeypointPose] = []
            var owners: [SIMD2<Float>: Int] = [:]
            for person in 0..<people {
                guard let (x, y) = place(person, time) else { continue }
                let pose = Self.person(x, y, time: time, &random)
                owners[pose.points[0]] = person
                poses.append(pose)
            }
            for pose in tracker.track(poses.shuffled(using: &random), at: time) {
                if let owner = owners[pose.points[0]] { seen[owner].insert(pose.id) }
            }
        }
        return seen
    }

    @Test("people who walk side by side keep their ids", arguments: [1, 4, 10])
    func sideBySide(people: Int) {
        let seen = Self.ids(people: people, frames: 100) { (Double($0) * 70 + $1 * 40, 100 + Double($0 % 3) * 30) }
        #expect(seen.allSatisfy { $0.count == 1 } && Set(seen.flatMap { $0 }) == Set(0..<people))
    }

    /// Two walk through each other at 200 pixels a second, 25 pixels apart in height; a pair more in each lane.
    @Test("people who cross keep their ids", arguments: [2, 4, 10])
    func crossing(people: Int) {
        let seen = Self.ids(people: people, frames: 120) { person, time in
            let lane = Double(person / 2) * 160
            return person % 2 == 0 ? (100 + 200 * time, lane) : (1000 - 200 * time, lane + 25)
        }
        #expect(seen.allSatisfy { $0.count == 1 } && Set(seen.flatMap { $0 }).count == people, "\(seen)")
    }

    /// The one behind is not seen for 0.4 s while the other one passes.
    @Test("a person who is hidden for a while comes back with its id")
    func occlusion() {
        let seen = Self.ids(people: 2, frames: 120) { person, time in
            if person == 0 { return (100 + 180 * time, 100) }
            let x = 900 - 180 * time
            return abs(x - (100 + 180 * time)) < 72 ? nil : (x, 110)
        }
        #expect(seen.allSatisfy { $0.count == 1 } && seen[0] != seen[1], "\(seen)")
    }

    @Test("who stays away longer than the limit gets a new id, and ids are not used again")
    func death() {
        let seen = Self.ids(people: 1, frames: 150) { _, time in 2..<4 ~= time ? nil : (300, 100) }
        #expect(seen == [[0, 1]])
    }

    @Test("one stray detection is not a person; a weak pose continues one but begins none; copies are dropped")
    func hysteresis() {
        var random = Random(state: 4), tracker = PoseTracker(layout: .coco17)
        for frame in 0..<20 {
            let time = Double(frame) / 25
            var poses = [Self.person(200, 100, time: time, &random)]
            if frame == 8 { poses.append(Self.person(800, 100, time: time, &random)) }
            if frame > 10 { poses[0].score = 0.15 }
            var weak = Self.person(500, 300, time: time, &random)
            weak.score = 0.2
            poses.append(weak)
            var copy = poses[0]
            copy.score *= 0.9
            poses.append(copy)
            #expect(tracker.track(poses, at: time).map(\.id) == [0])
        }
        #expect(tracker.count == 1)
    }

    @Test("poses that are not finite are dropped")
    func notFinite() {
        var random = Random(state: 4), tracker = PoseTracker(layout: .coco17)
        var bad = Self.person(200, 100, time: 0, &random)
        bad.points[3] = SIMD2(.nan, 4)
        var wild = Self.person(200, 100, time: 0, &random)
        wild.box = SIMD4(.nan, .infinity, .nan, -1)
        #expect(tracker.track([bad], at: 0).isEmpty)
        #expect(tracker.track([wild], at: 0.04).map(\.id) == [0])
        #expect(tracker.track([Self.person(201, 100, time: 0.08, &random)], at: 0.08).map(\.id) == [0])
    }
}
