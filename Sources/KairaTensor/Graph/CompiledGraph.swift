import CKairaKernels

/// A graph made ready to run: operations fused, weights packed for this CPU's kernels, every value at a fixed place.
///
/// Running it allocates nothing. Not for use from two threads at once.
@safe package final class CompiledGraph {
    /// What a step was made from, for benchmarks and messages.
    package struct StepDescription: Sendable {
        /// The operation, its kernel size and the shapes it works on.
        package var text: String
        /// Multiplications with additions that the step stands for.
        package var multiplyAdds: Int
    }

    /// A tensor that the caller fills or reads.
    @safe struct Port {
        var spec: TensorSpec
        var base: UnsafeMutablePointer<Float>
    }

    private(set) var inputs: [Port] = []
    private(set) var outputs: [Port] = []
    /// What the steps are, in order.
    package private(set) var steps: [StepDescription] = []
    /// Bytes of the packed weights, and of the memory that values share.
    package private(set) var weightBytes = 0, arenaBytes = 0

    private let pool: ThreadPool
    private var buffers: [AlignedBuffer] = []
    /// The steps for 1, 2, ... images; for all of them alone where the graph is not made of images one after another.
    private var programs: [[kaira_step]] = unsafe []
    private let progress: AlignedBuffer
    private let scratch: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>

    /// Most multiplications of one run: beyond, a damaged or hostile file is more likely than a network.
    private static let mostWork = 1 << 36

    /// - Parameters:
    ///   - source: the operations.
    ///   - threads: how many threads share the work.
    ///   - batch: images of the inputs where each is worked on by itself, so that fewer can be run; nil: always all.
    ///   - fuses: whether operations may be rewritten; not for graphs with views.
    /// - Throws: `TensorError` where shapes do not fit, the network is too large, or the system refuses memory.
    init(_ source: Graph, threads: Int, batch: Int? = nil, fuses: Bool = true) throws(TensorError) {
        var graph = source
        if fuses { graph.fuse() }
        pool = try ThreadPool(threads: threads)
        var compiler = Compiler(graph, transforms: !fuses)
        try compiler.compile()
        unsafe programs = Self.programs(compiler.program, batch: batch)
        buffers = compiler.buffers
        steps = compiler.descriptions
        weightBytes = compiler.weightFloats * 4
        arenaBytes = compiler.arenaFloats * 4
        for input in graph.inputs {
            unsafe inputs.append(
                Port(
                    spec: TensorSpec(name: graph.tensors[input].name, shape: graph.tensors[input].shape),
                    base: try compiler.place(input)))
        }
        for output in graph.outputs {
            unsafe outputs.append(
                Port(
                    spec: TensorSpec(name: graph.tensors[output].name, shape: graph.tensors[output].shape),
                    base: try compiler.place(output)))
        }
        guard compiler.work <= Self.mostWork else { throw .tooLarge("a network of \(compiler.work) multiplications") }
        progress = try AlignedBuffer(count: 16 * max(compiler.descriptions.count, 1))
        guard compiler.scratchFloats * pool.threads <= TFLiteFile.mostFloats else {
            throw .tooLarge("working memory of \(compiler.scratchFloats) floats a thread")
        }
        var pieces: [AlignedBuffer] = []
        for _ in 0..<pool.threads { pieces.append(try AlignedBuffer(count: compiler.scratchFloats)) }
        unsafe scratch = .allocate(capacity: pool.threads)
        for (index, piece) in pieces.enumerated() { unsafe (scratch + index).initialize(to: piece.base) }
        buffers += pieces
    }

    deinit { unsafe scratch.deallocate() }

    /// Threads that share the work.
    package var threads: Int { pool.threads }

    /// The program of 1, 2, ... images from that of `batch` images: the same steps over less.
    private static func programs(_ program: [kaira_step], batch: Int?) -> [[kaira_step]] {
        guard let batch, batch > 1 else { return unsafe [program] }
        var programs: [[kaira_step]] = unsafe []
        for images in 1..<batch {
            var less = unsafe program
            for index in unsafe less.indices {
                unsafe less[index].batch = Int32(images)
                switch unsafe less[index].kind {
                case Int32(KAIRA_STEP_ADD), Int32(KAIRA_STEP_MULTIPLY), Int32(KAIRA_STEP_UNARY),
                    Int32(KAIRA_STEP_SCALE_NORM):
                    unsafe less[index].count = less[index].count / Int64(batch) * Int64(images)
                default: break
                }
                unsafe _ = kaira_prepare_step(&less[index])
            }
            unsafe programs.append(less)
        }
        unsafe programs.append(program)
        return unsafe programs
    }

    /// Runs every step.
    ///
    /// - Parameter images: of a graph that was compiled with a batch, how many of its images; nil for all.
    package func run(images: Int? = nil) {
        let known = unsafe programs.count, images = images ?? known
        precondition((1...known).contains(images), "no program of \(images) images")
        // The steps' pointers lead into `buffers`, which live as long as this object.
        unsafe programs[images - 1].withUnsafeBufferPointer { steps in
            let counters = unsafe UnsafeMutableRawPointer(progress.base).assumingMemoryBound(to: kaira_progress.self)
            unsafe kaira_run_steps(pool.handle, steps.baseAddress, Int32(steps.count), counters, scratch)
        }
    }

    /// Nanoseconds of each step, run alone on the caller's thread.
    package func timeSteps() -> [Int64] {
        var nanoseconds = [Int64](repeating: 0, count: steps.count)
        unsafe programs[0].withUnsafeBufferPointer { steps in
            unsafe nanoseconds.withUnsafeMutableBufferPointer { times in
                unsafe kaira_time_steps(steps.baseAddress, Int32(steps.count), scratch[0], times.baseAddress)
            }
        }
        return nanoseconds
    }
}

