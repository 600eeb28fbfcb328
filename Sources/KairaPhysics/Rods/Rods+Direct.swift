extension Rods {
    /// One Newton step of implicit Euler on a whole tree: (M / h^2 + K) d = -gradient, with exact forces and the
    /// Gauss-Newton matrix. At rest the forces balance exactly, whatever the step.
    mutating func solveDirect(
        _ tree: Int, _ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Double
    ) {
        let range = direct[tree]
        let first = range.lowerBound
        let rate = 1 / (h * h)
        systems[tree].clear()
        for i in range {
            let node = i - first
            let w = Double(inverseMasses[Int(particles[i])])
            let place = w > 0 ? rate / w : 1
            let turn = parents[i] >= 0 ? Double(inertias[i]) * rate : 1
            systems[tree].addMass(node, place: place, turn: turn)
        }
        for i in range where parents[i] >= 0 {
            let parent = Int(parents[i])
            let (a, b) = (Int(particles[parent]), Int(particles[i]))
            let q = wide(orientations[i])
            let length = Double(lengths[i])
            let rotation = RodElement.Block(q)
            let strain = RodElement.stretch(wide(positions[a]), wide(positions[b]), q, length: length)
            let lag = Double(dampings[i]) / h
            var target = strain
            if lag > 0 {
                let old = wide(substepStart[i])
                let before = RodElement.stretch(wide(start[a]), wide(start[b]), old, length: length)
                target += lag * (strain - before)
            }
            // Damping acts as more stiffness against the strain's change: target = (1 + lag) strain - lag before.
            let stiffness = wide(stretchStiffnesses[i]) * length
            systems[tree].addStretch(
                node: i - first, parent: parent - first, rotation: rotation, strain: strain,
                target: target / (1 + lag), stiffness: stiffness * (1 + lag), length: length,
                freeStart: inverseMasses[a] > 0 ? 1 : 0, freeEnd: inverseMasses[b] > 0 ? 1 : 0, freeTurn: 1)
            guard holdsTurn[i] else { continue }
            let other = wide(orientations[parent])
            let rest = wide(rests[i])
            let turn = RodElement.turn(other, q, rest: rest)
            var wanted = imaginary(turn)
            if lag > 0 {
                let before = RodElement.turn(wide(substepStart[parent]), wide(substepStart[i]), rest: rest)
                wanted += lag * (wanted - imaginary(before))
            }
            systems[tree].addTurn(
                node: i - first, parent: parent - first, turn: turn, rest: rest, target: wanted / (1 + lag),
                stiffness: wide(bendStiffnesses[i]) * (4 * (1 + lag) / Double(jointLengths[i])),
                freeParent: parents[parent] >= 0 ? 1 : 0, freeTurn: 1)
        }
        systems[tree].solve()
        for i in range {
            let p = Int(particles[i])
            if inverseMasses[p] > 0 { positions[p] += narrow(systems[tree].solution(i - first, 0)) }
            guard parents[i] >= 0 else { continue }
            let t = systems[tree].solution(i - first, 3) * 0.5
            let q = wide(orientations[i])
            let turned = normalized(product(q, SIMD4(t.x, t.y, t.z, 1)))
            orientations[i] = SIMD4(Scalar(turned.x), Scalar(turned.y), Scalar(turned.z), Scalar(turned.w))
        }
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
