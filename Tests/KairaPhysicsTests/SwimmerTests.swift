import Foundation
import KairaPhysics
import Testing

@Suite struct SwimmerTests {
    /// Nodes of `waves` waves y = b sin(kx - wt) on x, k = w = 1, and how they move in the frame of the material, whose
    /// points do not slide along the wave: in it the wave runs at c and the shape's points have (0, -b cos).
    static func wave(
        _ bk: Double, waves: Int, nodes: Int, time: Double, standing: Bool = false
    ) -> (points: [SIMD3<Double>], velocities: [SIMD3<Double>]) {
        var points: [SIMD3<Double>] = []
        var velocities: [SIMD3<Double>] = []
        for i in 0...nodes {
            let x = 2 * Double.pi * Double(waves) * Double(i) / Double(nodes)
            if standing {
                points.append(SIMD3(x, bk * sin(x) * cos(time), 0))
                velocities.append(SIMD3(0, -bk * sin(x) * sin(time), 0))
            } else {
                points.append(SIMD3(x, bk * sin(x - time), 0))
                velocities.append(SIMD3(0, -bk * cos(x - time), 0))
            }
        }
        return (points, velocities)
    }

    /// An inextensible filament's points slide back along the wave: they follow the wave's frame at speed Q.
    static func speed(_ bk: Double, ratio: Double) -> Double {
        // In the wave's frame material runs along the curve at Q = c <(1 + y'^2)^(1/2)>; in the frame of the wave's mean
        // material velocity it is c - Q t. c = 1.
        let nodes = 4000
        let (points, _) = wave(bk, waves: 1, nodes: nodes, time: 0)
        var arc = 0.0
        for i in 1...nodes { arc += norm(points[i] - points[i - 1]) }
        let q = arc / (2 * .pi)
        let velocities = (0...nodes).map { i in
            let slope = bk * cos(2 * .pi * Double(i) / Double(nodes))
            let t = SIMD3(1, slope, 0) / (1 + slope * slope).squareRoot()
            return SIMD3(1.0, 0, 0) - q * t
        }
        let drag = ResistiveForce(along: ratio, across: 1)
        return -drag.freeSpeed(points: points, velocities: velocities, along: SIMD3(1, 0, 0))
    }

    /// Oracle: U/c = (1-B)(1-r)/(1-B+rB), B = <(1+y'^2)^-1/2> / <(1+y'^2)^1/2>, averages by the midpoint rule; against
    /// the wave. Exact for resistive-force theory. Gray and Hancock's closed form beside it, with its own error.
    @Test("a filament with a travelling wave swims at Gray and Hancock's speed", arguments: [0.25, 0.5, 1, 2])
    func grayHancock(bk: Double) {
        var (a, b) = (0.0, 0.0)
        for i in 0..<10_000 {
            let slope = bk * cos(2 * .pi * (Double(i) + 0.5) / 10_000)
            a += 1 / (1 + slope * slope).squareRoot()
            b += (1 + slope * slope).squareRoot()
        }
        let ratio = 0.5
        let mean = a / b
        let exact = (1 - mean) * (1 - ratio) / (1 - mean + ratio * mean)
        let measured = Self.speed(bk, ratio: ratio)
        #expect(report("swimming speed over wave speed, bk = \(bk), exact", measured, expected: exact) < 1e-5)
        let closed = bk * bk / 2 / (1 + bk * bk)
        #expect(report("swimming speed over wave speed, bk = \(bk), Gray-Hancock", measured, expected: closed) < 0.05)
    }

    /// Oracle: Taylor 1951, U = (1/2) w k b^2 (1 - (19/16) b^2 k^2), for bk < 0.35 where a filament of drag ratio 1/2
    /// agrees with a sheet.
    @Test("a small wave swims at Taylor's speed", arguments: [0.1, 0.2, 0.3])
    func taylor(bk: Double) {
        let exact = bk * bk / 2 * (1 - 19 / 16 * bk * bk)
        #expect(report("swimming speed, bk = \(bk), Taylor", Self.speed(bk, ratio: 0.5), expected: exact) < 0.05)
    }

