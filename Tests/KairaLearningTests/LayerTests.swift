import KairaLearning
import KairaTensor
import Testing

/// Layers that are one operation each, held to PyTorch's values of that operation.
extension PyTorchTests {
    func simpleLayers<S: TensorReal>(_: S.Type) throws {
        var generator = RandomGenerator(seed: 1)
        let both = ["weight", "bias"]
        func check(_ name: String, _ layer: some Layer<S>, _ order: [String]) throws {
            try self.check(name, layer, inputs: 1, order: order) { $0($1[0]) }
        }
        try check("affine", Dense<S>(9, 35, using: &generator), both)
        for (name, activation) in [
            ("ReLU", Activation.relu), ("sigmoid", .sigmoid), ("tanh", .tanh), ("GELU", .gelu), ("swish", .swish),
        ] {
            try check("affine \(name)", Dense<S>(9, 17, activation: activation, using: &generator), both)
        }
        try check("conv2d", Conv2D<S>(3, 5, kernel: 3, padding: 1, using: &generator), both)
        try check("conv2d groups", Conv2D<S>(4, 6, kernel: 3, padding: 1, groups: 2, using: &generator), both)
        let strides = WindowShape(kernel: (3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2))
        try check("conv2d strides", Conv2D<S>(3, 4, window: strides, using: &generator), both)
        let turned = ConvTranspose2D<S>(
            3, 4, window: WindowShape(kernel: 3, stride: 2, padding: 1), outputPadding: 1, using: &generator)
        try check("convTranspose2d", turned, both)
        try check("maxPool2d", MaxPool2D<S>(2), [])
        try check("maxPool2d padded", MaxPool2D<S>(3, stride: 2, padding: 1), [])
        try check("averagePool2d", AveragePool2D<S>(2), [])
        try check("averagePool2d padded", AveragePool2D<S>(3, stride: 2, padding: 1), [])
        try check("layerNorm", LayerNorm<S>(37), both)
        try self.check("rows", Embedding<S>(5, 3, using: &generator), inputs: 0, order: ["weight"]) { layer, _ in
            try layer([2, 0, 2, 4])
        }
    }

    @Test("layers of one operation in double and float", arguments: kernels)
    func simpleLayers(_ set: String) throws {
        try Compute.with(kernels: set) {
            try simpleLayers(Double.self)
            try simpleLayers(Float.self)
        }
    }

    /// Oracle: PyTorch's GroupNorm, and the sum rule: y = x + f(x), dx = g + f's.
    @Test("a residual adds its input") func residual() throws {
        let arguments = try PyTorch.arguments("groupNorm", Double.self)
        var norm = GroupNorm<Double>(groups: 3, 6)
        (norm.weight.value, norm.bias.value) = (arguments[1], arguments[2])
        let tape = Tape<Double>(), x = tape.variable(arguments[0]), y = Residual(norm)(x)
        let g: Tensor<Double> = try PyTorch.tensor("groupNorm.g")
        let slope = tape.gradients(of: (y * Variable(g)).sum(), with: [x])[0]
        try expectClose(y.value - arguments[0], "groupNorm.y")
        try expectClose(slope.value - g, "groupNorm.d0")
    }

    /// Oracle: the definition; rows stay, the rest is one axis.
    @Test("flattening keeps the rows") func flatten() {
        let x = Variable(Tensor<Float>((0..<24).map(Float.init), shape: [2, 3, 4]))
        let y = Flatten<Float>()(x)
        #expect(y.shape == [2, 12] && y.value.values == x.value.values)
    }
}
