import KairaMotion
import Testing

@Suite struct VisemeTrackTests {
    private static let track = VisemeTrack(
        rate: 10,
        frames: [
            VisemeFrame(time: 0.2, .pp), VisemeFrame(time: 0, .aa), VisemeFrame(time: 0.1, .aa, weight: 0.5),
            VisemeFrame(time: 0.3, .oh),
        ])

    /// Oracle: linear interpolation by hand.
    @Test("between frames weights are linear, in time's order")
    func interpolation() throws {
        #expect(Self.track.frames.map(\.time) == [0, 0.1, 0.2, 0.3])
        #expect(abs(try #require(Self.track.frame(at: 0.05)).mouth.aa - 0.75) < 1e-6)
        #expect(abs(try #require(Self.track.frame(at: 0.15)).mouth.aa - 0.25) < 1e-6)
        #expect(abs(try #require(Self.track.frame(at: 0.275)).mouth.oh - 0.75) < 1e-5)
    }

    @Test("beyond its ends the mouth is held for a tenth of a second, then shut")
    func ends() throws {
        #expect(try #require(Self.track.frame(at: -0.05)).mouth.aa == 1)
        #expect(try #require(Self.track.frame(at: -0.2)).mouth.openness == 0)
        #expect(try #require(Self.track.frame(at: 0.35)).mouth.oh == 1)
        #expect(try #require(Self.track.frame(at: 0.5)).mouth.openness == 0)
        #expect(VisemeTrack(rate: 100, frames: []).frame(at: 0) == nil)
        #expect(try #require(Self.track.frame(at: .nan)).mouth.openness.isFinite)
    }

    @Test("a pose keeps its own expressions, and pressed lips win over a tracked mouth")
    func apply() {
        var pose = HumanoidPose(time: 0)
        pose.expressions = ["happy": 0.5, "oh": 0.25]
        Self.track.apply(to: &pose)
        #expect(pose.expressions["happy"] == 0.5)
        #expect(pose.expressions["aa"] == 1)
        #expect(pose.expressions["oh"] == 0.25)
        var closed = HumanoidPose(time: 0.1)
        closed.expressions = ["oh": 0.25]
        Self.track.apply(to: &closed, offset: 0.1)
        #expect(closed.expressions["oh"] == 0)
        #expect(closed.expressions["aa"] == 0)
    }

    /// Oracle: VRM 1.0's names of the vowels and what they stand for.
    @Test("the five vowels are shown by VRM's own shapes, silence and p, b, m by none")
    func shapes() {
        #expect(Viseme.allCases.map(\.index) == Array(0..<Viseme.count))
        #expect(Viseme.aa.mouth == MouthShape(aa: 1))
        #expect(Viseme.ih.mouth == MouthShape(ih: 1))
        #expect(Viseme.ou.mouth == MouthShape(ou: 1))
        #expect(Viseme.e.mouth == MouthShape(ee: 1))
        #expect(Viseme.oh.mouth == MouthShape(oh: 1))
        #expect(Viseme.pp.mouth.openness == 0)
        #expect(Viseme.sil.mouth.openness == 0)
        for viseme in Viseme.allCases { #expect(viseme.mouth.openness <= 1) }
    }
}
