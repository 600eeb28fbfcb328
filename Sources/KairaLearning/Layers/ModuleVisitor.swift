import KairaTensor

/// Goes through the parts of a model, in the order in which the model names them.
public struct ModuleVisitor<Scalar: TensorReal> {
    private var prefix = ""
    private let parameter: (String, inout Parameter<Scalar>) -> Void
    private let buffer: (String, inout Buffer<Scalar>) -> Void
    private let noise: (inout Noise<Scalar>) -> Void

    /// A visitor that calls closures with full names such as "first.weight".
    public init(
        parameter: @escaping (String, inout Parameter<Scalar>) -> Void = { _, _ in },
        buffer: @escaping (String, inout Buffer<Scalar>) -> Void = { _, _ in },
        noise: @escaping (inout Noise<Scalar>) -> Void = { _ in }
    ) {
        self.parameter = parameter
        self.buffer = buffer
        self.noise = noise
    }

    /// Visits a parameter.
    public mutating func visit(_ value: inout Parameter<Scalar>, _ name: String) { parameter(prefix + name, &value) }

    /// Visits a parameter that may be missing.
    public mutating func visit(_ value: inout Parameter<Scalar>?, _ name: String) {
        guard var present = value else { return }
        value = nil
        parameter(prefix + name, &present)
        value = present
    }

    /// Visits a buffer.
    public mutating func visit(_ value: inout Buffer<Scalar>, _ name: String) { buffer(prefix + name, &value) }

    /// Visits a source of random numbers.
    public mutating func visit(_ value: inout Noise<Scalar>) { noise(&value) }

    /// Visits a part that is a model itself; its parts' names begin with "name.".
    public mutating func visit<M: Module>(_ module: inout M, _ name: String) where M.Scalar == Scalar {
        let outer = prefix
        prefix = "\(prefix)\(name)."
        module.visit(&self)
        prefix = outer
    }

    /// Visits parts "name.0", "name.1", ...
    public mutating func visit<M: Module>(_ modules: inout [M], _ name: String) where M.Scalar == Scalar {
        for index in modules.indices { visit(&modules[index], "\(name).\(index)") }
    }

    /// Visits a part that may be missing.
    public mutating func visit<M: Module>(_ module: inout M?, _ name: String) where M.Scalar == Scalar {
        guard var present = module else { return }
        module = nil
        visit(&present, name)
        module = present
    }
}
