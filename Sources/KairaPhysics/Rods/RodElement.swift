/// One straight piece of a rod: its strains against its neighbours and their gradients, for the direct solver.
///
/// Positions and a quaternion a segment (Kugelstadt and Schoemer, "Position and Orientation Based Cosserat Rods",
/// SCA 2016). Small turns are vectors in the segment's own frame, q' = q (1, turn / 2).
struct RodElement {
    /// Row-major 3 x 3.
    struct Block {
        var x: SIMD3<Double>
        var y: SIMD3<Double>
        var z: SIMD3<Double>

        /// Rotation of a unit quaternion.
        init(_ q: SIMD4<Double>) {
            let (xx, yy, zz) = (q.x * q.x, q.y * q.y, q.z * q.z)
            let (xy, xz, yz) = (q.x * q.y, q.x * q.z, q.y * q.z)
            let (wx, wy, wz) = (q.w * q.x, q.w * q.y, q.w * q.z)
            x = SIMD3(1 - 2 * (yy + zz), 2 * (xy - wz), 2 * (xz + wy))
            y = SIMD3(2 * (xy + wz), 1 - 2 * (xx + zz), 2 * (yz - wx))
            z = SIMD3(2 * (xz - wy), 2 * (yz + wx), 1 - 2 * (xx + yy))
        }

        init(_ x: SIMD3<Double>, _ y: SIMD3<Double>, _ z: SIMD3<Double>) {
            self.x = x
            self.y = y
            self.z = z
        }

        /// v -> u x v.
        init(cross u: SIMD3<Double>) {
            x = SIMD3(0, -u.z, u.y)
            y = SIMD3(u.z, 0, -u.x)
            z = SIMD3(-u.y, u.x, 0)
        }

        @inline(__always) var transposed: Block {
            Block(SIMD3(x.x, y.x, z.x), SIMD3(x.y, y.y, z.y), SIMD3(x.z, y.z, z.z))
        }

        @inline(__always) static func * (a: Block, b: Block) -> Block {
            Block(
                a.x.x * b.x + a.x.y * b.y + a.x.z * b.z, a.y.x * b.x + a.y.y * b.y + a.y.z * b.z,
                a.z.x * b.x + a.z.y * b.y + a.z.z * b.z)
        }

        @inline(__always) static func * (a: Block, v: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(dot(a.x, v), dot(a.y, v), dot(a.z, v))
        }

        @inline(__always) static func * (s: Double, a: Block) -> Block { Block(s * a.x, s * a.y, s * a.z) }

        @inline(__always) static func + (a: Block, b: Block) -> Block { Block(a.x + b.x, a.y + b.y, a.z + b.z) }

        /// u v^T.
        @inline(__always) init(outer u: SIMD3<Double>, _ v: SIMD3<Double>) {
            self.init(u.x * v, u.y * v, u.z * v)
        }

        /// s times the unit matrix.
        @inline(__always) init(diagonal s: Double) {
            self.init(SIMD3(s, 0, 0), SIMD3(0, s, 0), SIMD3(0, 0, s))
        }

        /// Rows scaled by a diagonal matrix on the left.
        @inline(__always) func scaledRows(_ d: SIMD3<Double>) -> Block { Block(d.x * x, d.y * y, d.z * z) }
    }

    /// Stretch and shear of a segment, in its frame; zero at rest.
    @inline(__always)
    static func stretch(
        _ start: SIMD3<Double>, _ end: SIMD3<Double>, _ q: SIMD4<Double>, length: Double
    ) -> SIMD3<Double> {
        rotate(conjugate(q), end - start) / length - SIMD3(0, 0, 1)
    }

    /// Half the turn from the rest relation to the present one, as the imaginary part of a quaternion; and its parts.
    @inline(__always)
    static func turn(
        _ parent: SIMD4<Double>, _ q: SIMD4<Double>, rest: SIMD4<Double>
    ) -> SIMD4<Double> {
        let d = product(conjugate(rest), product(conjugate(parent), q))
        return d.w < 0 ? -d : d
    }
}

extension BlockTree {
    /// Adds `block` to the diagonal block of a node at (row, column), each 0 (places) or 3 (turns).
    @inline(__always)
    mutating func addDiagonal(_ node: Int, _ row: Int, _ column: Int, _ block: RodElement.Block) {
        add(Self.row(node, row) + column, block)
    }

    /// Adds to the coupling of a node (rows) with its parent (columns).
    @inline(__always)
    mutating func addCoupling(_ node: Int, _ row: Int, _ column: Int, _ block: RodElement.Block) {
        add(Self.row(node, row) + 6 + column, block)
    }

    /// Adds to the right side.
    @inline(__always)
    mutating func addRight(_ node: Int, _ row: Int, _ v: SIMD3<Double>) {
        let i = Self.row(node, row) + 12
        rows[i] += v.x
        rows[i + 16] += v.y
        rows[i + 32] += v.z
    }

