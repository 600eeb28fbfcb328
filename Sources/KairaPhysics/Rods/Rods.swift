struct Rods<Scalar: PhysicsScalar>: Sendable {
    var isEmpty: Bool { true }
    mutating func predict(_ h: Scalar) {}
    mutating func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {}
    mutating func deriveVelocities(_ h: Scalar) {}
    mutating func mend() -> Int { 0 }
    mutating func teleport(rotation q: SIMD4<Scalar>) {}
}
