import Foundation
import Kaira
import KairaGeometry
import KairaRender
import KairaScene

/// The mascot, posed, in a picture of 1280x720 with readback, against a full-screen trilinear pass of the same size without:
/// one draw each in alternation; as surface, as a drawing with hidden lines, and cut by a plane.
struct RenderBenchmark: Benchmark {
    let name = "render"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) async throws {
        let scene = KairaKunBuilder().build()
        let state = Self.posed(scene)
        let renderer = try await Renderer()
        let handle = try await renderer.load(scene)
        let (width, height) = (1280, 720)
        let placement = CameraFraming(.front, aspect: Float(width) / Float(height))
            .place(SceneBounds(scene).exactBox(of: state))
        let rows: [(String, Int, RenderMode)] = [
            ("render-1x", 0, .surface), ("render-4x", 4, .surface), ("render-hidden-line", 4, .hiddenLine),
            ("render-section", 4, .solid),
        ]
        for (row, samples, mode) in rows {
            var view = RenderView(
                viewFromWorld: placement.viewFromWorld,
                clipFromView: placement.camera.clipFromView(aspect: Float(width) / Float(height)), width: width,
                height: height, samples: samples, mode: mode)
            if mode == .solid { view.section = SectionPlane([-1, 0, -0.35, 0.1]) }
            var times: [Double] = []
            var peerTimes: [Double] = []
            for round in 0..<120 {
                let time = try await milliseconds {
                    _ = try await renderer.render(handle, state: state, view: view)
                }
                let peerTime = try await milliseconds {
                    try await renderer.drawTrilinearPass(width: width, height: height)
                }
                // The first ones build shaders and wake the driver's threads.
                if round >= 20 {
                    times.append(time)
                    peerTimes.append(peerTime)
                }
            }
            try emit(
                BenchmarkRow(
                    name: row, times: times, threads: ProcessInfo.processInfo.activeProcessorCount,
                    type: renderer.information.renderer, peer: "trilinear-pass", peerTimes: peerTimes))
        }
    }

    /// Arms half down and a step: nothing lies along an axis.
    private static func posed(_ scene: Scene) -> SceneState {
        var state = SceneState(scene)
        let turns: [(HumanBone, Float, SIMD3<Float>)] = [
            (.leftUpperArm, -0.8, [0, 0, 1]), (.rightUpperArm, 0.6, [0, 0, 1]), (.leftLowerArm, -0.5, [0, 1, 0]),
            (.leftUpperLeg, -0.5, [1, 0, 0]), (.rightUpperLeg, 0.3, [1, 0, 0]), (.leftLowerLeg, 0.6, [1, 0, 0]),
            (.head, 0.2, [0, 1, 0]),
        ]
        for (bone, angle, axis) in turns {
            guard let node = scene.avatar?.bones[bone]?.value else { continue }
            state.locals[node].rotation = state.locals[node].rotation * Quaternion(angle: angle, axis: axis)
        }
        state.updateWorld()
        return state
    }
}
