/// Finds the tensors that a network needs in a weight file, and says in one message all that does not fit.
///
///     var binder = WeightBinder()
///     binder.expect("encoder.norm.weight", [768], orElse: ["encoder.norm.gamma"])
///     binder.ignored = ["*.num_batches_tracked"]
///     let weights = try binder.bind(file)
public struct WeightBinder: Sendable {
    private struct Expectation: Sendable {
        var name: String
        var shape: [Int]
        var alternatives: [String]
        var isOptional: Bool
    }

    private var expectations: [Expectation] = []

    /// Names that the file may hold without anyone asking for them; a `*` at the start or the end stands for anything.
    public var ignored: [String] = []
    /// Beginnings that names may have in the file beside those expected, such as "module." of parallel training.
    public var prefixes: [String] = []
    /// Whether infinite values and such that are no numbers are errors.
    public var requiresFinite = false

    /// A binder that expects nothing yet.
    public init() {}

    /// Adds a tensor that the network needs.
    ///
    /// - Parameters:
    ///   - name: the name under which `bind` returns it, and by which it is looked for first.
    ///   - shape: the sizes it has to have.
    ///   - alternatives: other names that it may have in the file.
    ///   - isOptional: whether it may be missing.
    public mutating func expect(
        _ name: String, _ shape: [Int], orElse alternatives: [String] = [], isOptional: Bool = false
    ) {
        expectations.append(
            Expectation(name: name, shape: shape, alternatives: alternatives, isOptional: isOptional))
    }

    /// The expected tensors by their expected names.
    ///
    /// - Returns: all that were found; without the optional ones that the file lacks.
    /// - Throws: `TensorError.weights` with all missing, unexpected and wrongly shaped names.
    public func bind(_ file: WeightFile) throws(TensorError) -> [String: WeightTensor] {
        var bound: [String: WeightTensor] = [:]
        var used = Set<String>()
        var missing: [String] = [], misshapen: [String] = [], damaged: [String] = []
        for wanted in expectations {
            let names = [wanted.name] + wanted.alternatives
            let candidates = ([""] + prefixes).lazy.flatMap { prefix in names.lazy.map { prefix + $0 } }
            guard let tensor = candidates.compactMap({ file[$0] }).first else {
                if !wanted.isOptional { missing.append(wanted.name) }
                continue
            }
            used.insert(tensor.name)
            if tensor.shape != wanted.shape {
                misshapen.append("\(tensor.name) is \(tensor.shape) instead of \(wanted.shape)")
            } else if requiresFinite, tensor.containsNonFinite {
                damaged.append(tensor.name)
            } else {
                bound[wanted.name] = tensor
            }
        }
        let unexpected = file.names.filter { !used.contains($0) && !isIgnored($0) }
        let complaints = [
            Self.list(missing, "missing"), Self.list(unexpected, "unexpected"),
            Self.list(misshapen, "of wrong shape"), Self.list(damaged, "with values that are not finite"),
        ].compactMap(\.self)
        guard complaints.isEmpty else { throw .weights(complaints.joined(separator: "; ")) }
        return bound
    }

    private func isIgnored(_ name: String) -> Bool {
        ignored.contains { pattern in
            let open = pattern.hasPrefix("*"), unfinished = pattern.hasSuffix("*")
            switch (open, unfinished) {
            case (false, false): return name == pattern
            case (true, false): return name.hasSuffix(pattern.dropFirst())
            case (false, true): return name.hasPrefix(pattern.dropLast())
            case (true, true): return pattern.count < 2 || name.contains(pattern.dropFirst().dropLast())
            }
        }
    }

    /// At most this many names of each kind are written out.
    private static let listed = 12

    private static func list(_ names: [String], _ what: String) -> String? {
        guard !names.isEmpty else { return nil }
        let more = names.count > listed ? " and \(names.count - listed) more" : ""
        return "\(names.count) \(what): \(names.prefix(listed).joined(separator: ", "))\(more)"
    }
}
