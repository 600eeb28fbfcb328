import KairaMotion

/// Reads and writes keypoints as JSON, schema `kaira.keypoints/1` (`docs/formats/keypoints.md`).
public enum KeypointJSON {
    /// The name and number of the schema.
    public static let schema = "kaira.keypoints/1"

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: the whole file; members may come in any order and unknown ones are passed over.
    ///   - file: its name, for messages.
    /// - Returns: the sequence; every person carries the time of its frame and the size of the picture.
    /// - Throws: `FormatsError.malformed` with the JSON path of what is wrong.
    /// - Complexity: O(bytes); memory grows with the points, not with the text.
    public static func read(_ bytes: [UInt8], file: String) throws(FormatsError) -> KeypointSequence {
        // The head may come after the frames, so it is looked for first.
        var head = Head()
        var scanner = JSONScanner(bytes, file: file)
        try scanner.object { (scanner, name) throws(FormatsError) in
            switch name {
            case "schema":
                let schema = try scanner.string()
                guard schema == Self.schema else {
                    throw scanner.failure("the schema is \"\(schema.prefix(80))\", and \"\(Self.schema)\" can be read")
                }
                head.hasSchema = true
            case "layout":
                let name = try scanner.string()
                guard let layout = KeypointLayout.named(name) else {
                    let known = KeypointLayout.all.map(\.name).joined(separator: ", ")
                    throw scanner.failure("the layout \"\(name.prefix(80))\" is unknown; known: \(known)")
                }
                head.layout = layout
            case "size": head.size = try size(&scanner)
            case "frames":
                guard !head.hasFrames else { throw scanner.failure("there twice") }
                head.hasFrames = true
                try scanner.skip()
            default: try scanner.skip()
            }
        }
        try scanner.end()
        var top = JSONScanner(bytes, file: file)
        guard head.hasSchema else { throw top.failure("\"schema\" is missing") }
        guard let layout = head.layout else { throw top.failure("\"layout\" is missing") }
        guard let size = head.size else { throw top.failure("\"size\" is missing") }
        guard head.hasFrames else { throw top.failure("\"frames\" is missing") }

        var frames: [KeypointSequence.Frame] = []
        try top.object { (scanner, name) throws(FormatsError) in
            guard name == "frames" else { return try scanner.skip() }
            try scanner.array { (scanner, _) throws(FormatsError) in
                let frame = try frame(&scanner, layout: layout, size: size)
                if let last = frames.last {
                    guard frame.index > last.index else {
                        throw scanner.failure("index \(frame.index) does not rise after \(last.index)")
                    }
                    guard frame.time >= last.time else {
                        throw scanner.failure("time \(frame.time) falls after \(last.time)")
                    }
                }
                frames.append(frame)
            }
        }
        return KeypointSequence(layout: layout, size: size, frames: frames)
    }

    private struct Head {
        var hasSchema = false
        var layout: KeypointLayout?
        var size: SIMD2<Int>?
        var hasFrames = false
    }

    private static func size(_ scanner: inout JSONScanner) throws(FormatsError) -> SIMD2<Int> {
        var sides: [Int] = []
        try scanner.array { (scanner, _) throws(FormatsError) in
            guard sides.count < 2 else { throw scanner.failure("a size has two numbers") }
            sides.append(try scanner.integer(in: 1...1 << 24, "a side of the picture"))
        }
        guard sides.count == 2 else { throw scanner.failure("a size has two numbers") }
        return SIMD2(sides[0], sides[1])
    }

    private static func frame(
        _ scanner: inout JSONScanner, layout: KeypointLayout, size: SIMD2<Int>
    ) throws(FormatsError) -> KeypointSequence.Frame {
        var index: Int?, time: Double?, people: [KeypointPose]?
        try scanner.object { (scanner, name) throws(FormatsError) in
            switch name {
            case "index": index = try scanner.integer(in: 0...1 << 53, "the index")
            case "time": time = try scanner.number(in: -1e9...1e9, "the time")
            case "people":
                var list: [KeypointPose] = []
                try scanner.array { (scanner, _) throws(FormatsError) in
                    list.append(try person(&scanner, layout: layout, size: size))
                }
                people = list
            default: try scanner.skip()
            }
        }
        guard let index else { throw scanner.failure("\"index\" is missing") }
        guard let time else { throw scanner.failure("\"time\" is missing") }
        guard var people else { throw scanner.failure("\"people\" is missing") }
        for i in people.indices { people[i].time = time }
        return KeypointSequence.Frame(index: index, time: time, people: people)
    }

    private static func person(
        _ scanner: inout JSONScanner, layout: KeypointLayout, size: SIMD2<Int>
    ) throws(FormatsError) -> KeypointPose {
        var id: Int?, score: Float?, box: [Float]?, points: [Float]?, world: [Float]?
        let joints = layout.joints.count
        try scanner.object { (scanner, name) throws(FormatsError) in
            switch name {
            case "id": id = try scanner.integer(in: 0...1 << 53, "the id")
            case "score": score = Float(try scanner.number(in: 0...1, "the score"))
            case "box":
                var values: [Float] = []
                try row(&scanner, 4, confidenceLast: false, into: &values)
                box = values
            case "points": points = try table(&scanner, rows: joints, columns: 3)
            case "world":
                if try scanner.skipNull() { return }
                world = try table(&scanner, rows: joints, columns: 4)
            default: try scanner.skip()
            }
        }
        guard let id else { throw scanner.failure("\"id\" is missing") }
        guard let score else { throw scanner.failure("\"score\" is missing") }
        guard let box else { throw scanner.failure("\"box\" is missing") }
        guard let points else { throw scanner.failure("\"points\" is missing") }
        return KeypointPose(
            layout: layout, id: id, score: score, box: SIMD4(box[0], box[1], box[2], box[3]),
            points: (0..<joints).map { SIMD2(points[$0 * 3], points[$0 * 3 + 1]) },
            world: world.map { world in
                (0..<joints).map { SIMD3(world[$0 * 4], world[$0 * 4 + 1], world[$0 * 4 + 2]) }
            },
            confidence: (0..<joints).map { points[$0 * 3 + 2] }, time: 0, frameSize: size)
    }

