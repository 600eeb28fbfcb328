import KairaGeometry
import Testing

@Suite("Vectors")
struct VectorsTests {
    /// Oracle: closed form, whole numbers.
    @Test("products, lengths and distances")
    func products() {
        #expect(dot(SIMD2<Float>(3, 4), SIMD2(5, -6)) == -9)
        #expect(dot(SIMD3<Float>(1, 2, 3), SIMD3(4, -5, 6)) == 12)
        #expect(dot(SIMD4<Float>(1, 2, 3, 4), SIMD4(5, 6, 7, 8)) == 70)
        #expect(cross([1, 2, 3], [4, 5, 6]) == [-3, 6, -3])
        #expect(cross([1, 0, 0], [0, 1, 0]) == [0, 0, 1], "right-handed")
        #expect(length(SIMD2<Float>(3, -4)) == 5)
        #expect(length(SIMD3<Float>(2, -3, 6)) == 7)
        #expect(length(SIMD4<Float>(1, 1, 1, -1)) == 2)
        #expect(distance(SIMD2<Float>(1, 1), SIMD2(4, 5)) == 5)
        #expect(distance(SIMD3<Float>(1, 2, 3), SIMD3(3, -1, 9)) == 7)
        #expect(normalize([0, 3, -4]) == [0, 0.6, -0.8])
        #expect(project([2, 3, 4], onto: [0, 1, 0]) == [0, 3, 0])
        #expect(reject([2, 3, 4], from: [0, 1, 0]) == [2, 0, 4])
    }

    /// Oracle: the definition.
    @Test("a vector without direction gives the fallback")
    func directions() {
        let fallback: SIMD3<Float> = [0, 0, 1]
        #expect(direction([0, 0, 0], else: fallback) == fallback)
        #expect(direction([.nan, 1, 0], else: fallback) == fallback)
        #expect(direction([.infinity, 1, 0], else: fallback) == fallback)
        #expect(gap(direction([3e-10, 0, -4e-10], else: fallback), [0.6, 0, -0.8]) < 1e-6)
        #expect(gap(direction([3e15, 4e15, 0], else: fallback), [0.6, 0.8, 0]) < 1e-6)
    }

    /// Oracle: the definition, orthonormal; 1e-6 is a few ulp of 1.
    @Test(
        "perpendicular is a unit vector at right angles",
        arguments: [
            [0, 0, 1], [0, 0, -1], [1e-4, 0, -1], [1, 0, 0], [0, -5, 0], [1, 2, -3], [-1e-3, 1e-3, -1],
        ] as [SIMD3<Float>])
    func atRightAngles(v: SIMD3<Float>) {
        let p = perpendicular(to: v)
        #expect(abs(length(p) - 1) < 1e-6)
        #expect(abs(dot(p, direction(v, else: .zero))) < 1e-6)
    }

    /// Oracle: closed form; a relative error of 1e-5 where an arc cosine of the dot product would give 0.
    @Test("angles keep their precision near 0 and pi", arguments: [1e-6, 1e-4, 0.01, 0.5, 1.5, 3] as [Float])
    func angles(a: Float) {
        let b = Quaternion(angle: a, axis: [0, 0, 1]).act([2, 0, 0])
        #expect(abs(angle([3, 0, 0], b) - a) < 1e-5 * a)
        #expect(abs(angle([-3, 0, 0], b) - (Float.pi - a)) < 1e-6)
    }

    /// Oracle: closed form, 3 t^2 - 2 t^3.
    @Test("interpolation")
    func interpolation() {
        #expect(lerp(Float(2), 6, 0.25) == 3)
        #expect(lerp(SIMD2<Float>(0, 2), SIMD2(4, 4), 0.5) == SIMD2(2, 3))
        #expect(lerp(SIMD3<Float>(0, 2, 1), SIMD3(4, 4, 1), 0.5) == SIMD3(2, 3, 1))
        #expect(lerp(SIMD4<Float>(0, 2, 1, 0), SIMD4(4, 4, 1, 8), 0.5) == SIMD4(2, 3, 1, 4))
        #expect(smoothstep(1, 3, 0.5) == 0)
        #expect(smoothstep(1, 3, 1.5) == 0.15625)
        #expect(smoothstep(1, 3, 2) == 0.5)
        #expect(smoothstep(1, 3, 9) == 1)
    }
}
