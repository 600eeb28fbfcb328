import KairaGeometry
import KairaScene

extension GLTFSceneBuilder {
    mutating func readAnimations() throws(FormatsError) {
        for i in 0..<document.count("animations") {
            let json = try document.entry("animations", i)
            var clip = AnimationClip(name: try json.string("name"), channels: [])
            let samplers = try json.required("samplers").elements()
            var targets: Set<String> = []
            for channel in try json.required("channels").elements() {
                let target = try channel.required("target")
                let samplerNode = try channel.required("sampler")
                let sampler = samplers[try samplerNode.integer(in: 0..<samplers.count)]
                let pathName = try target.required("path").string()
                guard let path = AnimationClip.Channel.Path(rawValue: pathName) else {
                    document.warn("\(channel.path): the animation of \"\(pathName.prefix(40))\" is left out.")
                    continue
                }
                guard let node = try target.index("node", below: scene.nodes.count) else { continue }
                guard targets.insert("\(node)/\(pathName)").inserted else {
                    document.warn("\(channel.path): \(pathName) of node \(node) is animated twice; the first counts.")
                    continue
                }
                if path == .weights {
                    guard let mesh = scene.nodes[node].mesh, !scene.meshes[mesh].defaultMorphWeights.isEmpty else {
                        document.warn("\(channel.path): node \(node) has no morph targets to animate.")
                        continue
                    }
                } else if nodesWithMatrix.contains(node) {
                    document.warn("\(channel.path): node \(node) has a matrix; the animation replaces its parts.")
                    if let matrix = scene.nodes[node].matrix {
                        let parts = Transform(matrix)
                        if parts.isFinite { scene.nodes[node].transform = parts }
                        scene.nodes[node].matrix = nil
                    }
                }
                clip.channels.append(try readChannel(sampler, node: node, path: path))
            }
            scene.animations.append(clip)
        }
    }

    private mutating func readChannel(
        _ sampler: JSONNode, node: Int, path: AnimationClip.Channel.Path
    ) throws(FormatsError) -> AnimationClip.Channel {
        let accessors = 0..<document.count("accessors")
        let name = try sampler.string("interpolation", default: "LINEAR")
        guard var interpolation = AnimationClip.Channel.Interpolation(rawValue: name) else {
            throw sampler.failure("the interpolation \"\(name.prefix(40))\" is none of STEP, LINEAR, CUBICSPLINE")
        }
        let (input, output) = (try sampler.required("input"), try sampler.required("output"))
        let inputIndex = try input.integer(in: accessors)
        guard try document.accessorFormat(inputIndex).type == 5126 else {
            throw input.failure("key times are 32-bit floating point numbers")
        }
        try document.expectBounds(inputIndex)
        var times = try document.floats(inputIndex, components: 1, user: input)
        let components: Int
        switch path {
        case .translation, .scale: components = 3
        case .rotation: components = 4
        case .weights: components = scene.nodes[node].mesh.map { scene.meshes[$0].defaultMorphWeights.count } ?? 0
        }
        let outputIndex = try output.integer(in: accessors)
        let format = try document.accessorFormat(outputIndex)
        guard format.type == 5126 || (format.isNormalized && (path == .rotation || path == .weights)) else {
            throw output.failure("values of \(path.rawValue) cannot have this component type")
        }
        var values = try document.floats(outputIndex, components: path == .weights ? 1 : components, user: output)
        var perKey = components * (interpolation == .cubicSpline ? 3 : 1)
        guard values.count == times.count * perKey else {
            throw output.failure("\(values.count) numbers do not fit \(times.count) keys of \(perKey)")
        }
        if interpolation == .cubicSpline, times.count < 2 {
            throw input.failure("a cubic spline has at least two keys")
        }
        // Keys that do not rise cannot be searched: the first of equal ones stays.
        var kept: [Int] = []
        var last = -Float.infinity
        for (k, time) in times.enumerated() where time > last {
            kept.append(k)
            last = time
        }
        if kept.count < times.count {
            document.warn("\(input.path): \(times.count - kept.count) keys whose times do not rise were left out.")
            values = kept.flatMap { values[($0 * perKey)..<($0 * perKey + perKey)] }
            times = kept.map { times[$0] }
        }
        if interpolation == .cubicSpline, times.count == 1 {
            // One key is left: its value holds, its tangents say nothing.
            interpolation = .step
            values = Array(values[components..<2 * components])
            perKey = components
        }
        if path == .rotation {
            let offset = interpolation == .cubicSpline ? 4 : 0
            for k in times.indices {
                let at = k * perKey + offset
                let key = SIMD4(values[at], values[at + 1], values[at + 2], values[at + 3])
                // What was rounded when written stays as it is: it is the interpolated rotation that is brought to unit
                // length (glTF 2.0, appendix C), and doing so before gives another one.
                if abs(dot(key, key) - 1) <= 0.01 { continue }
                let q = unit(key, at: output.path).vector
                for c in 0..<4 { values[at + c] = q[c] }
            }
        }
        return AnimationClip.Channel(
            node: NodeID(node), path: path, interpolation: interpolation, times: times, values: values)
    }
}
