import Foundation
import KairaPhysics
import KairaPlot

extension LabRun {
    /// The motion, with what theory says drawn over it and the report's figures below.
    func film(_ report: LabReport) throws -> LabFilm {
        switch experiment {
        case .spring: try springFilm(report)
        case .pendulum: try pendulumFilm(report)
        case .chain: try chainFilm(report)
        case .cantilever: try cantileverFilm(report)
        case .helix: try helixFilm(report)
        case .swimmer: try swimmerFilm(report)
        case .friction: try frictionFilm(report)
        }
    }

    /// The picture's frame: title, the figures, and what the colours are.
    func diagram(_ report: LabReport, _ words: String, panels: [Diagram.Panel]) -> Diagram {
        let step = LabReport.short(report.parameters["step"] ?? 0)
        return Diagram(
            title: "\(experiment.rawValue.prefix(1).uppercased())\(experiment.rawValue.dropFirst())"
                + " (\(method.rawValue), step \(step) s)\(words)",
            panels: panels, notes: ["blue: simulation; orange, dashed: closed form"] + report.figures)
    }

    /// Curves over time up to now, the closed form's for the whole film.
    func timeline(
        _ title: String, duration: Double, range: ClosedRange<Double>, unit: String, measured: [SIMD2<Double>],
        theory: (Double) -> Double, others: [Diagram.Mark] = []
    ) -> Diagram.Panel {
        let curve = (0...400).map { i -> SIMD2<Double> in
            let t = duration * Double(i) / 400
            return SIMD2(t, theory(t))
        }
        var marks: [Diagram.Mark] = [.line(curve, ink: .theory, width: 2, isDashed: true)] + others
        marks.append(.line(measured, ink: .measured, width: 2.5))
        if let last = measured.last { marks.append(.disc(last, radius: 5, ink: .measured)) }
        return Diagram.Panel(
            title: title, frame: SIMD4(0.02, 0.5, 0.95, 0.31), x: 0...duration, y: range, axes: ("time, s", unit),
            marks: marks)
    }

