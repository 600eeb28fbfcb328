import KairaTensor

/// What a network is made of, as a value that can be written into its file and built again from it.
public struct NetworkDescription: Sendable, Hashable, Codable {
    /// One layer.
    public enum Layer: Sendable, Hashable, Codable {
        /// Every input to every output.
        case dense(inputs: Int, outputs: Int)
        /// Square kernels of odd size with zeros around the picture, so that it keeps its size.
        case convolution(inputs: Int, outputs: Int, kernel: Int)
        /// An activation for each element.
        case activation(Activation)
        /// Each channel to mean 0 and variance 1 over the batch.
        case batchNorm(channels: Int)
        /// The largest of each square of `size` x `size`.
        case maxPool(size: Int)
        /// Sets a share of the elements to 0 while training.
        case dropout(Double)
        /// All axes but the first into one.
        case flatten
    }

    /// The shape of one input, without the batch's axis.
    public var inputShape: [Int]
    /// The layers in order; the last gives the weighted sums that the task's output function is for.
    public var layers: [Layer]
    /// What the network answers.
    public var task: LearningTask
    /// The names of the classes; empty for a regression.
    public var classNames: [String]

    /// A description from its parts.
    public init(inputShape: [Int], layers: [Layer], task: LearningTask, classNames: [String]) {
        (self.inputShape, self.layers, self.task, self.classNames) = (inputShape, layers, task, classNames)
    }

    /// Dense layers with an activation after each but the last.
    ///
    /// - Parameters:
    ///   - inputShape: flattened first where it has more than one axis.
    ///   - hidden: the widths between input and output.
    ///   - outputs: the width of the last.
    ///   - activation: after each layer but the last.
    ///   - task: what the network answers.
    ///   - classNames: the names of the classes.
    /// - Returns: the description.
    public static func dense(
        inputShape: [Int], hidden: [Int], outputs: Int, activation: Activation = .relu,
        task: LearningTask = .multiclassClassification, classNames: [String] = []
    ) -> NetworkDescription {
        var layers: [Layer] = inputShape.count == 1 ? [] : [.flatten]
        var width = inputShape.reduce(1, *)
        for next in hidden {
            layers += [.dense(inputs: width, outputs: next), .activation(activation)]
            width = next
        }
        layers.append(.dense(inputs: width, outputs: outputs))
        return NetworkDescription(inputShape: inputShape, layers: layers, task: task, classNames: classNames)
    }

    /// Two convolutions, pooling and two dense layers for small pictures `[channels, height, width]` with even sides.
    public static func convolutional(
        inputShape: [Int], channels: Int = 32, hidden: Int = 64, dropout: Double = 0.3, classNames: [String]
    ) -> NetworkDescription {
        let (c, h, w) = (inputShape[0], inputShape[1], inputShape[2])
        return NetworkDescription(
            inputShape: inputShape,
            layers: [
                .convolution(inputs: c, outputs: channels, kernel: 3), .batchNorm(channels: channels),
                .activation(.relu),
                .convolution(inputs: channels, outputs: channels, kernel: 3), .batchNorm(channels: channels),
                .activation(.relu), .maxPool(size: 2), .dropout(dropout), .flatten,
                .dense(inputs: channels * (h / 2) * (w / 2), outputs: hidden), .activation(.relu), .dropout(dropout),
                .dense(inputs: hidden, outputs: classNames.count),
            ], task: .multiclassClassification, classNames: classNames)
    }

    /// How many numbers its layers learn; nil where a layer's sizes make no sense.
    public var parameterCount: Int? {
        var total = 0
        for layer in layers {
            switch layer {
            case .dense(let i, let o):
                guard 1...1 << 24 ~= i, 1...1 << 24 ~= o else { return nil }
                total += (i + 1) * o
            case .convolution(let i, let o, let k):
                guard 1...1 << 16 ~= i, 1...1 << 16 ~= o, 1...15 ~= k, k % 2 == 1 else { return nil }
                total += (i * k * k + 1) * o
            case .batchNorm(let c):
                guard 1...1 << 16 ~= c else { return nil }
                total += 2 * c
            case .maxPool(let size): guard 1...64 ~= size else { return nil }
            case .dropout(let p): guard 0.0..<1 ~= p else { return nil }
            case .activation, .flatten: break
            }
            guard total <= 1 << 32 else { return nil }
        }
        return total
    }

    /// The shape that comes out for one input.
    ///
    /// - Throws: `LearningError.configuration` where a layer does not fit what comes into it.
    public func outputShape() throws(LearningError) -> [Int] {
        // Three sizes of 2^16 are 2^48: only then may the fourth be multiplied in.
        guard 1...4 ~= inputShape.count, inputShape.allSatisfy({ 1...1 << 16 ~= $0 }),
            inputShape.prefix(3).reduce(1, *) <= 1 << 28, inputShape.reduce(1, *) <= 1 << 28, parameterCount != nil
        else { throw .configuration("a network for inputs of \(inputShape) with sizes out of range") }
        var shape = inputShape
        for (number, layer) in layers.enumerated() {
            let misfit = LearningError.configuration("layer \(number), \(layer), does not fit inputs of \(shape)")
            switch layer {
            case .dense(let i, let o):
                guard shape == [i] else { throw misfit }
                shape = [o]
            case .convolution(let i, let o, _):
                guard shape.count == 3, shape[0] == i else { throw misfit }
                shape[0] = o
            case .batchNorm(let c): guard shape.first == c else { throw misfit }
            case .maxPool(let size):
                guard shape.count == 3, shape[1] >= size, shape[2] >= size else { throw misfit }
                shape = [shape[0], shape[1] / size, shape[2] / size]
            case .flatten: shape = [shape.reduce(1, *)]
            case .activation(.softmax) where task != .regression:
                throw .configuration("layer \(number): the loss adds softmax itself")
            case .activation, .dropout: break
            }
            guard shape.reduce(1, *) <= 1 << 28 else { throw misfit }
        }
        if task != .regression {
            let wanted = task == .binaryClassification ? 1 : classNames.count
            guard shape == [wanted], classNames.count >= 2 else {
                throw .configuration("\(classNames.count) classes and outputs of \(shape)")
            }
        }
        return shape
    }

    /// Builds the layers with weights drawn from a generator.
    ///
    /// - Throws: `LearningError.configuration` where a layer does not fit what comes into it.
    public func makeLayers(using generator: inout RandomGenerator) throws(LearningError) -> Sequential<Float> {
        _ = try outputShape()
        var made: [any KairaLearning.Layer<Float>] = []
        for layer in layers {
            switch layer {
            case .dense(let i, let o): made.append(Dense<Float>(i, o, using: &generator))
            case .convolution(let i, let o, let k):
                made.append(Conv2D<Float>(i, o, kernel: k, stride: 1, padding: k / 2, using: &generator))
            case .activation(let kind): made.append(ActivationLayer<Float>(kind))
            case .batchNorm(let c): made.append(BatchNorm<Float>(c))
            case .maxPool(let size): made.append(MaxPool2D<Float>(size))
            case .dropout(let p): made.append(Dropout<Float>(p))
            case .flatten: made.append(Flatten<Float>())
            }
        }
        return Sequential<Float>(made)
    }
}
