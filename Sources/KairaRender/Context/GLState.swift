/// Everything of a renderer that belongs to the GL thread.
///
/// `@unchecked Sendable`: only jobs on the renderer's `GLThread` touch it; the actor's `deinit` hands it there to be freed.
final class GLState: @unchecked Sendable {
    var context: EGLContextOwner?
    var programs: [ProgramKey: GLProgram] = [:]
    var scenes: [Int: GPUScene] = [:]
    var trilinearPass: TrilinearPass?
    var target: RenderTarget?
    var frameBlock: GLBuffer?
    var lineLayer: LineLayer?
    var linePrograms: LinePrograms?
    var capPass: CapPass?
    /// What shines in the frame that is being drawn.
    var lighting = ProgramKey.Lighting()
    var toonLighting = ProgramKey.Lighting()

    /// Frees every name, then the context. On the GL thread.
    func release() {
        scenes.removeAll()
        programs.removeAll()
        trilinearPass = nil
        target = nil
        frameBlock = nil
        lineLayer = nil
        linePrograms = nil
        capPass = nil
        context?.close()
        context = nil
    }
}
