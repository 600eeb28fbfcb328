import KairaTensor

/// A data set in three parts that share no example.
public struct DataSplit: Sendable {
    /// What is learned from.
    public var training: DataSet
    /// What decisions are made by while learning: when to stop, which rate to take. Empty where its share is 0.
    public var validation: DataSet
    /// What is looked at once, at the end. Empty where its share is 0.
    public var test: DataSet
}

extension DataSet {
    /// Splits by chance, each class by the same shares (where targets are numbers, all examples together).
    ///
    /// - Parameters:
    ///   - validation: the share of examples for validation, 0 to 1.
    ///   - test: the share for the test, 0 to 1; the rest, which must be something, is for training.
    ///   - seed: the same seed makes the same split.
    /// - Returns: the three parts.
    /// - Throws: `LearningError.configuration` for shares out of range, `.emptySet` where a share that is above 0 comes
    ///   out without an example, or training does.
    ///
    /// The parts of a class are what its number of examples times the shares rounds to, so that the whole differs from
    /// the shares by less than half an example a class. Examples come in the order of the whole set.
    public func split(validation: Double = 0, test: Double = 0, seed: UInt64) throws(LearningError) -> DataSplit {
        guard validation >= 0, test >= 0, validation + test < 1 else {
            throw .configuration(
                "shares of \(validation) for validation and \(test) for the test leave nothing to learn from")
        }
        var random = RandomGenerator(seed: seed)
        var groups: [[Int]] = [Array(0..<count)]
        if case .classes(let all, let names) = targets {
            groups = names.map { _ in [] }
            for (place, index) in indices.enumerated() { groups[all[index]].append(place) }
        }
        var parts: [[Int]] = [[], [], []]
        for group in groups {
            let shuffled = random.permutation(group.count).map { group[$0] }
            let tested = Int((Double(group.count) * test).rounded())
            let validated = min(Int((Double(group.count) * validation).rounded()), group.count - tested)
            parts[2] += shuffled[..<tested]
            parts[1] += shuffled[tested..<tested + validated]
            parts[0] += shuffled[(tested + validated)...]
        }
        for (part, share, what) in zip3(parts, [1, validation, test], ["training", "validation", "the test"])
        where share > 0 && part.isEmpty {
            throw .emptySet("the part of \(name) (\(count) examples) that is for \(what)")
        }
        return DataSplit(
            training: subset(parts[0].sorted()), validation: subset(parts[1].sorted()), test: subset(parts[2].sorted()))
    }
}

private func zip3<A, B, C>(_ a: [A], _ b: [B], _ c: [C]) -> [(A, B, C)] { zip(a, zip(b, c)).map { ($0, $1.0, $1.1) } }
