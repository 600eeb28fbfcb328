import KairaTensor

extension Module {
    /// All parameters and buffers by name, in the order of `visit`.
    public var state: StateDictionary<Scalar> {
        var entries: [(String, Tensor<Scalar>)] = [], copy = self
        var visitor = ModuleVisitor<Scalar>(
            parameter: { entries.append(($0, $1.value)) }, buffer: { entries.append(($0, $1.value)) })
        copy.visit(&visitor)
        var state = StateDictionary<Scalar>()
        for (name, tensor) in entries { state[name] = tensor }
        return state
    }

    /// Takes parameters and buffers from a state.
    ///
    /// - Throws: `LearningError.state` with all names that are missing, unexpected or of another shape; the model is then
    ///   as it was.
    public mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError) {
        var missing: [String] = [], misshapen: [String] = [], used = Set<String>()
        func check(_ name: String, _ value: Tensor<Scalar>) {
            guard let stored = state[name] else { return missing.append(name) }
            used.insert(name)
            if stored.shape != value.shape { misshapen.append("\(name) is \(stored.shape) instead of \(value.shape)") }
        }
        var copy = self
        var checker = ModuleVisitor<Scalar>(parameter: { check($0, $1.value) }, buffer: { check($0, $1.value) })
        copy.visit(&checker)
        let unexpected = state.names.filter { !used.contains($0) }
        let complaints = [("missing", missing), ("unexpected", unexpected), ("of wrong shape", misshapen)]
            .filter { !$0.1.isEmpty }
            .map { kind, names in
                "\(names.count) \(kind): \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", ..." : "")"
            }
        guard complaints.isEmpty else { throw .state(complaints.joined(separator: "; ")) }
        var loader = ModuleVisitor<Scalar>(
            parameter: { if let value = state[$0] { $1.value = value } },
            buffer: { if let value = state[$0] { $1.value = value } })
        visit(&loader)
    }
}
