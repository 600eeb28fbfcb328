import Glibc
import KairaTensor

extension DataSet {
    /// Two half circles of radius 1 that reach into each other, around (0.5, 0.25).
    ///
    /// - Parameters:
    ///   - count: examples of both classes together, at least 2.
    ///   - noise: the standard deviation of what is added to each coordinate.
    ///   - seed: the same seed makes the same set.
    /// - Returns: points of the plane in two classes.
    /// - Throws: `LearningError.configuration`.
    public static func twoMoons(count: Int, noise: Float, seed: UInt64) throws(LearningError) -> DataSet {
        try points(name: "two moons", count: count, classes: 2, noise: noise, seed: seed) { k, t, _ in
            let angle = t * .pi
            return k == 0 ? [cos(angle), sin(angle)] : [1 - cos(angle), 0.5 - sin(angle)]
        }
    }

    /// Spirals that wind around each other, one a class, from the middle to radius 1.
    ///
    /// - Parameters:
    ///   - count: examples of all classes together.
    ///   - classes: how many arms there are, at least 2.
    ///   - turns: how often an arm goes round.
    ///   - noise: the standard deviation of what is added to each coordinate.
    ///   - seed: the same seed makes the same set.
    /// - Returns: points of the plane in `classes` classes.
    /// - Throws: `LearningError.configuration`.
    public static func spirals(count: Int, classes: Int = 2, turns: Float = 1, noise: Float, seed: UInt64)
        throws(LearningError) -> DataSet
    {
        try points(name: "spirals", count: count, classes: classes, noise: noise, seed: seed) { k, t, _ in
            let angle = 2 * .pi * (t * turns + Float(k) / Float(classes))
            return [t * cos(angle), t * sin(angle)]
        }
    }

    /// Clouds around the four corners of the unit square: class 1 where one coordinate is 1 and the other 0.
    ///
    /// - Parameters:
    ///   - count: examples of both classes together, at least 4.
    ///   - noise: the standard deviation of the clouds.
    ///   - seed: the same seed makes the same set.
    /// - Returns: points of the plane in two classes.
    /// - Throws: `LearningError.configuration`.
    public static func xorClouds(count: Int, noise: Float, seed: UInt64) throws(LearningError) -> DataSet {
        try points(name: "XOR clouds", count: count, classes: 2, noise: noise, seed: seed) { k, _, turn in
            let high: Float = turn % 2 == 0 ? 0 : 1
            return k == 0 ? [high, high] : [high, 1 - high]
        }
    }

    /// Samples of a polynomial with noise, at places spread evenly from -1 to 1: for fitting too much on purpose.
    ///
    /// - Parameters:
    ///   - coefficients: of 1, x, x^2 and so on.
    ///   - count: examples, at least 2.
    ///   - noise: the standard deviation of what is added to y.
    ///   - seed: the same seed makes the same set.
    /// - Returns: inputs x of one number and targets y of one.
    /// - Throws: `LearningError.configuration`.
    public static func polynomial(_ coefficients: [Float], count: Int, noise: Float, seed: UInt64)
        throws(LearningError) -> DataSet
    {
        guard count >= 2, noise >= 0, noise.isFinite else {
            throw .configuration("a polynomial with \(count) samples and noise \(noise); take 2 or more, 0 or more")
        }
        var random = RandomGenerator(seed: seed)
        let errors = random.normal([count], mean: 0, standardDeviation: Float(1)).values
        let x = (0..<count).map { Float($0) / Float(count - 1) * 2 - 1 }
        let y = zip(x, errors).map { x, e in coefficients.reversed().reduce(0) { $0 * x + $1 } + e * noise }
        return try DataSet(
            name: "polynomial", inputShape: [1], elements: .floats(x), targets: .values(y, width: 1))
    }

    /// Points of the plane: `place` says where example number `turn` of a class lies, `t` runs from 0 to 1 along it.
    private static func points(
        name: String, count: Int, classes: Int, noise: Float, seed: UInt64,
        place: (_ class: Int, _ t: Float, _ turn: Int) -> [Float]
    ) throws(LearningError) -> DataSet {
        guard classes >= 2, count >= classes, noise >= 0, noise.isFinite else {
            throw .configuration(
                "\(name) of \(count) points in \(classes) classes with noise \(noise); each class needs a point")
        }
        var random = RandomGenerator(seed: seed)
        let errors = random.normal([count, 2], mean: 0, standardDeviation: Float(1)).values
        var values: [Float] = [], labels: [Int] = []
        for i in 0..<count {
            // Classes take turns, so that any beginning of the set is balanced.
            let k = i % classes, turn = i / classes, most = (count - k - 1) / classes
            let point = place(k, most > 0 ? Float(turn) / Float(most) : 0, turn)
            values += [point[0] + errors[2 * i] * noise, point[1] + errors[2 * i + 1] * noise]
            labels.append(k)
        }
        return try DataSet(
            name: name, inputShape: [2], elements: .floats(values),
            targets: .classes(labels, names: (0..<classes).map(String.init)))
    }
}
