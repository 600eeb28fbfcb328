/// What moves by itself: physics, and idle motion.
public struct LifeChoice: Sendable, Hashable {
    /// Whether spring bones, hair, flagella and cages of the file move.
    public var physics: Bool
    /// Whether the avatar blinks, breathes, glances and sways where nothing was measured.
    public var idle: Bool
    /// Which blinks and glances.
    public var seed: UInt64

    /// A choice from its parts.
    public init(physics: Bool = true, idle: Bool = false, seed: UInt64 = 1) {
        self.physics = physics
        self.idle = idle
        self.seed = seed
    }
}