    /// One row a joint, the last number of each a confidence.
    private static func table(
        _ scanner: inout JSONScanner, rows: Int, columns: Int
    ) throws(FormatsError) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(rows * columns)
        var count = 0
        try scanner.array { (scanner, index) throws(FormatsError) in
            guard index < rows else { throw scanner.failure("the layout has \(rows) joints, and here are more") }
            try row(&scanner, columns, confidenceLast: true, into: &values)
            count += 1
        }
        guard count == rows else { throw scanner.failure("the layout has \(rows) joints, and here are \(count)") }
        return values
    }

    private static func row(
        _ scanner: inout JSONScanner, _ columns: Int, confidenceLast: Bool, into values: inout [Float]
    ) throws(FormatsError) {
        let start = values.count
        try scanner.array { (scanner, index) throws(FormatsError) in
            guard index < columns else { throw scanner.failure("\(columns) numbers are expected here") }
            if confidenceLast, index == columns - 1 {
                values.append(Float(try scanner.number(in: 0...1, "the confidence")))
            } else {
                values.append(Float(try scanner.number(in: -1e9...1e9, "the coordinate")))
            }
        }
        guard values.count == start + columns else { throw scanner.failure("\(columns) numbers are expected here") }
    }

    // MARK: - Writing

    /// Writes a document; every number reads back as the same value, and equal sequences make equal bytes.
    ///
    /// - Throws: `FormatsError.cannotWrite` where a number is not finite, a person has another layout than the sequence,
    ///   or frames do not rise.
    public static func write(_ sequence: KeypointSequence) throws(FormatsError) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 + sequence.frames.count * sequence.layout.joints.count * 60)
        out += "{\"schema\":\"\(schema)\",\"layout\":\"\(sequence.layout.name)\"".utf8
        out += ",\"size\":[\(sequence.size.x),\(sequence.size.y)],\"frames\":[".utf8
        for (i, frame) in sequence.frames.enumerated() {
            try check(frame, after: i > 0 ? sequence.frames[i - 1] : nil, in: sequence)
            out += (i > 0 ? ",\n" : "\n").utf8
            out += "{\"index\":\(frame.index),\"time\":\(frame.time),\"people\":[".utf8
            for (k, pose) in frame.people.enumerated() {
                if k > 0 { out.append(UInt8(ascii: ",")) }
                append(pose, to: &out)
            }
            out += "]}".utf8
        }
        out += "\n]}\n".utf8
        return out
    }

    static func check(
        _ frame: KeypointSequence.Frame, after last: KeypointSequence.Frame?, in sequence: KeypointSequence
    ) throws(FormatsError) {
        func refuse(_ reason: String) -> FormatsError { .cannotWrite("frame \(frame.index): \(reason)") }
        guard frame.time.isFinite, abs(frame.time) <= 1e9, frame.index >= 0 else {
            throw refuse("its time or index is out of range")
        }
        if let last, frame.index <= last.index || frame.time < last.time { throw refuse("it does not follow the last") }
        for pose in frame.people {
            guard pose.layout == sequence.layout else {
                throw refuse("a person has the layout \(pose.layout.name), not \(sequence.layout.name)")
            }
            let numbers = [pose.box.x, pose.box.y, pose.box.z, pose.box.w]
            let isSound =
                numbers.allSatisfy(isFine) && pose.points.allSatisfy { isFine($0.x) && isFine($0.y) }
                && (pose.world ?? []).allSatisfy { isFine($0.x) && isFine($0.y) && isFine($0.z) }
                && (0...1).contains(pose.score) && pose.confidence.allSatisfy { (0...1).contains($0) }
                && pose.id >= 0
            guard isSound else { throw refuse("a number is not finite or out of range") }
        }
    }

    private static func isFine(_ value: Float) -> Bool { abs(value) <= 1e9 }

    private static func append(_ pose: KeypointPose, to out: inout [UInt8]) {
        func list(_ values: Float...) {
            for (i, value) in values.enumerated() {
                out.append(i == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
                // The shortest text that reads back as the same Float.
                out += value.description.utf8
            }
            out.append(UInt8(ascii: "]"))
        }
        out += "{\"id\":\(pose.id),\"score\":\(pose.score),\"box\":".utf8
        list(pose.box.x, pose.box.y, pose.box.z, pose.box.w)
        out += ",\"points\":[".utf8
        for i in pose.points.indices {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            list(pose.points[i].x, pose.points[i].y, pose.confidence[i])
        }
        out.append(UInt8(ascii: "]"))
        if let world = pose.world {
            out += ",\"world\":[".utf8
            for i in world.indices {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                list(world[i].x, world[i].y, world[i].z, pose.confidence[i])
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append(UInt8(ascii: "}"))
    }
}