    /// Carries a filament along by its own free motion and returns the way made in a beat, metres; c = 1, so a beat's
    /// wave makes 2 pi.
    static func beat(steps: Int, standing: Bool, reversed: Bool = false) -> SIMD3<Double> {
        let drag = ResistiveForce(along: 0.5, across: 1)
        var position = SIMD3<Double>.zero
        var frame = SIMD4<Double>(0, 0, 0, 1)
        let h = 2 * Double.pi / Double(steps)
        for k in 0..<steps {
            let t = (Double(k) + 0.5) * h
            var (points, velocities) = wave(0.6, waves: 3, nodes: 300, time: reversed ? -t : t, standing: standing)
            if reversed { velocities = velocities.map { -$0 } }
            points = points.map { $0 - SIMD3(3 * .pi, 0, 0) }
            let motion = drag.freeMotion(points: points, velocities: velocities)
            // The midpoint rule on the pose.
            let half = motion.spin * h / 2
            let mid = normalizedQuaternion(hamilton(frame, SIMD4(half.x / 2, half.y / 2, half.z / 2, 1)))
            position += turned(mid, motion.velocity) * h
            frame = normalizedQuaternion(hamilton(frame, SIMD4(half.x, half.y, half.z, 1)))
        }
        return position
    }

    /// Oracle: Purcell's scallop theorem (1977): a stroke that is its own reverse makes no way.
    @Test("a reciprocal stroke goes nowhere")
    func reciprocal() {
        let way = norm(Self.beat(steps: 400, standing: true)) / (2 * .pi)
        report("way in a reciprocal beat over the wave's", way, expected: 0)
        #expect(way <= 1e-6)
    }

    /// Oracle: Stokes flow has no time: the reversed wave makes the opposite way.
    @Test("a reversed wave swims the other way, equally far")
    func reversal() {
        let forth = Self.beat(steps: 200, standing: false)
        let back = Self.beat(steps: 200, standing: false, reversed: true)
        report("way of a beat", norm(forth), expected: norm(back))
        #expect(norm(forth) > 0.1)
        #expect(norm(forth + back) < 1e-3 * norm(forth))
        #expect(forth.x < 0, "against the wave, which runs to +x")
    }

    /// Oracle: Stokes's drag and the force-free condition: the swimmer's total drag is zero, seen by its centre of drag
    /// not moving when it only bends by passive relaxation, and by elastic flagella swimming against their wave.
    @Test("elastic flagella push the body against their wave", arguments: [1.0, -1.0])
    func elastic(sense: Double) throws {
        let fluid = ResistiveForce(viscosity: 1, wavelength: 0.5, radius: 0.005)
        var swimmer = Swimmer(body: .sphere(radius: 0.05, viscosity: 1), step: 1.0 / 500)
        var drive = FlagellarDrive()
        drive.amplitude = 10
        drive.wavelength = 0.5 * sense
        drive.frequency = 1
        let material = RodMaterial<Double>(
            stretch: 1e4, shear: 1e4, bend: SIMD2(0.5, 0.5), twist: 0.5, lineDensity: 0, lineInertia: 0)
        try swimmer.addFlagellum(
            base: SIMD3(-0.05, 0, 0), direction: SIMD3(-1, 0, 0), length: 1, segments: 50, material: material,
            fluid: fluid, drive: drive)
        for _ in 0..<2000 { swimmer.advance(by: 1.0 / 500) }
        let start = swimmer.position
        for _ in 0..<2000 { swimmer.advance(by: 1.0 / 500) }
        let way = swimmer.position - start
        let axis = turned(swimmer.orientation, SIMD3(1, 0, 0))
        let ahead = (way * axis).sum() / 4 / 0.5
        print("figure: elastic flagellum, wave sense \(sense): speed ahead over wave speed \(ahead)")
        #expect(sense > 0 ? ahead > 0.02 : ahead < -0.02)
        // Inextensible within a thousandth.
        let nodes = swimmer.flagella[0]
        var longest = 0.0
        var before = swimmer.base(of: 0)
        for i in nodes {
            longest = max(longest, abs(norm(swimmer.points[i] - before) / 0.02 - 1))
            before = swimmer.points[i]
        }
        #expect(longest < 1e-3)
    }