    private func springFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let (rest, amplitude) = (p["length"] ?? 1, p["amplitude"] ?? 0.1)
        let exact = Self.springPeriod(p)
        let pace = LabFilm.pace(period: exact)
        let (world, bob) = try springWorld(p)
        var player = LabPlayer(world, step: p["step"] ?? 1)
        var samples: [SIMD2<Double>] = [SIMD2(0, amplitude)]
        let duration = 4 * exact
        return LabFilm(duration: duration / pace) { t in
            player.advance(to: t * pace)
            let now = player.time
            let x = player.world.particles.positions[bob].x - rest
            if now > 0 { samples.append(SIMD2(now, x)) }
            let expected = amplitude * cos(2 * .pi * now / exact)
            // Drawn as if half as long again as the widest swing: a tenth of a metre on one metre is hard to see.
            let base = 3 * amplitude
            let place = base + x
            var zigzag = [SIMD2<Double>(0, 0)]
            for i in 0..<24 {
                let share = 0.08 + 0.84 * (Double(i) + 0.5) / 24
                zigzag.append(SIMD2(place * share, i % 2 == 0 ? 0.25 : -0.25))
            }
            zigzag.append(SIMD2(place, 0))
            let size = 0.35 * amplitude
            let block = [
                SIMD2(place, -0.45), SIMD2(place + size, -0.45), SIMD2(place + size, 0.45), SIMD2(place, 0.45),
            ]
            let ghost = base + expected
            let frame = [
                SIMD2(ghost, -0.6), SIMD2(ghost + size, -0.6), SIMD2(ghost + size, 0.6), SIMD2(ghost, 0.6),
                SIMD2(ghost, -0.6),
            ]
            let top = Diagram.Panel(
                title: "", frame: SIMD4(0.02, 0.08, 0.95, 0.4), x: -0.1 * amplitude...5 * amplitude, y: -1.2...1.2,
                marks: [
                    .line([SIMD2(0, -0.9), SIMD2(0, 0.9)], ink: .black, width: 5),
                    .line([SIMD2(base, -1), SIMD2(base, 1)], ink: .grey, width: 1, isDashed: true),
                    .line(zigzag, ink: .black, width: 2), .polygon(block, ink: .measured),
                    .line(frame, ink: .theory, width: 2.5, isDashed: true),
                ])
            let graph = self.timeline(
                "Stretch", duration: duration, range: -2 * amplitude...2 * amplitude, unit: "m", measured: samples,
                theory: { amplitude * cos(2 * .pi * $0 / exact) })
            return self.diagram(report, LabFilm.pace(words: pace), panels: [top, graph])
        }
    }

    private func pendulumFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let (long, amplitude) = (p["length"] ?? 1, p["amplitude"] ?? 90)
        let exact = Self.pendulumPeriod(p)
        let pace = LabFilm.pace(period: exact)
        let (world, bob) = try pendulumWorld(p)
        var player = LabPlayer(world, step: p["step"] ?? 1)
        var samples: [SIMD2<Double>] = [SIMD2(0, amplitude)]
        let duration = 4 * exact
        return LabFilm(duration: duration / pace) { t in
            player.advance(to: t * pace)
            let x = player.world.particles.positions[bob]
            if player.time > 0 { samples.append(SIMD2(player.time, atan2(x.x, -x.y) * 180 / .pi)) }
            let angle = Self.pendulumAngle(p, at: player.time)
            let ghost = SIMD2(long * sin(angle), -long * cos(angle))
            let arc = (0...60).map { i -> SIMD2<Double> in
                let a = amplitude * .pi / 180 * (Double(i) / 30 - 1)
                return SIMD2(long * sin(a), -long * cos(a))
            }
            let top = Diagram.Panel(
                title: "", frame: SIMD4(0.02, 0.07, 0.95, 0.43), x: -1.3 * long...1.3 * long,
                y: -1.15 * long...(0.15 + max(0, -cos(amplitude * .pi / 180))) * long, isTrue: true,
                marks: [
                    .line(arc, ink: .pale, width: 2), .line([.zero, SIMD2(x.x, x.y)], ink: .black, width: 2.5),
                    .line([.zero, ghost], ink: .theory, width: 1.5, isDashed: true),
                    .disc(.zero, radius: 4, ink: .black),
                    .disc(SIMD2(x.x, x.y), radius: 10, ink: .measured), .circle(ghost, radius: 14, ink: .theory),
                ])
            let graph = self.timeline(
                "Angle", duration: duration, range: -1.15 * amplitude...1.15 * amplitude, unit: "degrees",
                measured: samples, theory: { Self.pendulumAngle(p, at: $0) * 180 / .pi })
            return self.diagram(report, LabFilm.pace(words: pace), panels: [top, graph])
        }
    }

    private func chainFilm(_ report: LabReport) throws -> LabFilm {
        var p = report.parameters
        if p["stiffness"] == nil { p["stiffness"] = 1e6 }
        let (long, span) = (p["length"] ?? 1, p["span"] ?? 1)
        let curve = Self.catenary(p)
        let exact = Self.chainPeriod(p)
        let pace = LabFilm.pace(period: exact)
        var hung = LabPlayer(try hungChain(p), step: p["step"] ?? 1)
        var swinging = LabPlayer(try swingingChain(p), step: p["step"] ?? 1)
        let links = Int(p["links"] ?? 100)
        let depth = max(curve.sag, ((long * long - span * span) / 4).squareRoot())
        // Sideways, as shares of the length at the free end: from 1 to -1 and back.
        let scale = 1 / (0.002 * long)
        var samples: [SIMD2<Double>] = [SIMD2(0, 1)]
        let duration = 5 * exact
        return LabFilm(duration: duration / pace) { t in
            hung.advance(to: t * pace)
            swinging.advance(to: t * pace)
            let tip = swinging.world.particles.positions[links].x * scale
            if swinging.time > 0 { samples.append(SIMD2(swinging.time, tip)) }
            let phase = cos(2 * .pi * swinging.time / exact)
            let mode = (0...100).map { i -> SIMD2<Double> in
                let s = Double(i) / 100
                return SIMD2(phase * j0(Self.besselZero * (1 - s).squareRoot()), -s * long)
            }
            let left = Diagram.Panel(
                title: "Let go as a V between two hooks, with drag; the catenary",
                frame: SIMD4(0.02, 0.08, 0.56, 0.42), x: -0.05 * span...1.05 * span, y: -1.08 * depth...0.05 * depth,
                isTrue: true,
                marks: [
                    .line(hung.world.particles.positions.map { SIMD2($0.x, $0.y) }, ink: .measured, width: 3.5),
                    .line(curve.points, ink: .theory, width: 2, isDashed: true),
                    .disc(.zero, radius: 5, ink: .black), .disc(SIMD2(span, 0), radius: 5, ink: .black),
                ])
            let right = Diagram.Panel(
                title: "From one hook, sideways enlarged; the Bessel mode",
                frame: SIMD4(0.62, 0.08, 0.36, 0.42), x: -1.3...1.3, y: -1.05 * long...0.05 * long,
                marks: [
                    .line(
                        swinging.world.particles.positions.map { SIMD2($0.x * scale, $0.y) }, ink: .measured,
                        width: 3.5),
                    .line(mode, ink: .theory, width: 2, isDashed: true), .disc(.zero, radius: 5, ink: .black),
                ])
            let graph = self.timeline(
                "Free end of the swinging chain over where it was let go", duration: duration, range: -1.3...1.3,
                unit: "", measured: samples, theory: { cos(2 * .pi * $0 / exact) })
            return self.diagram(report, LabFilm.pace(words: pace), panels: [left, right, graph])
        }
    }

    private func cantileverFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let long = p["length"] ?? 1
        let (sag, exact) = cantileverTheory(p)
        let (world, rod) = try cantileverWorld(p, step: exact / 12, gravity: p["gravity"] ?? 1)
        var resting = LabPlayer(world, step: exact / 12)
        let (other, struck) = try cantileverSwing(p)
        var swinging = LabPlayer(other, step: p["step"] ?? 1)
        let amplitude = 0.01 * long / (2 * .pi) * 2
        let theory = Self.cantileverShape(p, sag: sag)
        let tip = struck.particles.last ?? 0
        let pace = LabFilm.pace(period: exact)
        var samples: [SIMD2<Double>] = [.zero]
        let duration = 5 * exact
        return LabFilm(duration: duration / pace) { t in
            // A long step of the resting rod for every frame.
            resting.advance(to: t * Double(LabFilm.framesPerSecond) * exact / 12)
            swinging.advance(to: t * pace)
            let y = swinging.world.particles.positions[tip].y
            if swinging.time > 0 { samples.append(SIMD2(swinging.time, y * 1000)) }
            let phase = sin(2 * .pi * swinging.time / exact)
            let mode = (0...60).map { i -> SIMD2<Double> in
                let s = Double(i) / 60
                return SIMD2(long * s, amplitude / 2 * phase * Self.beamMode(s))
            }
            func wall(_ high: Double) -> Diagram.Mark {
                .line([SIMD2(0, -high), SIMD2(0, high)], ink: .black, width: 5)
            }
            let left = Diagram.Panel(
                title: "Under its weight, coming to rest; height enlarged", frame: SIMD4(0.02, 0.08, 0.46, 0.42),
                x: -0.03 * long...1.05 * long, y: -2.3 * sag...0.6 * sag,
                marks: [
                    wall(0.5 * sag), .line([.zero, SIMD2(long, 0)], ink: .grey, width: 1),
                    .line(
                        rod.particles.map {
                            SIMD2(resting.world.particles.positions[$0].x, resting.world.particles.positions[$0].y)
                        }, ink: .measured, width: 4), .line(theory, ink: .theory, width: 2, isDashed: true),
                ])
            let right = Diagram.Panel(
                title: "Struck in its first mode, without weight; height enlarged",
                frame: SIMD4(0.52, 0.08, 0.46, 0.42), x: -0.03 * long...1.05 * long,
                y: -1.4 * amplitude...1.4 * amplitude,
                marks: [
                    wall(0.5 * amplitude), .line([.zero, SIMD2(long, 0)], ink: .grey, width: 1),
                    .line(
                        struck.particles.map {
                            SIMD2(swinging.world.particles.positions[$0].x, swinging.world.particles.positions[$0].y)
                        }, ink: .measured, width: 4), .line(mode, ink: .theory, width: 2, isDashed: true),
                ])
            let graph = self.timeline(
                "Tip of the struck rod", duration: duration, range: -1300 * amplitude...1300 * amplitude, unit: "mm",
                measured: samples, theory: { 1000 * amplitude * sin(2 * .pi * $0 / exact) })
            return self.diagram(report, LabFilm.pace(words: pace), panels: [left, right, graph])
        }
    }
}