/// Turns the nodes of a fused graph into steps.
@safe private struct Compiler {
    let graph: Graph
    var program: [kaira_step] = unsafe []
    var buffers: [AlignedBuffer] = []
    var descriptions: [CompiledGraph.StepDescription] = []
    var scratchFloats = 16
    var weightFloats = 0
    var arenaFloats = 0
    var work = 0
    private var root: [Int]
    private var places: [Int: UnsafeMutablePointer<Float>] = unsafe [:]

    /// Whether convolutions may be done by transforms and by gathered windows, whose rounding differs a little.
    private let transforms: Bool
    /// Room for the windows of one convolution at a time.
    private var windows: UnsafeMutablePointer<Float>?

    init(_ graph: Graph, transforms: Bool) {
        self.graph = graph
        self.transforms = transforms
        root = Array(graph.tensors.indices)
    }

    func place(_ tensor: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        guard let place = unsafe places[root[tensor]] else {
            throw .shape("\"\(graph.tensors[tensor].name)\" has no value")
        }
        return unsafe place + (graph.tensors[tensor].view?.channel ?? 0)
    }

    /// Floats from a pixel of a tensor to the next.
    private func pixel(_ tensor: Int) -> Int32 {
        let owner = graph.tensors[tensor].view?.tensor ?? tensor
        return Int32(graph.tensors[owner].shape.last ?? 1)
    }

    mutating func compile() throws(TensorError) {
        for node in graph.nodes {
            if case .reshape = node.kind { root[node.output] = root[node.inputs[0]] }
        }
        for (index, tensor) in graph.tensors.enumerated() {
            if let view = tensor.view { root[index] = root[view.tensor] }
        }
        try planMemory()
        var room = 0
        for node in graph.nodes { room = max(room, windowFloats(node)) }
        if room > 0 {
            let buffer = try AlignedBuffer(count: room)
            arenaFloats += room
            buffers.append(buffer)
            unsafe windows = buffer.base
        }
        for node in graph.nodes { try add(node) }
    }

    // MARK: Choices

    /// How many results along an axis a convolution of 3 by 3 makes at a time by transforms; nil where it is no such.
    ///
    /// Four take a quarter of the products and two less than half, but the transformed weights are four times and nearly
    /// twice as large: four pay while those stay in the second cache and there are some places to use each for.
    private func transformSide(_ node: Graph.Node) -> Int? {
        let inShape = graph.tensors[node.inputs[0]].shape, outShape = graph.tensors[node.output].shape
        guard transforms, case .convolution = node.kind, inShape.count == 4, outShape.count == 4,
            node.window.height == 3,
            node.window.width == 3, node.window.strideX == 1, node.window.strideY == 1, node.window.padTop == 1,
            node.window.padLeft == 1, inShape[3] >= 8, outShape[3] >= 8, inShape[1] == outShape[1],
            inShape[2] == outShape[2]
        else { return nil }
        let places = (outShape[1] + 3) / 4 * ((outShape[2] + 3) / 4)
        return places >= 24 && 36 * inShape[3] * outShape[3] * 4 <= 1_500_000 ? 4 : 2
    }

