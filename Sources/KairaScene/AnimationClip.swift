/// Keyed changes of nodes over time.
public struct AnimationClip: Sendable {
    /// One property of one node.
    public struct Channel: Sendable {
        /// What is animated.
        public enum Path: String, Sendable, Hashable {
            /// Three numbers a key.
            case translation
            /// Four numbers a key, a unit quaternion x, y, z, w.
            case rotation
            /// Three numbers a key.
            case scale
            /// One number a morph target and key.
            case weights
        }

        /// What lies between keys.
        public enum Interpolation: String, Sendable, Hashable {
            /// The earlier key's value.
            case step = "STEP"
            /// Between the two values; slerp for rotations.
            case linear = "LINEAR"
            /// A Hermite spline; each key has in-tangent, value, out-tangent.
            case cubicSpline = "CUBICSPLINE"
        }

        /// The node.
        public var node: NodeID
        /// What is animated.
        public var path: Path
        /// What lies between keys.
        public var interpolation: Interpolation
        /// Key times, seconds, strictly rising, never empty.
        public var times: [Float]
        /// `[keys, components]`, or `[keys, 3, components]` (in-tangent, value, out-tangent) for a cubic spline.
        public var values: [Float]

        /// A channel from its parts.
        public init(node: NodeID, path: Path, interpolation: Interpolation, times: [Float], values: [Float]) {
            self.node = node
            self.path = path
            self.interpolation = interpolation
            self.times = times
            self.values = values
        }

        /// Numbers a key (without tangents).
        public var componentCount: Int {
            times.isEmpty ? 0 : values.count / times.count / (interpolation == .cubicSpline ? 3 : 1)
        }
    }

    /// What it is called, possibly empty.
    public var name: String
    /// What it animates.
    public var channels: [Channel]

    /// A clip from its parts.
    public init(name: String = "", channels: [Channel]) {
        self.name = name
        self.channels = channels
    }

    /// The time of the last key, seconds.
    public var duration: Float { channels.compactMap(\.times.last).max() ?? 0 }
}
