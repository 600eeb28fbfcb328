import Foundation
import KairaTensor

/// What Adam and AdamW gather: one pair of moments a parameter, and the steps each has taken.
struct AdamMoments<Scalar: TensorReal>: Sendable {
    private struct Moments: Sendable {
        var first, second: Tensor<Scalar>
        var steps = 0
    }

    private var all: [Moments?] = []

    init() {}

    mutating func update<M: Module>(
        _ model: inout M, along gradients: Gradients<Scalar>, rate: Double, betas: (Double, Double), epsilon: Double,
        decay: Double, decoupled: Bool
    ) where M.Scalar == Scalar {
        while all.count < gradients.values.count { all.append(nil) }
        model.step(along: gradients) { place, parameter, gradient in
            var moments =
                all[place] ?? Moments(first: Tensor(zeros: parameter.shape), second: Tensor(zeros: parameter.shape))
            // Taken out, so that the memory has one owner and is changed in place.
            all[place] = nil
            require(
                moments.first.shape == parameter.shape,
                "moments of shape \(moments.first.shape) for a parameter of shape \(parameter.shape)")
            moments.steps += 1
            let corrections = (1 - pow(betas.0, Double(moments.steps)), 1 - pow(betas.1, Double(moments.steps)))
            parameter.adam(
                along: gradient, rate: rate, betas: betas, epsilon: epsilon, decay: decay, decoupled: decoupled,
                corrections: corrections, first: &moments.first, second: &moments.second)
            all[place] = moments
        }
    }

    /// The moments' shapes, one a parameter.
    var shapes: [[Int]?] { all.map { $0?.first.shape } }

    func state(_ name: String) -> StateDictionary<Scalar> {
        var state = StateDictionary<Scalar>()
        state.metadata["optimizer"] = name
        state.metadata["parameters"] = "\(all.count)"
        for (place, moments) in all.enumerated() {
            guard let moments else { continue }
            state["first.\(place)"] = moments.first
            state["second.\(place)"] = moments.second
            state.metadata["steps.\(place)"] = "\(moments.steps)"
        }
        return state
    }

    init(_ state: StateDictionary<Scalar>, _ name: String) throws(LearningError) {
        guard state.metadata["optimizer"] == name else {
            throw .state("it is one of \(state.metadata["optimizer"] ?? "no optimiser") instead of \(name)")
        }
        let count = try state.count("parameters")
        guard count <= 1_000_000 else { throw .state("\(count) parameters") }
        for place in 0..<count {
            guard let first = state["first.\(place)"], let second = state["second.\(place)"] else {
                all.append(nil)
                continue
            }
            guard first.shape == second.shape else {
                throw .state("moments of shapes \(first.shape) and \(second.shape) for parameter \(place)")
            }
            all.append(Moments(first: first, second: second, steps: try state.count("steps.\(place)")))
        }
    }
}
