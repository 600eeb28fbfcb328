import KairaGeometry

extension Person {
    /// Poses at the ends of what people do; anatomically possible, elbows and knees bend about their hinges.
    static let named: [(name: String, person: Person)] = [
        ("t-pose", Person()),
        ("arms up", arms(abduct: 85)), ("arms straight up, elbows 20", arms(abduct: 85, elbow: 20)),
        ("arms down", arms(abduct: -85)), ("arms forward at the camera", arms(forward: 90)),
        ("hands on the head", arms(abduct: 30, twist: -80, elbow: 130)),
        ("hands on the hips", arms(abduct: -50, twist: 70, elbow: 90)),
        ("hands behind the back", arms(abduct: -75, forward: -30, twist: 85, elbow: 95)),
        ("arms crossed", arms(abduct: -50, forward: 55, twist: 30, elbow: 105)),
        ("arms stretched back", arms(abduct: -60, forward: -45)),
        ("nearly straight", bent(2)), ("hardly bent", bent(6)), ("slightly bent", bent(11)),
        ("squat", legs(flex: 115, knee: 140, foot: -25, spread: 15)), ("sitting", legs(flex: 90, knee: 90)),
        ("kneeling", legs(flex: 5, knee: 120, foot: 40)), ("high kick", kick()),
        ("split", legs(flex: 0, knee: 0, spread: 65)),
        ("legs crossed", legs(flex: 20, knee: 30, spread: -20)),
        ("turned 90", turned([0, 1, 0], 90)), ("turned 180", turned([0, 1, 0], 180)),
        ("turned 181", turned([0, 1, 0], 181)), ("turned -90", turned([0, 1, 0], -90)),
        ("on the back", turned([1, 0, 0], -90)), ("on the front", turned([1, 0, 0], 90)),
        ("on the left side", turned([0, 0, 1], -90)), ("on the right side", turned([0, 0, 1], 90)),
        ("handstand", turned([1, 0, 0], 180)),
        ("bent forward", trunk([1, 0, 0], 60, pelvis: 45)), ("bent back", trunk([1, 0, 0], -25)),
        ("bent aside", trunk([0, 0, 1], 30)), ("twisted", trunk([0, 1, 0], 45)),
        ("discus", trunk([0.4, 1, -0.3], 45)),
    ]

    private static func arms(abduct: Double = 0, forward: Double = 0, twist: Double = 0, elbow: Double = 3) -> Person {
        var p = Person()
        // The left arm; the twist turns the hand of a bent elbow down.
        let upper = Turn([0, -1, 0], forward) * Turn([0, 0, 1], abduct) * Turn([1, 0, 0], twist)
        let limb = Limb(upper: upper, lower: Turn([0, -1, 0], elbow), end: Turn())
        p.arms = [limb, Limb(upper: upper.mirrored, lower: limb.lower.mirrored, end: Turn())]
        return p
    }

    private static func bent(_ angle: Double) -> Person {
        var p = arms(abduct: -40, forward: 20, twist: 25, elbow: angle)
        p.legs = legs(flex: 10, knee: angle).legs
        return p
    }

    private static func legs(flex: Double, knee: Double, foot: Double = 0, spread: Double = 5) -> Person {
        var p = arms(abduct: -60, elbow: 30)
        let upper = Turn([-1, 0, 0], flex) * Turn([0, 0, 1], spread)
        let lower = Turn([1, 0, 0], knee), end = Turn([1, 0, 0], foot)
        p.legs = [
            Limb(upper: upper, lower: lower, end: end), Limb(upper: upper.mirrored, lower: lower, end: end),
        ]
        return p
    }

    private static func kick() -> Person {
        var p = legs(flex: 0, knee: 3)
        p.legs[1] = legs(flex: 115, knee: 4, foot: 30).legs[1]
        return p
    }

    private static func turned(_ axis: SIMD3<Double>, _ angle: Double) -> Person {
        var p = legs(flex: 25, knee: 40)
        p.pelvis = Turn(axis, angle)
        return p
    }

    private static func trunk(_ axis: SIMD3<Double>, _ angle: Double, pelvis: Double = 0) -> Person {
        var p = legs(flex: 10 + pelvis, knee: 15)
        p.pelvis = Turn([1, 0, 0], pelvis)
        p.trunk = Turn(axis, angle)
        return p
    }

    /// Limbs anywhere inside healthy adults' ranges (AAOS), the body any way round; elbows and knees from `straightest`.
    static func random(_ g: inout Seeded, straightest: Double = 12) -> Person {
        func pick(_ a: Double, _ b: Double) -> Double { Double.random(in: a...b, using: &g) }
        var p = Person()
        p.pelvis = Turn([pick(-1, 1), pick(-1, 1), pick(-1, 1) + 0.01], pick(-180, 180))
        p.trunk = Turn([0, 0, 1], pick(-25, 25)) * Turn([0, 1, 0], pick(-40, 40)) * Turn([1, 0, 0], pick(-15, 35))
        p.head = Turn([0, 1, 0], pick(-60, 60)) * Turn([1, 0, 0], pick(-30, 30)) * Turn([0, 0, 1], pick(-20, 20))
        for side in 0...1 {
            // The arm's direction in a cone round forward and aside, the swing by the shortest way, then its twist.
            let v: SIMD3<Double> = [0.001, pick(-110, 40), pick(-80, 80)]
            let arm = Limb(
                upper: Turn(v, (v * v).sum().squareRoot()) * Turn([1, 0, 0], pick(-80, 80)),
                lower: Turn([0, -1, 0], pick(straightest, 145)),
                end: Turn([1, 0, 0], pick(-70, 70)) * Turn([0, 0, 1], pick(-50, 50)) * Turn([0, 1, 0], pick(-15, 15)))
            let w: SIMD3<Double> = [-pick(-25, 110), 0.001, pick(-20, 40)]
            let leg = Limb(
                upper: Turn(w, (w * w).sum().squareRoot()) * Turn([0, 1, 0], pick(-40, 40)),
                lower: Turn([1, 0, 0], pick(straightest, 140)),
                end: Turn([1, 0, 0], pick(-25, 40)) * Turn([0, 0, 1], pick(-15, 15)) * Turn([0, 1, 0], pick(-20, 20)))
            func flip(_ l: Limb) -> Limb {
                Limb(upper: l.upper.mirrored, lower: l.lower.mirrored, end: l.end.mirrored)
            }
            p.arms[side] = side == 0 ? arm : flip(arm)
            p.legs[side] = side == 0 ? leg : flip(leg)
        }
        return p
    }
}
