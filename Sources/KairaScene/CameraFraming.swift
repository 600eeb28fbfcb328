import Glibc
import KairaGeometry

/// Places a perspective camera so that a box fills the picture.
public struct CameraFraming: Sendable, Hashable {
    /// From where a box is looked at. Avatars face +Z, their left is +X.
    public enum View: Sendable, Hashable {
        /// From +Z.
        case front
        /// From -Z.
        case back
        /// From +X: the avatar's own left side.
        case left
        /// From -X: the avatar's own right side.
        case right
        /// From +Y, the avatar's front at the bottom of the picture.
        case top
        /// From the front, above, and the avatar's left, each axis equally short.
        case isometric
        /// From the direction of a vector, any length above zero.
        case direction(SIMD3<Float>)
        /// From a place towards another, metres, whatever the box; the angle in radians, or nil for the framing's own.
        case eye(SIMD3<Float>, target: SIMD3<Float>, verticalFieldOfView: Float? = nil)

        /// Reads `front`, `back`, `left`, `right`, `top`, `iso`, a direction `x,y,z` from the box towards the camera, the
        /// camera's place and target `x,y,z,tx,ty,tz`, or those and the vertical angle in degrees; nil for anything else.
        public init?(_ text: String) {
            switch text {
            case "front": self = .front
            case "back": self = .back
            case "left": self = .left
            case "right": self = .right
            case "top": self = .top
            case "iso", "isometric": self = .isometric
            default:
                let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) ?? .nan }
                guard [3, 6, 7].contains(parts.count), parts.allSatisfy(\.isFinite) else { return nil }
                let first = SIMD3(parts[0], parts[1], parts[2])
                if parts.count == 3 {
                    guard length(first) > 1e-12, length(first).isFinite else { return nil }
                    self = .direction(first)
                    return
                }
                let target = SIMD3(parts[3], parts[4], parts[5])
                guard distance(first, target) > 1e-6, distance(first, target).isFinite else { return nil }
                guard parts.count == 7 else {
                    self = .eye(first, target: target)
                    return
                }
                guard parts[6] > 0, parts[6] < 180 else { return nil }
                self = .eye(first, target: target, verticalFieldOfView: parts[6] * .pi / 180)
            }
        }

        /// The unit vector from the box towards the camera.
        public var towardsCamera: SIMD3<Float> {
            switch self {
            case .front: [0, 0, 1]
            case .back: [0, 0, -1]
            case .left: [1, 0, 0]
            case .right: [-1, 0, 0]
            case .top: [0, 1, 0]
            case .isometric: normalize([1, 1, 1])
            case .direction(let v): KairaGeometry.direction(v, else: [0, 0, 1])
            case .eye(let eye, let target, _): KairaGeometry.direction(eye - target, else: [0, 0, 1])
            }
        }
    }

    /// A camera and its place.
    public struct Placement: Sendable, Hashable {
        /// The lens.
        public var camera: Camera
        /// Where it stands, looking along its -Z.
        public var worldFromCamera: Matrix4
        /// What it looks at.
        public var target: SIMD3<Float>

        /// From world to view space.
        public var viewFromWorld: Matrix4 { worldFromCamera.affineInverse }
        /// Where it stands.
        public var eye: SIMD3<Float> { worldFromCamera.translation }
    }

    /// From where.
    public var view: View
    /// The full vertical angle, radians, above 0 and below pi.
    public var verticalFieldOfView: Float
    /// Width over height of the picture, above 0.
    public var aspect: Float
    /// The share of the picture left free on each side, 0..<0.5.
    public var margin: Float

    /// A framing; by default 30 degrees, a portrait lens.
    public init(
        _ view: View = .front, verticalFieldOfView: Float = .pi / 6, aspect: Float = 16 / 9, margin: Float = 0.05
    ) {
        self.view = view
        self.verticalFieldOfView = verticalFieldOfView
        self.aspect = aspect
        self.margin = margin
    }

    /// The nearest place on the line from the box's middle from which every corner of the box is inside the margin.
    ///
    /// An empty box is taken as the cube of 2 m round the origin, a point as one of 2 mm. For `View.eye` the box sets only
    /// the near and far planes.
    public func place(_ box: BoundingBox) -> Placement {
        var box = box.isEmpty ? BoundingBox(min: [-1, -1, -1], max: [1, 1, 1]) : box
        let tiny = SIMD3<Float>(repeating: max(length(box.size) * 1e-4, 1e-3))
        if length(box.size) < 1e-3 { box = BoundingBox(min: box.center - tiny, max: box.center + tiny) }
        let z = view.towardsCamera
        // Looking straight down or up has no up of its own: the picture's up is then away from the front.
        let up: SIMD3<Float> = abs(z.y) > 0.999 ? [0, 0, z.y > 0 ? -1 : 1] : [0, 1, 0]
        let x = direction(cross(up, z), else: [1, 0, 0])
        let y = cross(z, x)
        let free = 1 - 2 * min(max(margin, 0), 0.49)
        let slopeY = tanf(verticalFieldOfView / 2) * free
        let slopeX = tanf(verticalFieldOfView / 2) * aspect * free
        var distance: Float = 0
        var (nearest, farthest) = (Float.infinity, -Float.infinity)
        for corner in 0..<8 {
            let p =
                SIMD3(
                    corner & 1 == 0 ? box.min.x : box.max.x, corner & 2 == 0 ? box.min.y : box.max.y,
                    corner & 4 == 0 ? box.min.z : box.max.z) - box.center
            let depth = dot(p, z)
            distance = max(distance, depth + max(abs(dot(p, x)) / slopeX, abs(dot(p, y)) / slopeY))
            nearest = min(nearest, -depth)
            farthest = max(farthest, -depth)
        }
        let radius = length(box.size) / 2
        if case .eye(let eye, let target, let angle) = view {
            let reach = KairaGeometry.distance(eye, box.center)
            let camera = Camera(
                name: "eye",
                lens: .perspective(
                    verticalFieldOfView: angle ?? verticalFieldOfView, aspect: nil,
                    near: max(reach - 2 * radius, reach * 0.01, 1e-3),
                    far: reach + 10 * radius))
            return Placement(
                camera: camera, worldFromCamera: Matrix4(linear: Matrix3(x, y, z), translation: eye), target: target)
        }
        // Room for what moves out of the box: outlines, hair, the next frame.
        let near = max(distance + nearest - radius, distance * 0.01)
        let far = distance + farthest + 10 * radius
        let camera = Camera(
            name: "framing",
            lens: .perspective(verticalFieldOfView: verticalFieldOfView, aspect: nil, near: near, far: far))
        return Placement(
            camera: camera,
            worldFromCamera: Matrix4(linear: Matrix3(x, y, z), translation: box.center + z * distance),
            target: box.center)
    }
}
