import Dispatch
import Foundation
import Kaira
import KairaGeometry
import KairaRender
import KairaScene
import Synchronization

/// The mascot, posed, in a picture of 1280x720 with readback, against a full-screen trilinear pass of the same size without:
/// one draw each in alternation.
struct RenderBenchmark: Benchmark {
    let name = "render"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        let scene = KairaKunBuilder().build()
        let state = Self.posed(scene)
        let renderer = try Self.blocking { try await Renderer() }
        let handle = try Self.blocking { try await renderer.load(scene) }
        let (width, height) = (1280, 720)
        let placement = CameraFraming(.front, aspect: Float(width) / Float(height))
            .place(SceneBounds(scene).exactBox(of: state))
        for (row, samples) in [("render-1x", 0), ("render-4x", 4)] {
            let view = RenderView(
                viewFromWorld: placement.viewFromWorld,
                clipFromView: placement.camera.clipFromView(aspect: Float(width) / Float(height)), width: width,
                height: height, samples: samples)
            var times: [Double] = []
            var peerTimes: [Double] = []
            for round in 0..<120 {
                let time = try milliseconds(1) {
                    _ = try Self.blocking { try await renderer.render(handle, state: state, view: view) }
                }
                let peerTime = try milliseconds(1) {
                    try Self.blocking { try await renderer.drawTrilinearPass(width: width, height: height) }
                }
                // The first ones build shaders and wake the driver's threads.
                if round >= 20 {
                    times += time
                    peerTimes += peerTime
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

    /// Runs on the pool and waits here: this thread is none of the pool's.
    private static func blocking<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> T {
        let done = DispatchSemaphore(value: 0)
        let box = ResultBox<T>()
        Task.detached {
            do {
                let value = try await body()
                box.result.withLock { $0 = .success(value) }
            } catch {
                box.result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        guard let result = box.result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    private final class ResultBox<T: Sendable>: Sendable {
        let result = Mutex<Result<T, any Error>?>(nil)
    }
}
