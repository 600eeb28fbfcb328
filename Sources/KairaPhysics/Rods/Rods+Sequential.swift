extension Rods {
    /// XPBD, one constraint after another from the root: stretch and shear of a segment, then its turn.
    mutating func solveSequential(
        _ range: Range<Int>, _ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar
    ) {
        let rate = 1 / (h * h)
        let e3 = SIMD4<Scalar>(0, 0, 1, 0)
        for i in range where parents[i] >= 0 {
            let parent = Int(parents[i])
            let a = Int(particles[parent])
            let b = Int(particles[i])
            let l = lengths[i]
            let wq = isHeld[i] ? 0 : 1 / (4 * inertias[i])
            let q = orientations[i]
            let strain = rotate(conjugate(q), positions[b] - positions[a]) / l - SIMD3(0, 0, 1)
            let denominator = (inverseMasses[a] + inverseMasses[b]) / (l * l) + 4 * wq
            let soft = rate / (stretchStiffnesses[i] * l)
            let push = -strain / (SIMD3(repeating: denominator) + soft)
            let g = rotate(q, push)
            positions[a] -= g * (inverseMasses[a] / l)
            positions[b] += g * (inverseMasses[b] / l)
            let turn = product(product(SIMD4(g.x, g.y, g.z, 0), q), conjugate(e3))
            orientations[i] = normalized(q - turn * (2 * wq))
            guard holdsTurn[i] else { continue }
            let wp = turns(parent) ? 1 / (4 * inertias[parent]) : 0
            let relation = product(conjugate(rests[i]), product(conjugate(orientations[parent]), orientations[i]))
            let c = imaginary(relation) * (relation.w < 0 ? -1 : 1)
            let bendSoft = (rate * jointLengths[i] / 4) / bendStiffnesses[i]
            let lambda = -c / (SIMD3(repeating: wq + wp) + bendSoft)
            let own = product(orientations[i], SIMD4(lambda.x, lambda.y, lambda.z, 0))
            orientations[i] = normalized(orientations[i] + own * wq)
            guard wp > 0 else { continue }
            let seen = rotate(rests[i], lambda)
            let others = product(orientations[parent], SIMD4(seen.x, seen.y, seen.z, 0))
            orientations[parent] = normalized(orientations[parent] - others * wp)
        }
    }
}
