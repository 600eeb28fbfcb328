extension Swimmer {
    /// One implicit step: (drag / h + K) d = -gradient of the elastic energy about the rest shape of the step's end, K by
    /// Gauss and Newton.
    ///
    /// A drive that is not finite has no such shape: the step is counted as set back and changes nothing.
    mutating func step() {
        guard drives.allSatisfy({ $0.isFinite }) else {
            resets += 1
            return
        }
        let h = clock.step
        copy(points, to: &oldPoints)
        copy(frames, to: &oldFrames)
        time += h
        if isDriven { moveBody() }
        assemble(h)
        guard system.solve() != nil else {
            resets += 1
            return
        }
        for i in points.indices where i > 0 || !isDriven {
            points[i] += system.solution(i, 0)
            let t = system.solution(i, 3) * 0.5
            frames[i] = normalized(product(frames[i], SIMD4(t.x, t.y, t.z, 1)))
        }
        for i in points.indices where !isFinite(points[i]) || !isFinite(frames[i]) {
            copy(oldPoints, to: &points)
            copy(oldFrames, to: &frames)
            resets += 1
            break
        }
        position = points[0]
        orientation = frames[0]
    }

    /// Moves the driven body by its share of the way left.
    private mutating func moveBody() {
        let share = 1 / Double(max(stepsToTarget, 1))
        stepsToTarget = max(stepsToTarget - 1, 0)
        points[0] += (bodyTarget - points[0]) * share
        let (q, t) = (frames[0], bodyTargetFrame)
        let sign: Double = q.x * t.x + q.y * t.y + q.z * t.z + q.w * t.w < 0 ? -1 : 1
        frames[0] = normalized(q + (sign * t - q) * share)
    }

    private mutating func assemble(_ h: Double) {
        let rate = 1 / h
        let freeBody: Double = isDriven ? 0 : 1
        system.clear()
        addBody(rate)
        for i in 1..<points.count {
            let parent = parents[i]
            let onBody = parent == 0
            let q = frames[i]
            let rotation = RodElement.Block(q)
            let from = start(of: i)
            let strain = RodElement.stretch(from, points[i], q, length: lengths[i])
            let free = onBody ? freeBody : 1
            let stiffness = stretchStiffnesses[i] * lengths[i]
            system.addStretch(
                node: i, parent: parent, rotation: rotation, strain: strain, target: strain, stiffness: stiffness,
                length: lengths[i], freeStart: free, freeEnd: 1, freeTurn: 1, geometric: 0)
            let drag = dragBlock(i, rotation)
            system.addDiagonal(i, 0, 0, (rate / 2) * drag)
            system.addDiagonal(i, 3, 3, turnDrag(i, rate))
            if free > 0 { system.addDiagonal(parent, 0, 0, (rate / 2) * drag) }
            if onBody, freeBody > 0 {
                // The start moves with the body's turn too: d start = d centre - R [r]x d turn.
                let lever = (-1.0) * (RodElement.Block(frames[0]) * RodElement.Block(cross: offsets[i]))
                system.addLever(
                    node: i, parent: parent, lever: lever, rotation: rotation, strain: strain, stiffness: stiffness,
                    length: lengths[i], drag: (rate / 2) * drag)
            }
            // The drag of a driven body's share of the first segment needs no row: the body does not move by force.
            let bent = drives[owners[i]].curvature(at: arcs[i] - lengths[i], time: time) * jointLengths[i]
            let rest = normalized(product(rests[i], quaternion(rotation: bent)))
            let turn = RodElement.turn(frames[parent], q, rest: rest)
            system.addTurn(
                node: i, parent: parent, turn: turn, rest: rest, target: imaginary(turn),
                stiffness: bendStiffnesses[i] * (4 / jointLengths[i]), freeParent: free, freeTurn: 1,
                geometric: 0)
        }
    }

    private mutating func addBody(_ rate: Double) {
        guard !isDriven else {
            system.addMass(0, place: 1, turn: 1)
            return
        }
        let r = RodElement.Block(frames[0])
        let drag = SIMD3(bodyDrag.along, bodyDrag.across, bodyDrag.across) * rate
        system.addDiagonal(0, 0, 0, r * r.transposed.scaledRows(drag))
        let s = SIMD3(bodyDrag.spinAlong, bodyDrag.spinAcross, bodyDrag.spinAcross) * rate
        system.addDiagonal(0, 3, 3, RodElement.Block(SIMD3(s.x, 0, 0), SIMD3(0, s.y, 0), SIMD3(0, 0, s.z)))
    }

    /// Drag matrix of a whole segment, world axes.
    private func dragBlock(_ i: Int, _ rotation: RodElement.Block) -> RodElement.Block {
        let d = drags[i]
        return rotation * rotation.transposed.scaledRows(SIMD3(d.across, d.across, d.along) * lengths[i])
    }

    /// Drag against a segment's own turn: spin about its axis; across, next to nothing (its ends carry the drag).
    private func turnDrag(_ i: Int, _ rate: Double) -> RodElement.Block {
        let spin = max(drags[i].spin * lengths[i], 1e-6 * drags[i].across * lengths[i] * lengths[i] * lengths[i]) * rate
        return RodElement.Block(SIMD3(spin, 0, 0), SIMD3(0, spin, 0), SIMD3(0, 0, spin))
    }
}

extension BlockTree {
    /// The terms of a segment's start that come from its parent's turn, for a start off the parent's centre.
    mutating func addLever(
        node: Int, parent: Int, lever: RodElement.Block, rotation: RodElement.Block, strain: SIMD3<Double>,
        stiffness: SIMD3<Double>, length: Double, drag: RodElement.Block
    ) {
        let inverse = rotation.transposed
        let h = (1 / (length * length)) * (rotation * inverse.scaledRows(stiffness))
        let g = RodElement.Block(cross: strain + SIMD3(0, 0, 1))
        let mixed = (1 / length) * (rotation * g.scaledRows(stiffness))
        let force = rotation * (stiffness * strain) / length
        let whole = RodElement.Block(h.x + drag.x, h.y + drag.y, h.z + drag.z)
        let side = whole * lever
        addDiagonal(parent, 0, 3, side)
        addDiagonal(parent, 3, 0, side.transposed)
        addDiagonal(parent, 3, 3, lever.transposed * side)
        addCoupling(node, 0, 3, (-1.0) * (h * lever))
        addCoupling(node, 3, 3, (-1.0) * (mixed.transposed * lever))
        addRight(parent, 3, lever.transposed * force)
    }
}