    /// Floats of a convolution's windows where they are gathered first: of narrow images, whose rows are too short for the
    /// register tiles; 0 for other operations.
    private func windowFloats(_ node: Graph.Node) -> Int {
        let inShape = graph.tensors[node.inputs[0]].shape, outShape = graph.tensors[node.output].shape
        guard transforms, case .convolution = node.kind, outShape.count == 4, node.window.height > 1,
            transformSide(node) == nil, outShape[2] <= 32, outShape[3] > 32
        else { return 0 }
        return outShape[0] * outShape[1] * outShape[2] * node.window.height * node.window.width * inShape[3]
    }

    // MARK: Memory

    private mutating func planMemory() throws(TensorError) {
        let lasting = Set((graph.inputs + graph.outputs).map { root[$0] })
        var first: [Int: Int] = [:], last: [Int: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for tensor in node.inputs + [node.output] {
                first[root[tensor]] = min(first[root[tensor]] ?? index, index)
                last[root[tensor]] = index
            }
        }
        var planned: [Int] = [], requests: [MemoryPlan.Request] = []
        for tensor in Set(first.keys).union(lasting).sorted() {
            if let constant = graph.tensors[tensor].constant {
                let buffer = unsafe try store(constant, padded: constant.count)
                unsafe places[tensor] = buffer
            } else if lasting.contains(tensor) {
                let buffer = try AlignedBuffer(count: graph.tensors[tensor].count)
                buffers.append(buffer)
                unsafe places[tensor] = buffer.base
            } else {
                planned.append(tensor)
                requests.append(
                    MemoryPlan.Request(
                        size: graph.tensors[tensor].count, first: first[tensor] ?? 0, last: last[tensor] ?? 0))
            }
        }
        let plan = MemoryPlan(requests)
        let arena = try AlignedBuffer(count: plan.size)
        arenaFloats = plan.size
        buffers.append(arena)
        for (tensor, offset) in zip(planned, plan.offsets) { unsafe places[tensor] = arena.base + offset }
    }

    /// Copies values to memory that lasts, followed by zeros up to `padded`.
    private mutating func store(_ values: [Float], padded: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        let buffer = try AlignedBuffer(count: max(padded, values.count))
        for (index, value) in values.enumerated() { unsafe buffer.base[index] = value }
        weightFloats += buffer.count
        buffers.append(buffer)
        return unsafe buffer.base
    }

    private mutating func store(channels values: [Float]) throws(TensorError) -> UnsafeMutablePointer<Float> {
        unsafe try store(values, padded: kaira_padded_channels(Int32(values.count)))
    }

    // MARK: Steps

    private mutating func activation(_ activation: Graph.Activation) throws(TensorError) -> kaira_activation {
        var result = unsafe kaira_activation()
        unsafe result.low = -.infinity
        unsafe result.high = .infinity
        switch activation {
        case .clamp(let low, let high):
            unsafe result.kind = Int32(KAIRA_ACTIVATION_CLAMP)
            unsafe result.low = low
            unsafe result.high = high
        case .prelu(let alpha):
            unsafe result.kind = Int32(KAIRA_ACTIVATION_PRELU)
            unsafe result.alpha = UnsafePointer(try store(channels: alpha))
        case .hardSwish: unsafe result.kind = Int32(KAIRA_ACTIVATION_HARD_SWISH)
        case .logistic: unsafe result.kind = Int32(KAIRA_ACTIVATION_LOGISTIC)
        case .silu: unsafe result.kind = Int32(KAIRA_ACTIVATION_SILU)
        }
        return unsafe result
    }

    private mutating func emit(_ step: kaira_step, _ text: String, multiplyAdds: Int) {
        var step = unsafe step
        scratchFloats = max(scratchFloats, Int(unsafe kaira_prepare_step(&step)))
        unsafe program.append(step)
        descriptions.append(CompiledGraph.StepDescription(text: text, multiplyAdds: multiplyAdds))
        work += multiplyAdds
    }