    /// Oracle: Stokes: force-free relaxation keeps the sum of drag times displacement at zero. All drags equal here, so
    /// the weighted mean of all points stands still while bent flagella straighten.
    @Test("a body and its flagella have no net force")
    func forceFree() throws {
        let fluid = ResistiveForce(along: 2, across: 2)
        let body = BodyDrag(along: 0.7, across: 0.7, spinAlong: 0.01, spinAcross: 0.01)
        var swimmer = Swimmer(body: body, step: 1.0 / 200)
        let material = RodMaterial<Double>(
            stretch: 1e4, shear: 1e4, bend: SIMD2(0.5, 0.5), twist: 0.5, lineDensity: 0, lineInertia: 0)
        var drive = FlagellarDrive()
        drive.amplitude = 8
        drive.wavelength = 0.6
        drive.frequency = 1
        let f = try swimmer.addFlagellum(
            base: SIMD3(-0.05, 0.02, 0), direction: SIMD3(-1, 0.3, 0), length: 0.6, segments: 30, material: material,
            fluid: fluid, drive: drive)
        try swimmer.addBranch(
            at: swimmer.flagella[f].lowerBound + 14, angle: SIMD3(0.7, 0, 0), length: 0.3, segments: 15,
            material: material, fluid: fluid, drive: drive)
        func centre() -> SIMD3<Double> {
            var (sum, weight) = (0.7 * swimmer.position, 0.7)
            for nodes in swimmer.flagella {
                for i in nodes {
                    // Each segment's drag 2 l, half at each end.
                    let start =
                        i == nodes.lowerBound
                        ? swimmer.base(of: nodes == swimmer.flagella[0] ? 0 : 1)
                        : swimmer.points[i - 1]
                    sum += 0.02 * (swimmer.points[i] + start)
                    weight += 0.04
                }
            }
            return sum / weight
        }
        let before = centre()
        for _ in 0..<400 { swimmer.advance(by: 1.0 / 200) }
        let drift = norm(centre() - before)
        print("figure: drift of the centre of drag in two beats \(drift) m, body moved \(norm(swimmer.position)) m")
        #expect(norm(swimmer.position) > 1e-3)
        // The lever of the body's turn is linear in a step: second order in it remains.
        #expect(drift < 1e-3 * norm(swimmer.position) + 1e-5)
    }

    /// Oracle: the sphere is the spheroid's limit; a needle's drag ratio tends to 1/2 (slender-body theory).
    @Test("drag of a spheroid has the right limits")
    func spheroid() {
        let ball = BodyDrag.sphere(radius: 1, viscosity: 1)
        let near = BodyDrag.prolate(long: 1.01, short: 1, viscosity: 1)
        #expect(report("spheroid 1.01, along", near.along, expected: ball.along) < 0.01)
        #expect(report("spheroid 1.01, across", near.across, expected: ball.across) < 0.01)
        #expect(report("spheroid 1.01, spin along", near.spinAlong, expected: ball.spinAlong) < 0.03)
        #expect(report("spheroid 1.01, spin across", near.spinAcross, expected: ball.spinAcross) < 0.03)
        // ln(2a/b) - 1/2 over ln(2a/b) + 1/2, times 2 (Cox 1970).
        let needle = BodyDrag.prolate(long: 1000, short: 1, viscosity: 1)
        let slender = log(2000.0)
        #expect(
            report("needle's drag ratio", needle.across / needle.along, expected: 2 * (slender - 0.5) / (slender + 0.5))
                < 1e-3)
    }
}

func hamilton(_ p: SIMD4<Double>, _ q: SIMD4<Double>) -> SIMD4<Double> {
    let (u, v) = (SIMD3(p.x, p.y, p.z), SIMD3(q.x, q.y, q.z))
    let i = p.w * v + q.w * u + crossed(u, v)
    return SIMD4(i.x, i.y, i.z, p.w * q.w - (u * v).sum())
}

func normalizedQuaternion(_ q: SIMD4<Double>) -> SIMD4<Double> { q / (q * q).sum().squareRoot() }
