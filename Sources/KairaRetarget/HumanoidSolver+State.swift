import KairaGeometry
import KairaMotion

extension HumanoidSolver {
    /// What the solver remembers of one person between frames; a new one knows nothing.
    public struct State: Sendable, Hashable {
        /// A bone's way between its sources.
        struct Bone: Sendable, Hashable {
            /// The last rotation, before and after sign and clean-up.
            var rotation: Quaternion
            var output = Quaternion.identity
            /// 0: authored; other numbers: kinds of measurement.
            var kind = 0
            /// What was left over when the kind last changed, and how long ago that was.
            var offset = Quaternion.identity
            var elapsed = Float.infinity
            /// 0 authored ... 1 measured.
            var weight: Float = 0

            init(rotation: Quaternion) {
                self.rotation = rotation
                output = rotation
            }
        }

        /// The bend plane of a limb, in its parent's frame.
        struct Limb: Sendable, Hashable {
            var direction: SIMD3<Float>?
            var pole: SIMD3<Float> = .zero
            var twist: Float = 0
            /// How long a straight limb has seemed to bend the wrong way, seconds.
            var doubt: Float = 0
        }

        /// A foot on the ground or in the air.
        struct Foot: Sendable, Hashable {
            var lock: SIMD3<Float>?
            /// From the measured to the shown ankle, when it was let go, and since when.
            var offset: SIMD3<Float> = .zero
            var elapsed = Float.infinity
            /// Low-passed ankle and its speed, for the decision only.
            var smooth: SIMD3<Float>?
            var speed: Float = 1
            /// 0 in the air ... 1 standing.
            var contact: Float = 0
            var rotation: Quaternion?
            var shown: SIMD3<Float>?
        }

        /// The way through the room.
        struct Root: Sendable, Hashable {
            var rayX = OneEuroFilter.State()
            var rayY = OneEuroFilter.State()
            var depth = OneEuroFilter.State()
            /// The last place in camera space, and the sum of the steps in the avatar's metres.
            var last: SIMD3<Float>?
            var place: SIMD3<Float> = .zero
            /// The person's leg: sum of weights and of weighted lengths.
            var legWeight: Float = 0
            var legSum: Float = 0
            /// The ground in camera space (up), the last height above it and its speed.
            var ground: Float?
            var height: Float = 0
            var rise: Float = 0
            var airborne: Float?
            var jump: Float = 0
            /// Hips height shown, and its way between measured and authored legs.
            var hipsY: Float?
            var legsMeasured = false
            var blend: Float = 0
            var elapsed = Float.infinity
        }

        var time: Double?
        var seen: [Bool] = []
        var bones: [Bone] = []
        var limbs = [Limb](repeating: Limb(), count: 4)
        var feet = [Foot(), Foot()]
        var root = Root()
        var lift = PlanarLift.State()
        var started = false

        /// Nothing seen yet.
        public init() {}

        /// Moves a bone's rotation to its target: a change of source leaves no jump, what is left over fades with time.
        ///
        /// Source: the "inertialization" of Bollo, GDC 2018, with a smooth step in place of his quintic.
        mutating func settle(
            _ bone: HumanBone, kind: Int, target: Quaternion, dt: Float, seconds: Float
        ) -> Quaternion {
            let i = bone.index
            if bones[i].kind != kind {
                bones[i].kind = kind
                // On the very first frame there is nothing to ease from.
                if started {
                    bones[i].offset = (bones[i].rotation * target.conjugate).normalized
                    bones[i].elapsed = 0
                }
            }
            bones[i].elapsed += dt
            let t = min(bones[i].elapsed / max(seconds, 1e-3), 1)
            let left = 1 - smoothstep(0, 1, t)
            let step = started ? dt / max(seconds, 1e-3) : 1
            bones[i].weight = kind == 0 ? max(0, bones[i].weight - step) : min(1, bones[i].weight + step)
            let rotation = left > 0 ? (Quaternion.slerp(.identity, bones[i].offset, left) * target).normalized : target
            bones[i].rotation = rotation.isFinite ? rotation : .identity
            return bones[i].rotation
        }
    }
}
