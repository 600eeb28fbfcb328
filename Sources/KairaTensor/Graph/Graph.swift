/// A network as a list of operations on tensors, before it is compiled. Float32, channels last.
struct Graph {
    /// A tensor: a value of the graph, or a constant that the file holds.
    struct Tensor {
        var name: String
        var shape: [Int]
        var constant: [Float]?
        /// Where the values lie among the channels of a wider image of the same size; its pixels are then further apart.
        var view: View?

        var count: Int { shape.reduce(1, *) }
    }

    /// A range of another tensor's channels.
    struct View {
        var tensor: Int
        var channel: Int
    }

    var tensors: [Tensor] = []
    var nodes: [Node] = []
    var inputs: [Int] = []
    var outputs: [Int] = []
}

extension Graph {
    /// What is applied to every value of a result.
    enum Activation {
        case clamp(low: Float, high: Float)
        case prelu([Float])
        case hardSwish
        case logistic
        /// x / (1 + exp(-x))
        case silu

        static let none = Activation.clamp(low: -.infinity, high: .infinity)

        var isNone: Bool {
            if case .clamp(let low, let high) = self { return low == -.infinity && high == .infinity }
            return false
        }
    }

    /// A sliding window; what reaches past the image reads zeros.
    struct Window {
        var height = 1
        var width = 1
        var strideY = 1
        var strideX = 1
        var padTop = 0
        var padLeft = 0
    }

    enum Kind {
        /// Weights `[out, height, width, in]`.
        case convolution
        /// Weights `[height, width, channels]`.
        case depthwise
        case add
        case multiply
        /// Zeros around `(top, left)` of the image and after the channels; the output's shape says the rest.
        case pad(top: Int, left: Int, channel: Int)
        case resize(halfPixelCenters: Bool, alignCorners: Bool)
        case maxPool
        case averagePool
        case depthToSpace(block: Int)
        case reshape
        /// Copies `count` runs of `length` floats between strided places.
        case copy([Copy])
        case unary
        /// Stride 2, 2x2 kernel: weights `[out, 2, 2, in]`.
        case transposed2x2
        /// The first operand times the second, which holds one value a channel and image.
        case scaleChannels
        /// Rows divided by the root of their mean square, at least `epsilon`, times `factor`.
        case scaleNorm(epsilon: Float, factor: Float)
        /// The last two axes of `[images, 1, rows, columns]` turned.
        case transpose
        /// A gated attention unit between its linear layers: `features` wide queries and keys. Weights as the kernel has
        /// them: factors `[2, features]`, terms `[2, features]`, and maybe terms by distance.
        case gatedAttention(features: Int)
        /// Sums the products of a window's places, which are the channels `[places, out]`; the window says which.
        case sumWindows
        /// Every pixel repeated along both axes; 1 copies.
        case enlarge(factor: Int)
    }

    /// Runs of floats from one place to another, offsets and strides in floats.
    struct Copy {
        /// Index among the node's inputs.
        var input = 0
        var from = 0
        var to = 0
        var count = 1
        var length = 0
        var inStride = 0
        var outStride = 0
    }

    struct Node {
        var kind: Kind
        /// The operands; for a convolution or a resize the second, where there is one, is a residual that is added.
        var inputs: [Int]
        var output: Int
        var window = Window()
        var weights: [Float] = []
        var bias: [Float] = []
        var activation = Activation.none
        /// Applied after the residual.
        var secondActivation = Activation.none
    }

    /// How many nodes read each tensor; a graph output counts as one more.
    func useCounts() -> [Int] {
        var uses = [Int](repeating: 0, count: tensors.count)
        for node in nodes { for input in node.inputs { uses[input] += 1 } }
        for output in outputs { uses[output] += 1 }
        return uses
    }

    /// Which node makes each tensor; -1 where none does.
    func producers() -> [Int] {
        var producers = [Int](repeating: -1, count: tensors.count)
        for (index, node) in nodes.enumerated() { producers[node.output] = index }
        return producers
    }
}
