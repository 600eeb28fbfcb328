import Foundation
import KairaPhysics
import KairaPlot

extension LabRun {
    func helixFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let (world, rod) = try helixWorld(p)
        var player = LabPlayer(world, step: p["step"] ?? 1)
        let frame = world.segmentOrientation(rod.root)
        let (k, t, long) = (p["curvature"] ?? 1, p["torsion"] ?? 1, p["length"] ?? 1)
        // Frames turn by (k, 0, t) a metre, in their own axes, so the tangent e3 goes round the axis of that vector.
        let size = (k * k + t * t).squareRoot()
        let axis = SIMD3(k, 0, t) / size
        let along = axis * axis.z
        let around = SIMD3(0, 0, 1) - along
        let side = Self.cross(axis, SIMD3(0, 0, 1))
        let theory = (0...300).map { i -> SIMD3<Double> in
            let s = long * Double(i) / 300
            let turned = around * (sin(size * s) / size) + side * ((1 - cos(size * s)) / size)
            return Self.turned(frame, along * s + turned)
        }
        var centre = SIMD3<Double>.zero
        for q in theory { centre += q / Double(theory.count) }
        let reach = theory.map { Self.length($0 - centre) }.max() ?? 1
        var errors: [SIMD2<Double>] = []
        let duration = 8.0
        return LabFilm(duration: duration) { time in
            player.advance(to: time)
            let x = rod.particles.map { player.world.particles.positions[$0] }
            let tip = Self.length((x.last ?? .zero) - (theory.last ?? .zero))
            errors.append(SIMD2(time, tip / long))
            let turn = 0.5 + 0.25 * time
            func seen(_ q: SIMD3<Double>) -> SIMD2<Double> {
                let r = q - centre
                let (c, s) = (cos(turn), sin(turn))
                return SIMD2(r.x * c + r.z * s, r.y * cos(0.4) + (r.z * c - r.x * s) * sin(0.4))
            }
            let top = Diagram.Panel(
                title: "A straight rod with rest curvature and twist, let go; the view turns",
                frame: SIMD4(0.02, 0.07, 0.95, 0.43), x: -1.6 * reach...1.6 * reach, y: -1.05 * reach...1.05 * reach,
                isTrue: true,
                marks: [
                    .line(x.map(seen), ink: .measured, width: 4),
                    .line(theory.map(seen), ink: .theory, width: 2, isDashed: true),
                    .disc(seen(x[0]), radius: 5, ink: .black),
                ])
            let graph = self.timeline(
                "Distance of the tip from the helix's end, over the length", duration: duration, range: -0.1...1.2,
                unit: "", measured: errors, theory: { _ in 0 })
            return self.diagram(report, "", panels: [top, graph])
        }
    }

    func swimmerFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let (slope, ratio) = (Self.waveSlope(p), p["drag_ratio"] ?? 0.5)
        let speed = report.results.first?.measured ?? 0
        let exact = report.results.first?.expected ?? 0
        let amplitude = slope / (2 * .pi)
        // Two beats a second; lengths in wavelengths, so a wave makes two a second.
        let rate = 2.0
        let duration = 8.0
        var reciprocal = SIMD3<Double>.zero
        var last = 0.0
        var (ways, stays): ([SIMD2<Double>], [SIMD2<Double>]) = ([], [])
        return LabFilm(duration: duration) { time in
            // The standing wave's motion, in steps of 1/480 s.
            while last < time {
                let h = min(1.0 / 480, time - last)
                let phase = 2 * .pi * rate * (last + h / 2)
                reciprocal += Self.reciprocalVelocity(slope, ratio: ratio, phase: phase) * (h * rate)
                last += h
            }
            let way = speed * rate * time
            ways.append(SIMD2(time, way))
            stays.append(SIMD2(time, reciprocal.x))
            func filament(_ height: Double, _ offset: Double, _ shape: (Double) -> Double) -> [SIMD2<Double>] {
                (0...240).map { i -> SIMD2<Double> in
                    let x = 3 * Double(i) / 240
                    return SIMD2(x - offset, height + shape(x))
                }
            }
            let phase = 2 * .pi * rate * time
            let wave = filament(0.35, way) { amplitude * sin(2 * .pi * $0 - phase) }
            let standing = filament(-0.35, -reciprocal.x) { amplitude * sin(2 * .pi * $0) * cos(phase) }
            let goal = -exact * rate * time
            let far = max(exact * rate * duration, 0.2) * 1.15
            let top = Diagram.Panel(
                title:
                    "Above: a wave runs to the right, the filament swims to the left. Below: a stroke that is its own"
                    + " reverse stays.",
                frame: SIMD4(0.02, 0.07, 0.95, 0.43), x: -far...3.1, y: -0.7...0.7, isTrue: true,
                marks: [
                    .line([SIMD2(0, 0.05), SIMD2(0, 0.65)], ink: .grey, width: 1),
                    .line([SIMD2(0, -0.65), SIMD2(0, -0.05)], ink: .grey, width: 1),
                    .line(wave, ink: .measured, width: 4), .disc(wave[0], radius: 6, ink: .measured),
                    .line([SIMD2(goal, 0.05), SIMD2(goal, 0.65)], ink: .theory, width: 2, isDashed: true),
                    .line(standing, ink: .other, width: 4), .disc(standing[0], radius: 6, ink: .other),
                ])
            let graph = self.timeline(
                "Way against the wave, in wavelengths (green: the reciprocal stroke)", duration: duration,
                range: -0.1 * far...far, unit: "", measured: ways, theory: { exact * rate * $0 },
                others: [.line(stays, ink: .other, width: 2.5)])
            return self.diagram(report, ", two beats a second", panels: [top, graph])
        }
    }

    func frictionFilm(_ report: LabReport) throws -> LabFilm {
        let p = report.parameters
        let (mu, gravity) = (p["friction"] ?? 0.5, p["gravity"] ?? 1)
        let critical = report.results.first?.expected ?? 0
        let (low, high) = (max(critical - 1, 0), min(critical + 10, 89))
        let (a, b) = (low * .pi / 180, high * .pi / 180)
        let pull = gravity * (sin(b) - mu * cos(b))
        // So long that the steeper block makes four metres, or 4 s.
        let duration = min((8 / max(pull, 1e-6)).squareRoot(), 4)
        let long = max(0.5 * pull * duration * duration, 0.5) * 1.15
        let (first, block) = try slope(p, degrees: low)
        let (second, other) = try slope(p, degrees: high)
        var (flat, steep) = (LabPlayer(first, step: p["step"] ?? 1), LabPlayer(second, step: p["step"] ?? 1))
        let (flatStart, steepStart) = (first.particles.positions[block], second.particles.positions[other])
        let pace = duration / 5
        var (stays, ways): ([SIMD2<Double>], [SIMD2<Double>]) = ([], [])
        /// A slope that falls to the right, its block at some way and perhaps an outline at another.
        func panel(
            _ title: String, _ frame: SIMD4<Double>, _ angle: Double, _ way: Double, _ ink: Diagram.Ink, goal: Double?
        )
            -> Diagram.Panel
        {
            let down = SIMD2(cos(angle), -sin(angle))
            let up = SIMD2(sin(angle), cos(angle))
            let size = 0.08 * long
            func box(_ s: Double, _ bit: Double) -> [SIMD2<Double>] {
                let c = down * s + up * (size / 2)
                let (u, v) = (down * (size / 2 + bit), up * (size / 2 + bit))
                return [c - u - v, c + u - v, c + u + v, c - u + v, c - u - v]
            }
            var marks: [Diagram.Mark] = [
                .polygon([.zero, down * long, SIMD2(0, (down * long).y)], ink: .pale),
                .line([.zero, down * long], ink: .black, width: 2.5), .polygon(box(way + size, 0), ink: ink),
            ]
            if let goal { marks.append(.line(box(goal + size, 0.12 * size), ink: .theory, width: 2, isDashed: true)) }
            return Diagram.Panel(
                title: title, frame: frame, x: -0.05 * long...1.0 * long, y: -long * sin(b) * 1.02...0.12 * long,
                isTrue: true, marks: marks)
        }
        return LabFilm(duration: 5) { time in
            flat.advance(to: time * pace)
            steep.advance(to: time * pace)
            let still = Self.length(flat.world.particles.positions[block] - flatStart)
            let way = Self.length(steep.world.particles.positions[other] - steepStart)
            stays.append(SIMD2(flat.time, still))
            ways.append(SIMD2(steep.time, way))
            let left = panel(
                "\(LabReport.short(low)) degrees: a degree below atan(mu)", SIMD4(0.02, 0.08, 0.46, 0.42), a, still,
                .other, goal: nil)
            let right = panel(
                "\(LabReport.short(high)) degrees: ten above", SIMD4(0.52, 0.08, 0.46, 0.42), b, way, .measured,
                goal: 0.5 * pull * steep.time * steep.time)
            let graph = self.timeline(
                "Way (green: on the flatter slope)", duration: duration, range: -0.05 * long...long, unit: "m",
                measured: ways, theory: { 0.5 * pull * $0 * $0 }, others: [.line(stays, ink: .other, width: 2.5)])
            return self.diagram(report, LabFilm.pace(words: pace), panels: [left, right, graph])
        }
    }

    /// A vector turned by a unit quaternion (x, y, z, w).
    static func turned(_ q: SIMD4<Double>, _ v: SIMD3<Double>) -> SIMD3<Double> {
        let u = SIMD3(q.x, q.y, q.z)
        let t = 2 * cross(u, v)
        return v + q.w * t + cross(u, t)
    }
}
