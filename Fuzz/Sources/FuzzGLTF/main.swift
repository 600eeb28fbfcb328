import FuzzDriver
import KairaFormats
import KairaScene

// Reads whatever bytes come in, deforms and writes what was read, and reads that again: nothing may trap, hang or take
// much memory, and what could be written has to be readable.
fuzz { bytes in
    guard var scene = try? GLTFReader().read(bytes, file: "fuzz.vrm") else { return }
    _ = SceneReport(scene, file: "")
    let baker = GeometryBaker(scene)
    for clip in [nil, "0"] { _ = try? baker.bake(clip: clip, time: 0.4) }
    if var physics = ScenePhysics(scene) {
        var state = SceneState(scene)
        for _ in 0..<2 {
            physics.update(&state, deltaTime: 1.0 / 60)
            state.updateWorld()
        }
        _ = baker.bake(state)
    }
    if scene.avatar?.version == .vrm0 { scene.avatar = nil }
    guard let written = try? GLTFWriter().write(scene) else { return }
    do { _ = try GLTFReader().read(written) } catch { fatalError("what was written cannot be read: \(error)") }
}
