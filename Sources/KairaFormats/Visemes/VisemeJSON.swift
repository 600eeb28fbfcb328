import KairaMotion

/// Mouth movements as JSON, `kaira.visemes/1`; see `docs/formats/visemes.md`.
public enum VisemeJSON {
    /// The schema's name.
    public static let schema = "kaira.visemes/1"

    /// Writes a track.
    ///
    /// - Parameters:
    ///   - track: weights are rounded to four digits.
    ///   - source: what it was made of, or nil.
    /// - Returns: the whole file, a frame a line.
    /// - Throws: `FormatsError.cannotWrite` for a number that is not finite: JSON has none.
    public static func write(_ track: VisemeTrack, source: String? = nil) throws(FormatsError) -> [UInt8] {
        for frame in track.frames
        where
            !(frame.time.isFinite && frame.mouth.weights.allSatisfy(\.isFinite)
            && frame.visemes.allSatisfy(\.isFinite))
        {
            throw .cannotWrite("the mouth at \(frame.time) s has a number that is not finite, which JSON cannot hold")
        }
        guard track.rate.isFinite, track.rate >= 0 else {
            throw .cannotWrite("a rate of \(track.rate) frames a second")
        }
        func rounded(_ value: Float) -> JSONValue { .number((Double(value) * 10_000).rounded() / 10_000) }
        let head = JSONWriter.write(
            .object(of: [
                "schema": .string(schema), "source": source.map { .string($0) }, "rate": .number(track.rate),
                "visemes": .array(Viseme.allCases.map { .string($0.rawValue) }),
            ]))
        var out = Array(head.dropLast()) + Array(",\"frames\":[".utf8)
        for (i, frame) in track.frames.enumerated() {
            out += Array(i == 0 ? "\n".utf8 : ",\n".utf8)
            out += JSONWriter.write(
                .object(of: [
                    "time": .number((frame.time * 1e6).rounded() / 1e6),
                    "weights": .object(
                        zip(MouthShape.names, frame.mouth.weights).map {
                            JSONValue.Member(name: $0, value: rounded($1))
                        }),
                    "closed": .bool(frame.isClosed), "visemes": .array(frame.visemes.map(rounded)),
                ]))
        }
        return out + Array("\n]}\n".utf8)
    }

    /// Reads a track.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted. `visemes` of a frame may be absent, and members that are not known are passed
    ///     over.
    ///   - file: the name for messages.
    /// - Returns: the track; weights are brought to 0...1.
    /// - Throws: `FormatsError.malformed` with the JSON path.
    public static func read(_ bytes: [UInt8], file: String) throws(FormatsError) -> VisemeTrack {
        let root = JSONNode(value: try JSONParser.parse(bytes, file: file), path: "", file: file)
        let schemaNode = try root.required("schema")
        guard try schemaNode.string() == schema else {
            throw schemaNode.failure("this is no viseme file: \(schema) is expected here")
        }
        let rate = try root.optional("rate")?.number() ?? 0
        guard rate >= 0 else { throw root.failure("the rate is below 0") }
        if let names = try root.optional("visemes")?.elements() {
            guard names.count == Viseme.count else {
                throw root.failure("\"visemes\" names \(names.count) instead of \(Viseme.count)")
            }
            for (node, viseme) in zip(names, Viseme.allCases) where try node.string() != viseme.rawValue {
                throw node.failure("\(viseme.rawValue) is expected here")
            }
        }
        func clamped(_ value: Float) -> Float { min(max(value, 0), 1) }
        var frames: [VisemeFrame] = []
        for node in try root.required("frames").elements() {
            let weights = try node.required("weights")
            func weight(_ name: String) throws(FormatsError) -> Float { clamped(try weights.float(name, default: 0)) }
            let mouth = MouthShape(
                aa: try weight("aa"), ih: try weight("ih"), ou: try weight("ou"), ee: try weight("ee"),
                oh: try weight("oh"))
            let visemes =
                try node.optional("visemes")?.floats(Viseme.count).map(clamped)
                ?? [Float](repeating: 0, count: Viseme.count)
            frames.append(
                VisemeFrame(
                    time: try node.required("time").number(), mouth: mouth,
                    isClosed: try node.bool("closed", default: false), visemes: visemes))
        }
        return VisemeTrack(rate: rate, frames: frames)
    }
}
