import Foundation
import KairaLearning
import Testing

@Suite struct DescentTests {
    /// Oracle: closed form. On x^2 / 2 each step multiplies x by 1 - a, so x_n = (1 - a)^n x_0.
    @Test(
        "x after n steps is (1 - a)^n",
        arguments: [(0.01, 100), (0.1, 10), (1.0, 1), (1.5, 20), (2.0, 7), (2.1, 50)])
    func rates(rate: Double, steps: Int) throws {
        let path = GradientDescent(rate: rate, steps: steps).walk(from: [1]) { Quadratic.unit.gradient(at: $0) }
        let expected = pow(1 - rate, Double(steps)), last = try #require(path.points.last)
        #expect(path.points.count == steps + 1)
        #expect(abs(last[0] - expected) <= 1e-12 * max(abs(expected), 1))
    }

    /// Oracle: the numbers of the notes, from the closed form: .366, .349 and 117.
    @Test("the chapter's numbers") func numbers() throws {
        func end(_ rate: Double, _ steps: Int) -> Double {
            GradientDescent(rate: rate, steps: steps).walk(from: [1]) { Quadratic.unit.gradient(at: $0) }.points[steps][
                0]
        }
        #expect(abs(end(0.01, 100) - 0.3660323) < 5e-8)
        #expect(abs(end(0.1, 10) - 0.3486784) < 5e-8)
        #expect(end(1, 1) == 0)
        #expect(abs(abs(end(2.1, 50)) - 117.39) < 0.005)
    }

    /// Oracle: the sign and size of 1 - a say which of the four it is.
    @Test(
        "the four behaviours of the rate",
        arguments: [
            (0.01, DescentPath.Behaviour.tooSmall), (0.1, .converging), (0.5, .converging), (1.5, .oscillating),
            (1.9, .oscillating), (2.0, .oscillating), (2.1, .diverging), (1e200, .diverging),
        ])
    func behaviours(rate: Double, behaviour: DescentPath.Behaviour) {
        let path = GradientDescent(rate: rate, steps: 100).walk(from: [1]) { Quadratic.unit.gradient(at: $0) }
        #expect(path.behaviour == behaviour)
    }

    /// Oracle: closed form; the factors are 1 - a / 10 and 1 - 2a.
    @Test("in a valley each axis has its own factor", arguments: [0.1, 0.45, 0.9, 0.99, 1.01])
    func valley(rate: Double) {
        #expect(
            zip(Quadratic.valley.factors(rate: rate), [1 - rate / 10, 1 - 2 * rate]).allSatisfy { abs($0 - $1) < 1e-15 }
        )
        let path = GradientDescent(rate: rate, steps: 30).walk(from: [-7, 2]) { Quadratic.valley.gradient(at: $0) }
        for (n, point) in path.points.enumerated() {
            let x = -7 * pow(1 - rate / 10, Double(n)), y = 2 * pow(1 - 2 * rate, Double(n))
            #expect(abs(point[0] - x) < 1e-12 && abs(point[1] - y) < 1e-12)
        }
        #expect((path.behaviour == .diverging) == (rate > Quadratic.valley.largestRate))
    }

    @Test("it stops at the tolerance, and where numbers end") func ends() {
        let near = GradientDescent(rate: 0.5, steps: 1000, tolerance: 0.01).walk(from: [1]) { $0 }
        // 0.5^7 is the first power below 0.01.
        #expect(near.points.count == 8)
        let far = GradientDescent(rate: 1e300, steps: 1000).walk(from: [1]) { $0 }
        #expect(far.points.count < 10)
        #expect(far.behaviour == .diverging)
    }

    /// Oracle: 1.12 says that df is least against the gradient; every other direction is tried.
    @Test("straight against the gradient is steepest") func steepest() {
        let at = [1.3, -0.4], g = Quadratic.valley.gradient(at: at)
        let length = (g[0] * g[0] + g[1] * g[1]).squareRoot(), h = 1e-6
        func drop(_ angle: Double) -> Double {
            Quadratic.valley([at[0] + h * cos(angle), at[1] + h * sin(angle)]) - Quadratic.valley(at)
        }
        let down = atan2(-g[1], -g[0])
        for degree in 1..<360 { #expect(drop(down) < drop(down + Double(degree) * .pi / 180)) }
        #expect(abs(drop(down) / h + length) < 1e-5)
    }
}