    @inline(__always)
    private mutating func add(_ i: Int, _ block: RodElement.Block) {
        rows[i] += block.x.x
        rows[i + 1] += block.x.y
        rows[i + 2] += block.x.z
        rows[i + 16] += block.y.x
        rows[i + 17] += block.y.y
        rows[i + 18] += block.y.z
        rows[i + 32] += block.z.x
        rows[i + 33] += block.z.y
        rows[i + 34] += block.z.z
    }

    /// The solution of a node at rows `row`..<`row + 3`.
    @inline(__always)
    func solution(_ node: Int, _ row: Int) -> SIMD3<Double> {
        let i = Self.row(node, row) + 12
        return SIMD3(rows[i], rows[i + 16], rows[i + 32])
    }

    /// Adds one segment's stretch and shear: node `node` moves its end and turns it, its parent moves its start.
    ///
    /// `stiffness` is the energy's: E = (1/2) strain . stiffness strain. `freeStart` and so on are 1, or 0 where fixed.
    /// `target` is the strain whose force acts (with damping, not the present one). `geometric` is 1 for the energy's second
    /// derivatives, 0 without what the present force adds to them (Gauss and Newton), which is never indefinite.
    @inline(__always)
    mutating func addStretch(
        node: Int, parent: Int, rotation: RodElement.Block, strain: SIMD3<Double>, target: SIMD3<Double>,
        stiffness: SIMD3<Double>, length: Double, freeStart: Double, freeEnd: Double, freeTurn: Double,
        geometric: Double
    ) {
        let inverse = rotation.transposed
        let pull = stiffness * target
        let g = RodElement.Block(cross: strain + SIMD3(0, 0, 1))
        let h = (1 / (length * length)) * (rotation * inverse.scaledRows(stiffness))
        // Rows of the end: (R / l) K; columns of the turn: [g]x. The force n turns with the segment: -(R / l) [n]x.
        let mixed =
            (1 / length)
            * (rotation * (g.scaledRows(stiffness) + RodElement.Block(cross: -geometric * pull)))
        // t . (n g + g n - 2 n.g) t / 2, from the second order of exp(-[t]x) g.
        let way = strain + SIMD3(0, 0, 1)
        let half = 0.5 * geometric
        let turning =
            RodElement.Block(outer: half * pull, way) + RodElement.Block(outer: half * way, pull)
            + RodElement.Block(diagonal: -geometric * dot(pull, way))
        let force = rotation * pull / length
        addDiagonal(node, 0, 0, freeEnd * h)
        addDiagonal(parent, 0, 0, freeStart * h)
        addCoupling(node, 0, 0, (-freeEnd * freeStart) * h)
        addDiagonal(node, 0, 3, (freeEnd * freeTurn) * mixed)
        addDiagonal(node, 3, 0, (freeEnd * freeTurn) * mixed.transposed)
        addCoupling(node, 3, 0, (-freeStart * freeTurn) * mixed.transposed)
        addDiagonal(node, 3, 3, freeTurn * (g.transposed * g.scaledRows(stiffness) + turning))
        addRight(node, 0, -freeEnd * force)
        addRight(parent, 0, freeStart * force)
        addRight(node, 3, freeTurn * (g * pull))
    }

    /// Adds bending and twist between a node and its parent; `turn` from `RodElement.turn`, its imaginary part the strain;
    /// `geometric` as for `addStretch`.
    @inline(__always)
    mutating func addTurn(
        node: Int, parent: Int, turn: SIMD4<Double>, rest: SIMD4<Double>, target: SIMD3<Double>,
        stiffness: SIMD3<Double>, freeParent: Double, freeTurn: Double, geometric: Double
    ) {
        let v = imaginary(turn)
        let w = turn.w
        let skew = RodElement.Block(cross: v)
        let diagonal = RodElement.Block(SIMD3(w, 0, 0), SIMD3(0, w, 0), SIMD3(0, 0, w))
        let own = RodElement.Block(
            0.5 * (diagonal.x + skew.x), 0.5 * (diagonal.y + skew.y), 0.5 * (diagonal.z + skew.z))
        let away = RodElement.Block(
            -0.5 * (diagonal.x - skew.x), -0.5 * (diagonal.y - skew.y), -0.5 * (diagonal.z - skew.z))
        let pull = stiffness * target
        // Second derivatives of (1, -b/2) (w, v) (1, a/2), normalised, times the moment.
        let moment = geometric * pull
        let along = dot(moment, v)
        let shrink = RodElement.Block(diagonal: -along / 4)
        addDiagonal(node, 3, 3, freeTurn * (own.transposed * own.scaledRows(stiffness) + shrink))
        addRight(node, 3, -freeTurn * (own.transposed * pull))
        guard freeParent > 0 else { return }
        let back = RodElement.Block(conjugate(rest))
        let others = away * back
        let crossed =
            RodElement.Block(outer: moment, v) + RodElement.Block(outer: v, moment)
            + RodElement.Block(diagonal: -along) + RodElement.Block(cross: -w * moment)
        addDiagonal(parent, 3, 3, others.transposed * others.scaledRows(stiffness) + shrink)
        addCoupling(
            node, 3, 3, freeTurn * (own.transposed * others.scaledRows(stiffness) + 0.25 * (crossed * back)))
        addRight(parent, 3, -(others.transposed * pull))
    }
}