    private mutating func add(_ node: Graph.Node) throws(TensorError) {
        if case .reshape = node.kind { return }
        let inShape = graph.tensors[node.inputs[0]].shape, outShape = graph.tensors[node.output].shape
        var step = unsafe kaira_step()
        unsafe step.in = UnsafePointer(try place(node.inputs[0]))
        unsafe step.out = try place(node.output)
        unsafe step.activation = try activation(node.activation)
        unsafe step.activation2 = try activation(node.secondActivation)
        unsafe step.out_channels = Int32(outShape.last ?? 1)
        if node.inputs.count > 1 {
            unsafe step.second = UnsafePointer(try place(node.inputs[1]))
            unsafe step.second_pixel = pixel(node.inputs[1])
        }
        unsafe step.in_pixel = pixel(node.inputs[0])
        unsafe step.out_pixel = pixel(node.output)
        if inShape.count == 4, outShape.count == 4 { unsafe setImages(&step, node, inShape, outShape) }
        let outCount = graph.tensors[node.output].count
        let label = "\(inShape) -> \(outShape)"
        switch node.kind {
        case .convolution:
            let depth = node.window.height * node.window.width * inShape[3]
            let channels = outShape[3]
            guard depth * channels == node.weights.count else { throw .shape("weights of \(label)") }
            unsafe step.bias = UnsafePointer(try store(channels: node.bias))
            if node.inputs.count == 1, node.prefersReduction(graph.tensors) {
                unsafe step.kind = Int32(KAIRA_STEP_REDUCE_CONVOLUTION)
                let taps = node.window.height * node.window.width
                let one = kaira_packed_depthwise_size(Int32(inShape[3]), Int32(taps))
                let packed = unsafe try memory(one * channels)
                for channel in 0..<channels {
                    unsafe node.weights.withUnsafeBufferPointer {
                        guard let base = $0.baseAddress else { return }
                        unsafe kaira_pack_depthwise(
                            base + channel * depth, Int32(inShape[3]), Int32(taps), packed + channel * one)
                    }
                }
                unsafe step.weights = UnsafePointer(packed)
            } else if let density = node.sparseDensity, unsafe step.in_pixel == step.in_channels,
                unsafe step.out_pixel == step.out_channels
            {
                unsafe step.kind = Int32(KAIRA_STEP_SPARSE)
                let rowCount = kaira_sparse_rows(Int32(channels), Int32(depth))
                let count = unsafe kaira_sparse_weights(node.weights, Int32(channels), Int32(depth))
                // A row is three words, a weight is two.
                let rows = unsafe UnsafeMutableRawPointer(try memory(3 * rowCount))
                    .assumingMemoryBound(to: kaira_sparse_row.self)
                let packed = unsafe UnsafeMutableRawPointer(try memory(2 * count))
                    .assumingMemoryBound(to: kaira_sparse_weight.self)
                unsafe kaira_pack_sparse(node.weights, Int32(channels), Int32(depth), rows, packed)
                unsafe step.index = UnsafeRawPointer(rows)
                unsafe step.weights = UnsafeRawPointer(packed).assumingMemoryBound(to: Float.self)
                let percent = Int((density * 100).rounded())
                let residual = node.inputs.count > 1 ? " + residual" : ""
                unsafe emit(step, "sparse \(percent) % \(label)\(residual)", multiplyAdds: outCount * depth)
                return
            } else if let side = transformSide(node) {
                unsafe step.kind = Int32(KAIRA_STEP_WINOGRAD)
                unsafe step.mode = Int32(side)
                let (outs, ins) = (Int32(channels), Int32(inShape[3]))
                let packed = unsafe try memory(kaira_packed_winograd_size(outs, ins, Int32(side)))
                guard unsafe kaira_pack_winograd(node.weights, outs, ins, Int32(side), packed) != 0 else {
                    throw .resources("memory for transformed weights")
                }
                unsafe step.weights = UnsafePointer(packed)
                let residual = node.inputs.count > 1 ? " + residual" : ""
                unsafe emit(
                    step, "convolution 3x3/1 by \(side) \(label)\(residual)", multiplyAdds: outCount * depth)
                return
            } else {
                if windowFloats(node) > 0, let windows = unsafe windows {
                    var gather = unsafe step
                    unsafe gather.kind = Int32(KAIRA_STEP_WINDOWS)
                    unsafe gather.second = nil
                    unsafe gather.out = windows
                    unsafe gather.out_pixel = Int32(depth)
                    unsafe emit(
                        gather, "windows \(node.window.height)x\(node.window.width)/\(node.window.strideX) \(label)",
                        multiplyAdds: 0)
                    unsafe step.in = UnsafePointer(windows)
                    unsafe (step.in_height, step.in_width) = (step.out_height, step.out_width)
                    unsafe (step.in_channels, step.in_pixel) = (Int32(depth), Int32(depth))
                    unsafe (step.kernel_height, step.kernel_width, step.stride_y, step.stride_x) = (1, 1, 1, 1)
                    unsafe (step.pad_top, step.pad_left) = (0, 0)
                }
                unsafe step.kind = Int32(KAIRA_STEP_CONVOLUTION)
                let packed = unsafe try memory(kaira_packed_convolution_size(Int32(channels), Int32(depth)))
                unsafe kaira_pack_convolution(node.weights, Int32(channels), Int32(depth), packed)
                unsafe step.weights = UnsafePointer(packed)
            }
            let kernel = "\(node.window.height)x\(node.window.width)/\(node.window.strideX)"
            let residual = node.inputs.count > 1 ? " + residual" : ""
            unsafe emit(step, "convolution \(kernel) \(label)\(residual)", multiplyAdds: outCount * depth)
        case .depthwise:
            let taps = node.window.height * node.window.width
            guard node.weights.count == taps * outShape[3] else { throw .shape("weights of \(label)") }
            unsafe step.kind = Int32(KAIRA_STEP_DEPTHWISE)
            unsafe step.bias = UnsafePointer(try store(channels: node.bias))
            let packed = unsafe try memory(kaira_packed_depthwise_size(Int32(outShape[3]), Int32(taps)))
            unsafe kaira_pack_depthwise(node.weights, Int32(outShape[3]), Int32(taps), packed)
            unsafe step.weights = UnsafePointer(packed)
            let kernel = "\(node.window.height)x\(node.window.width)/\(node.window.strideX)"
            unsafe emit(step, "depthwise \(kernel) \(label)", multiplyAdds: outCount * taps)
        case .add, .multiply:
            if case .add = node.kind {
                unsafe step.kind = Int32(KAIRA_STEP_ADD)
            } else {
                unsafe step.kind = Int32(KAIRA_STEP_MULTIPLY)
            }
            unsafe step.length = Int64(outShape.last ?? 1)
            unsafe step.count = Int64(outCount) / step.length
            unsafe step.period = Int64(graph.tensors[node.inputs[1]].count)
            unsafe emit(step, "elementwise \(label)", multiplyAdds: 0)
        case .unary:
            unsafe step.kind = Int32(KAIRA_STEP_UNARY)
            unsafe step.count = Int64(outCount / (outShape.last ?? 1))
            unsafe emit(step, "activation \(label)", multiplyAdds: 0)
        case .pad(let top, let left, let channel):
            unsafe step.kind = Int32(KAIRA_STEP_PAD)
            unsafe step.pad_top = Int32(top)
            unsafe step.pad_left = Int32(left)
            unsafe step.mode = Int32(channel)
            unsafe emit(step, "pad \(label)", multiplyAdds: 0)
        case .resize(let half, let corners):
            unsafe step.kind = Int32(KAIRA_STEP_RESIZE)
            unsafe step.mode = half ? 1 : corners ? 2 : 0
            unsafe emit(step, "resize \(label)", multiplyAdds: 4 * outCount)
        case .maxPool, .averagePool:
            if case .maxPool = node.kind {
                unsafe step.kind = Int32(KAIRA_STEP_MAX_POOL)
            } else {
                unsafe step.kind = Int32(KAIRA_STEP_AVERAGE_POOL)
            }
            unsafe emit(step, "pool \(label)", multiplyAdds: outCount * node.window.height * node.window.width)
        case .depthToSpace(let block):
            unsafe step.kind = Int32(KAIRA_STEP_DEPTH_TO_SPACE)
            unsafe step.mode = Int32(block)
            unsafe emit(step, "depth to space \(label)", multiplyAdds: 0)
        case .copy(let copies):
            for copy in copies {
                var one = unsafe step
                unsafe one.kind = Int32(KAIRA_STEP_COPY)
                unsafe one.in = UnsafePointer(try place(node.inputs[copy.input])) + copy.from
                unsafe one.out = step.out + copy.to
                unsafe one.count = Int64(copy.count)
                unsafe one.length = Int64(copy.length)
                unsafe one.in_stride = Int64(copy.inStride)
                unsafe one.out_stride = Int64(copy.outStride)
                unsafe emit(one, "copy \(label)", multiplyAdds: 0)
            }
        case .transposed2x2:
            unsafe step.kind = Int32(KAIRA_STEP_TRANSPOSED_2X2)
            unsafe step.weights = UnsafePointer(try store(node.weights, padded: node.weights.count))
            unsafe step.bias = UnsafePointer(try store(channels: node.bias))
            unsafe emit(step, "transposed 2x2 \(label)", multiplyAdds: outCount * inShape[3])
        case .scaleChannels:
            unsafe step.kind = Int32(KAIRA_STEP_SCALE_CHANNELS)
            unsafe emit(step, "scaled channels \(label)", multiplyAdds: 0)
        case .scaleNorm(let epsilon, let factor):
            unsafe step.kind = Int32(KAIRA_STEP_SCALE_NORM)
            let length = outShape.last ?? 1
            unsafe step.length = Int64(length)
            unsafe step.count = Int64(outCount / length)
            let weights = [1 / Float(length).squareRoot(), epsilon, factor]
            unsafe step.weights = UnsafePointer(try store(weights, padded: 3))
            unsafe emit(step, "norm \(label)", multiplyAdds: outCount)
        case .transpose:
            unsafe step.kind = Int32(KAIRA_STEP_TRANSPOSE)
            unsafe step.count = Int64(inShape[2])
            unsafe step.length = Int64(inShape[3])
            unsafe emit(step, "transpose \(label)", multiplyAdds: 0)
        case .gatedAttention(let features):
            unsafe step.kind = Int32(KAIRA_STEP_GATED_ATTENTION)
            unsafe step.count = Int64(outShape[2])
            unsafe step.length = Int64(outShape[3])
            unsafe step.period = Int64(features)
            unsafe step.mode = node.weights.count > 4 * features ? 1 : 0
            unsafe step.weights = UnsafePointer(try store(node.weights, padded: node.weights.count))
            unsafe emit(
                step, "gated attention \(label)",
                multiplyAdds: outCount * outShape[2] + outCount / outShape[3] * features)
        case .sumWindows:
            unsafe step.kind = Int32(KAIRA_STEP_SUM_WINDOWS)
            unsafe step.bias = UnsafePointer(try store(channels: node.bias))
            unsafe emit(step, "summed windows \(label)", multiplyAdds: 0)
        case .enlarge(let factor):
            unsafe step.kind = Int32(KAIRA_STEP_ENLARGE)
            unsafe step.mode = Int32(factor)
            unsafe emit(step, factor == 1 ? "copy \(label)" : "enlarge \(label)", multiplyAdds: 0)
        case .reshape: break
        }
    }

    private func setImages(_ step: inout kaira_step, _ node: Graph.Node, _ inShape: [Int], _ outShape: [Int]) {
        unsafe step.batch = Int32(outShape[0])
        unsafe step.in_height = Int32(inShape[1])
        unsafe step.in_width = Int32(inShape[2])
        unsafe step.in_channels = Int32(inShape[3])
        unsafe step.out_height = Int32(outShape[1])
        unsafe step.out_width = Int32(outShape[2])
        unsafe step.kernel_height = Int32(node.window.height)
        unsafe step.kernel_width = Int32(node.window.width)
        unsafe step.stride_y = Int32(node.window.strideY)
        unsafe step.stride_x = Int32(node.window.strideX)
        unsafe step.pad_top = Int32(node.window.padTop)
        unsafe step.pad_left = Int32(node.window.padLeft)
    }

    private mutating func memory(_ count: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        let buffer = try AlignedBuffer(count: count)
        weightFloats += count
        buffers.append(buffer)
        return unsafe buffer.base
    }
}

/// The instruction set that the kernels were dispatched to on this CPU.
var compiledInstructionSet: String { unsafe String(cString: kaira_kernels_isa()) }
