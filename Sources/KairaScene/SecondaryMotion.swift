/// Motion that follows from motion: hair, cloth, flagella. `Avatar` runs it after the node constraints.
public protocol SecondaryMotion: Sendable {
    /// Moves nodes by the time that has passed.
    ///
    /// - Parameters:
    ///   - state: posed, expressions and constraints applied, world matrices up to date. The nodes that this motion owns
    ///     hold what it left in them. It need not update world matrices.
    ///   - deltaTime: seconds since the last call; 0 or less must not move anything. Step at a fixed internal rate: the
    ///     result must not depend on the frame rate.
    mutating func update(_ state: inout SceneState, deltaTime: Double)

    /// Forgets all speed and takes up the rest shape at the state's pose: after a jump in time or place.
    ///
    /// - Parameter state: posed as for `update`; its nodes take up the rest shape.
    mutating func reset(to state: inout SceneState)
}
