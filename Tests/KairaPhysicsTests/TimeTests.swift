import KairaPhysics
import Testing

@Suite struct TimeTests {
    static func net() throws -> World<Float> {
        var world = World<Float>(step: 1.0 / 60)
        for i in 0..<10 { try world.addParticle(at: SIMD3(Float(i) * 0.1, 0, 0), mass: i == 0 ? 0 : 0.1) }
        for i in 0..<9 { try world.addDistance(i, i + 1) }
        for i in 0..<8 { try world.addDistance(i, i + 2, compliance: 1e-3) }
        return world
    }

    /// Oracle: the world itself at 60 Hz; what is shown at common times must have the same bits.
    @Test("30, 60 and 120 Hz output show the same motion", arguments: [30, 60, 120])
    func outputRates(rate: Int) throws {
        var reference = try Self.net()
        var world = try Self.net()
        for _ in 0..<60 {
            reference.advance(by: 1.0 / 60)
            reference.advance(by: 1.0 / 60)
            for _ in 0..<rate / 30 { world.advance(by: 1 / Double(rate)) }
            for i in 0..<10 { #expect(world.shownPosition(of: i) == reference.shownPosition(of: i)) }
        }
    }

    @Test("time that is not more than zero does nothing", arguments: [0, -1, Double.nan, -.infinity, .infinity])
    func noTime(seconds: Double) throws {
        var world = try Self.net()
        world.advance(by: 0.1)
        let before = world.particles.positions
        #expect(world.advance(by: seconds) == 0)
        #expect(world.particles.positions == before)
    }

    @Test("a paused world stands still and goes on where it was")
    func pause() throws {
        var world = try Self.net()
        var other = try Self.net()
        world.advance(by: 0.1)
        other.advance(by: 0.1)
        world.isPaused = true
        world.advance(by: 5)
        world.isPaused = false
        world.advance(by: 0.1)
        other.advance(by: 0.1)
        #expect(world.particles.positions == other.particles.positions)
    }

    @Test("a slow frame is cut to the most steps and the rest dropped")
    func slowFrame() throws {
        var world = try Self.net()
        #expect(world.advance(by: 10) == 8)
        #expect(abs(world.clock.dropped - (10 - 8.0 / 60)) < 1e-9)
    }

    /// Oracle: a rigid move keeps distances; all at rest after.
    @Test("teleport moves the body rigidly, at rest")
    func teleport() throws {
        var world = try Self.net()
        for _ in 0..<20 { world.advance(by: 1.0 / 60) }
        let before = world.particles.positions
        world.teleport(rotation: [0, 0.6, 0, 0.8], translation: [10, 0, 0])
        let after = world.particles.positions
        for i in 1..<10 {
            let (a, b) = (before[i] - before[0], after[i] - after[0])
            #expect(abs((a * a).sum().squareRoot() - (b * b).sum().squareRoot()) < 2e-6)
            #expect(world.particles.velocities[i] == .zero)
            #expect(world.shownPosition(of: i) == after[i])
        }
    }

    @Test("two runs give the same bits")
    func determinism() throws {
        var (a, b) = (try Self.net(), try Self.net())
        for _ in 0..<200 {
            a.advance(by: 1.0 / 60)
            b.advance(by: 1.0 / 60)
        }
        #expect(a.particles.positions == b.particles.positions)
        #expect(a.particles.velocities == b.particles.velocities)
    }
}
