extension Swimmer {
    /// Adds a flagellum, or a branch of one, that rests along a given path.
    ///
    /// Segments are as long as the path's and rest turned as the path turns, the least twist between them. The swimmer has
    /// to be where it was made: paths are in its body's frame at rest.
    ///
    /// - Parameters:
    ///   - path: points from the base outward, at least 2, no two neighbours in one place; metres.
    ///   - node: a node of an earlier flagellum to branch off from, which lies at the path's start; 0 for the body.
    ///   - material: its stiffness; mass does not matter here.
    ///   - fluid: its drag.
    ///   - drive: how it bends itself, about its rest shape.
    /// - Returns: its index in `flagella` and `drives`.
    /// - Throws: `PhysicsError`.
    @discardableResult
    public mutating func addFlagellum(
        along path: [SIMD3<Double>], from node: Int = 0, material: RodMaterial<Double>, fluid: ResistiveForce,
        drive: FlagellarDrive = FlagellarDrive()
    ) throws(PhysicsError) -> Int {
        guard path.count >= 2, path.allSatisfy({ isFinite($0) }) else { throw .badValue(what: "a flagellum's path") }
        guard material.isUsable else { throw .badValue(what: "a flagellum's material") }
        guard fluid.along > 0, fluid.across > 0, fluid.spin >= 0 else { throw .badValue(what: "a flagellum's drag") }
        guard points.indices.contains(node) else {
            throw .noSuchElement(what: "flagellum node", index: node, count: points.count)
        }
        for (a, b) in zip(path, path.dropFirst()) where !(length(b - a) > 1e-9) {
            throw .badValue(what: "a flagellum segment of no length")
        }
        let begin = points.count
        let owner = flagella.count
        var before = node
        // The frame of the segment before, as it is along the path; of a new flagellum, none.
        var frame: SIMD4<Double>?
        for k in 1..<path.count {
            let way = path[k] - path[k - 1]
            let l = length(way)
            let tangent = way / l
            let turned: SIMD4<Double>
            if let last = frame {
                turned = normalized(
                    product(rotation(from: rotate(last, SIMD3(0, 0, 1)), to: tangent), last))
            } else {
                turned = rotation(from: SIMD3(0, 0, 1), to: tangent)
            }
            frame = turned
            let above = before == 0 ? orientation : frames[before]
            parents.append(before)
            offsets.append(
                before == 0 ? rotate(conjugate(orientation), path[0] - position) : SIMD3<Double>.zero)
            rests.append(normalized(product(conjugate(above), turned)))
            lengths.append(l)
            jointLengths.append((l + lengths[before]) / 2)
            arcs.append(arcs[before] + l)
            owners.append(owner)
            stretchStiffnesses.append(SIMD3(material.shear, material.shear, material.stretch))
            bendStiffnesses.append(SIMD3(material.bend.x, material.bend.y, material.twist))
            drags.append(fluid)
            points.append(path[k])
            frames.append(turned)
            system.append(parent: before)
            before = points.count - 1
        }
        flagella.append(begin..<points.count)
        drives.append(drive)
        oldPoints = points
        oldFrames = frames
        return owner
    }

    /// Where a node is between the last two states, for owners that keep a clock of their own; 0 is the older one.
    public func point(_ node: Int, fraction: Double) -> SIMD3<Double> {
        oldPoints[node] + (points[node] - oldPoints[node]) * fraction
    }

    /// Where a flagellum begins, between the last two states.
    public func base(of flagellum: Int, fraction: Double) -> SIMD3<Double> {
        let node = flagella[flagellum].lowerBound
        let parent = parents[node]
        guard parent == 0 else { return point(parent, fraction: fraction) }
        let old = oldPoints[0] + rotate(oldFrames[0], offsets[node])
        let new = points[0] + rotate(frames[0], offsets[node])
        return old + (new - old) * fraction
    }
}
