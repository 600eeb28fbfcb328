extension Rods {
    /// Newton's iterations at most in a substep; a calm rod takes one.
    private static var mostIterations: Int { 10 }

    /// Implicit Euler on a whole tree: the state of least m |x - predicted|^2 / (2 h^2) + energy, by Newton's method from
    /// the predicted one.
    ///
    /// The matrix is that of the second derivatives with the part that the present forces add (geometric stiffness);
    /// where it is not positive definite, as in a buckling rod, Gauss and Newton's is, which leaves that part out. Each
    /// step goes down in the energy, or is halved until it does. Iterations end when the step was as good as Newton's
    /// model says. At rest the forces balance exactly, whatever the step.
    mutating func solveDirect(
        _ tree: Int, _ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Double
    ) {
        let range = direct[tree]
        for i in range {
            let (x, q) = (wide(positions[Int(particles[i])]), wide(orientations[i]))
            room.predicted[i] = x
            room.predictedFrames[i] = q
            room.places[i] = x
            room.frames[i] = q
            let w = Double(inverseMasses[Int(particles[i])])
            room.masses[i] = w > 0 ? 1 / (w * h * h) : 0
            room.begun[i] = wide(start[Int(particles[i])])
            room.inertias[i] = turns(i) ? Double(inertias[i]) / (h * h) : 0
        }
        for i in range where parents[i] >= 0 && dampings[i] > 0 {
            let parent = Int(parents[i])
            let (q, other) = (wide(substepStart[i]), wide(substepStart[parent]))
            room.stretchesBefore[i] = RodElement.stretch(
                room.begun[parent], room.begun[i], q, length: Double(lengths[i]))
            room.turnsBefore[i] = imaginary(RodElement.turn(other, q, rest: wide(rests[i])))
        }
        var isDone = false
        for _ in 0..<Self.mostIterations where !isDone { isDone = iterate(tree, h: h) }
        if !isDone { startAgain(tree, h: h) }
        for i in range {
            let p = Int(particles[i])
            if inverseMasses[p] > 0 { positions[p] = narrow(room.places[i]) }
            guard turns(i) else { continue }
            let q = room.frames[i]
            orientations[i] = SIMD4(Scalar(q.x), Scalar(q.y), Scalar(q.z), Scalar(q.w))
        }
    }

    /// One iteration on a tree's present state.
    ///
    /// - Returns: whether it was the last: nothing goes further down, or the energy fell as Newton's model says.
    private mutating func iterate(_ tree: Int, h: Double) -> Bool {
        let range = direct[tree]
        let value = assemble(tree, h: h, geometric: 1)
        var slope = systems[tree].solve()
        if slope == nil {
            _ = assemble(tree, h: h, geometric: 0)
            slope = systems[tree].solve()
        }
        guard let slope, slope > 0, slope < .infinity else { return true }
        var share = 1.0
        var next = 0.0
        for _ in 0..<8 {
            moveTrial(tree, share: share)
            next = energy(range, h: h, places: room.trialPlaces, frames: room.trialFrames)
            // Below rounding nothing can be compared.
            if next <= value - 1e-4 * share * slope || slope < 1e-14 * value { break }
            share /= 2
        }
        guard next <= value || slope < 1e-14 * value else { return true }
        var motion = 0.0
        for i in range {
            room.places[i] = room.trialPlaces[i]
            room.frames[i] = room.trialFrames[i]
            let way = room.places[i] - room.begun[i]
            motion += room.masses[i] * dot(way, way) / 2
        }
        // What the model left out, e, is of the third order; the next step would bring some 9 e^2 / (2 slope), and energy
        // is off by twice the root of that times the energy of motion. A thousandth of the latter is allowed a substep.
        let excess = value - next - slope / 2
        return share == 1 && excess * excess <= 1e-7 * motion * slope + 1e-24 * value * value
    }

    /// Where the way from the predicted state was too long, tries that from the substep's start, and takes the better end.
    private mutating func startAgain(_ tree: Int, h: Double) {
        let range = direct[tree]
        let reached = energy(range, h: h, places: room.places, frames: room.frames)
        for i in range {
            room.reached[i] = room.places[i]
            room.reachedFrames[i] = room.frames[i]
            room.places[i] = room.begun[i]
            room.frames[i] = wide(substepStart[i])
            if room.masses[i] == 0 { room.places[i] = room.predicted[i] }
            if room.inertias[i] == 0 { room.frames[i] = room.predictedFrames[i] }
        }
        var isDone = false
        for _ in 0..<Self.mostIterations where !isDone { isDone = iterate(tree, h: h) }
        guard energy(range, h: h, places: room.places, frames: room.frames) > reached else { return }
        for i in range {
            room.places[i] = room.reached[i]
            room.frames[i] = room.reachedFrames[i]
        }
    }

    /// Whether a node's frame is free.
    @inline(__always) func turns(_ i: Int) -> Bool { parents[i] >= 0 && !isHeld[i] }

    /// Moves the trial state a share of the way that the solution shows.
    private mutating func moveTrial(_ tree: Int, share: Double) {
        let range = direct[tree]
        for i in range {
            let node = i - range.lowerBound
            room.trialPlaces[i] = room.places[i]
            if room.masses[i] > 0 { room.trialPlaces[i] += share * systems[tree].solution(node, 0) }
            room.trialFrames[i] = room.frames[i]
            guard turns(i) else { continue }
            let t = systems[tree].solution(node, 3) * (share / 2)
            room.trialFrames[i] = normalized(product(room.frames[i], SIMD4(t.x, t.y, t.z, 1)))
        }
    }

    /// Sets up a tree's system at its present places.
    ///
    /// - Returns: the energy there.
    private mutating func assemble(_ tree: Int, h: Double, geometric: Double) -> Double {
        let range = direct[tree]
        let first = range.lowerBound
        systems[tree].clear()
        var sum = 0.0
        for i in range {
            let (m, j) = (room.masses[i], room.inertias[i])
            let away = room.places[i] - room.predicted[i]
            let turned = turn(from: room.predictedFrames[i], to: room.frames[i])
            // Energy 2 j |v|^2 of the turn (v, w), 2 |v| being its angle but for the third order.
            let push = imaginary(turned) * (-2 * j * turned.w)
            systems[tree].addMass(i - first, place: m > 0 ? m : 1, turn: j > 0 ? j : 1)
            systems[tree].addRight(i - first, 0, -m * away)
            systems[tree].addRight(i - first, 3, push)
            sum += m * dot(away, away) / 2 + 2 * j * dot(imaginary(turned), imaginary(turned))
        }
        for i in range where parents[i] >= 0 {
            let parent = Int(parents[i])
            let q = room.frames[i]
            let length = Double(lengths[i])
            let lag = Double(dampings[i]) / h
            let strain = RodElement.stretch(room.places[parent], room.places[i], q, length: length)
            // Damping acts as more stiffness against the strain's change: target = (1 + lag) strain - lag before.
            let target = lag > 0 ? strain - (lag / (1 + lag)) * room.stretchesBefore[i] : strain
            let stiffness = wide(stretchStiffnesses[i]) * (length * (1 + lag))
            systems[tree].addStretch(
                node: i - first, parent: parent - first, rotation: RodElement.Block(q), strain: strain,
                target: target, stiffness: stiffness, length: length, freeStart: room.masses[parent] > 0 ? 1 : 0,
                freeEnd: room.masses[i] > 0 ? 1 : 0, freeTurn: room.inertias[i] > 0 ? 1 : 0, geometric: geometric)
            sum += dot(target, stiffness * target) / 2
            guard holdsTurn[i] else { continue }
            let rest = wide(rests[i])
            let turn = RodElement.turn(room.frames[parent], q, rest: rest)
            let bend = lag > 0 ? imaginary(turn) - (lag / (1 + lag)) * room.turnsBefore[i] : imaginary(turn)
            let resistance = wide(bendStiffnesses[i]) * (4 * (1 + lag) / Double(jointLengths[i]))
            systems[tree].addTurn(
                node: i - first, parent: parent - first, turn: turn, rest: rest, target: bend, stiffness: resistance,
                freeParent: room.inertias[parent] > 0 ? 1 : 0, freeTurn: room.inertias[i] > 0 ? 1 : 0,
                geometric: geometric)
            sum += dot(bend, resistance * bend) / 2
        }
        return sum
    }

    /// What `assemble` returns, at other places.
    private func energy(
        _ range: Range<Int>, h: Double, places: [SIMD3<Double>], frames: [SIMD4<Double>]
    ) -> Double {
        var sum = 0.0
        for i in range {
            let away = places[i] - room.predicted[i]
            let v = imaginary(product(conjugate(room.predictedFrames[i]), frames[i]))
            sum += room.masses[i] * dot(away, away) / 2 + 2 * room.inertias[i] * dot(v, v)
            let parent = Int(parents[i])
            guard parent >= 0 else { continue }
            let lag = Double(dampings[i]) / h
            let length = Double(lengths[i])
            var strain = RodElement.stretch(places[parent], places[i], frames[i], length: length)
            if lag > 0 { strain -= (lag / (1 + lag)) * room.stretchesBefore[i] }
            sum += dot(strain, wide(stretchStiffnesses[i]) * strain) * (length * (1 + lag) / 2)
            guard holdsTurn[i] else { continue }
            var bend = imaginary(RodElement.turn(frames[parent], frames[i], rest: wide(rests[i])))
            if lag > 0 { bend -= (lag / (1 + lag)) * room.turnsBefore[i] }
            sum += dot(bend, wide(bendStiffnesses[i]) * bend) * (2 * (1 + lag) / Double(jointLengths[i]))
        }
        return sum
    }

    /// The turn between two frames, real part not below zero.
    @inline(__always)
    private func turn(from old: SIMD4<Double>, to new: SIMD4<Double>) -> SIMD4<Double> {
        let d = product(conjugate(old), new)
        return d.w < 0 ? -d : d
    }

    @inline(__always) func wide(_ v: SIMD3<Scalar>) -> SIMD3<Double> { SIMD3(Double(v.x), Double(v.y), Double(v.z)) }

    @inline(__always) func wide(_ q: SIMD4<Scalar>) -> SIMD4<Double> {
        SIMD4(Double(q.x), Double(q.y), Double(q.z), Double(q.w))
    }

    @inline(__always) func narrow(_ v: SIMD3<Double>) -> SIMD3<Scalar> {
        SIMD3(Scalar(v.x), Scalar(v.y), Scalar(v.z))
    }
}

extension BlockTree {
    /// Adds inertia over the step squared to a node's diagonal.
    @inline(__always)
    mutating func addMass(_ node: Int, place: Double, turn: Double) {
        for k in 0..<3 {
            rows[Self.row(node, k) + k] += place
            rows[Self.row(node, k + 3) + k + 3] += turn
        }
    }
}
