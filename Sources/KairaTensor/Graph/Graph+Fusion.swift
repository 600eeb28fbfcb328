extension Graph {
    /// Rewrites the graph so that fewer values travel through memory; results change by rounding at most.
    mutating func fuse() {
        absorbPads()
        absorbActivations()
        moveResizesBehindPointwise()
        absorbResiduals()
        removeUnused()
    }

    /// Zero padding in front of a convolution becomes part of its window.
    private mutating func absorbPads() {
        let producers = producers()
        for index in nodes.indices {
            switch nodes[index].kind {
            case .convolution, .depthwise: break
            default: continue
            }
            let source = producers[nodes[index].inputs[0]]
            guard source >= 0, case .pad(let top, let left, let channel) = nodes[source].kind, channel == 0,
                tensors[nodes[source].output].shape.last == tensors[nodes[source].inputs[0]].shape.last
            else { continue }
            nodes[index].inputs[0] = nodes[source].inputs[0]
            nodes[index].window.padTop += top
            nodes[index].window.padLeft += left
        }
        removeUnused()
    }

    /// A lone activation joins the operation that makes its operand.
    private mutating func absorbActivations() {
        let producers = producers()
        let uses = useCounts()
        var dropped = Set<Int>()
        for index in nodes.indices {
            guard case .unary = nodes[index].kind else { continue }
            let operand = nodes[index].inputs[0], source = producers[operand]
            guard source >= 0, uses[operand] == 1, nodes[source].activation.isNone, !dropped.contains(source) else {
                continue
            }
            switch nodes[source].kind {
            case .convolution, .depthwise, .add, .multiply, .resize, .maxPool, .averagePool: break
            default: continue
            }
            // The channel of a PReLU is the last axis of both tensors.
            guard tensors[operand].shape.last == tensors[nodes[index].output].shape.last else { continue }
            nodes[source].activation = nodes[index].activation
            nodes[source].output = nodes[index].output
            dropped.insert(index)
        }
        nodes = nodes.indices.filter { !dropped.contains($0) }.map { nodes[$0] }
    }

    /// A pointwise convolution of an enlarged image is the enlarged pointwise convolution of the image, because the four
    /// weights of a bilinear resize sum to 1: with fewer pixels to convolve before the resize, that order is cheaper.
    private mutating func moveResizesBehindPointwise() {
        let uses = useCounts()
        let producers = producers()
        for index in nodes.indices {
            let node = nodes[index]
            guard case .convolution = node.kind, node.inputs.count == 1, node.window.height == 1,
                node.window.width == 1,
                node.window.strideX == 1, node.window.strideY == 1, node.window.padTop == 0, node.window.padLeft == 0
            else { continue }
            let source = producers[node.inputs[0]]
            guard source >= 0, uses[node.inputs[0]] == 1, case .resize = nodes[source].kind,
                nodes[source].inputs.count == 1, nodes[source].activation.isNone
            else { continue }
            let small = tensors[nodes[source].inputs[0]].shape, large = tensors[node.inputs[0]].shape
            let out = tensors[node.output].shape
            guard small.count == 4, large.count == 4, out.count == 4, small[1] * small[2] < large[1] * large[2],
                out[1] == large[1], out[2] == large[2]
            else { continue }
            // The tensor between them now holds the small image's convolution.
            let between = node.inputs[0]
            tensors[between].shape = [small[0], small[1], small[2], out[3]]
            var convolution = node, resize = nodes[source]
            convolution.inputs = resize.inputs
            convolution.output = between
            convolution.activation = .none
            resize.inputs = [between]
            resize.output = node.output
            resize.activation = node.activation
            nodes[source] = convolution
            nodes[index] = resize
        }
    }

    /// A sum joins the convolution or resize that makes one of its operands.
    private mutating func absorbResiduals() {
        let uses = useCounts()
        var producers = producers()
        var dropped = Set<Int>()
        for index in nodes.indices {
            guard case .add = nodes[index].kind else { continue }
            let sum = nodes[index]
            let shape = tensors[sum.output].shape
            guard sum.inputs[0] != sum.inputs[1],
                sum.inputs.allSatisfy({ tensors[$0].shape == shape && tensors[$0].constant == nil })
            else { continue }
            // The later producer: its other operand is then already there.
            let candidates = [0, 1].filter { side in
                let source = producers[sum.inputs[side]]
                guard source >= 0, uses[sum.inputs[side]] == 1, nodes[source].inputs.count == 1 else { return false }
                switch nodes[source].kind {
                case .convolution: return !nodes[source].prefersReduction(tensors)
                case .resize: return nodes[source].activation.isNone
                default: return false
                }
            }
            guard let side = candidates.max(by: { producers[sum.inputs[$0]] < producers[sum.inputs[$1]] }) else {
                continue
            }
            let source = producers[sum.inputs[side]]
            var joined = nodes[source]
            joined.inputs.append(sum.inputs[1 - side])
            joined.output = sum.output
            if case .resize = joined.kind {
                joined.activation = sum.activation
            } else {
                joined.secondActivation = sum.activation
            }
            // It runs where the sum ran, when both operands exist.
            nodes[index] = joined
            producers[sum.output] = index
            dropped.insert(source)
        }
        nodes = nodes.indices.filter { !dropped.contains($0) }.map { nodes[$0] }
    }

    /// Drops nodes whose result nobody reads.
    private mutating func removeUnused() {
        var needed = Set(outputs)
        var kept: [Node] = []
        for node in nodes.reversed() where needed.contains(node.output) {
            kept.append(node)
            needed.formUnion(node.inputs)
        }
        nodes = kept.reversed()
    }
}

extension Graph.Node {
    /// The part of a pointwise convolution's weights that is not zero, where skipping the zeros pays.
    ///
    /// The sparse kernel turns its inputs and outputs, and reads one input vector for each multiplication: from half empty
    /// on it wins over the dense product, unless there are few channels to spread the turning over.
    var sparseDensity: Double? {
        guard case .convolution = kind, window.height == 1, window.width == 1, window.strideX == 1, window.strideY == 1,
            window.padTop == 0, window.padLeft == 0, bias.count >= 20, weights.count >= 20 * bias.count
        else { return nil }
        let density = Double(weights.lazy.filter { $0 != 0 }.count) / Double(weights.count)
        return density <= 0.5 ? density : nil
    }

    /// Whether the convolution is better done as a depthwise pass and a sum over channels: so few results a pixel that a
    /// matrix product would leave most lanes of its vectors empty.
    func prefersReduction(_ tensors: [Graph.Tensor]) -> Bool {
        guard case .convolution = kind else { return false }
        let shape = tensors[output].shape
        return shape.count == 4 && shape[3] <= 2 && shape[2] >= 8 && window.height == window.width
            && (window.width == 3 || window.width == 5) && window.strideX == window.strideY && window.strideX <= 2
    }
}
