import KairaGeometry

/// A camera's lens; its place is that of its node, looking along -Z with +Y up.
public struct Camera: Sendable, Hashable {
    /// The kind of projection.
    public enum Lens: Sendable, Hashable {
        /// Full vertical angle in radians; `aspect` nil for that of the picture; `far` may be infinite.
        case perspective(verticalFieldOfView: Float, aspect: Float?, near: Float, far: Float)
        /// Half the visible width and height, metres.
        case orthographic(halfWidth: Float, halfHeight: Float, near: Float, far: Float)
    }

    /// What it is called, possibly empty.
    public var name: String
    /// The kind of projection.
    public var lens: Lens

    /// A camera from its parts.
    public init(name: String = "", lens: Lens) {
        self.name = name
        self.lens = lens
    }

    /// From view space to clip space for a picture of the given width over height.
    public func clipFromView(aspect: Float) -> Matrix4 {
        switch lens {
        case .perspective(let angle, let own, let near, let far):
            Projection.perspective(verticalFieldOfView: angle, aspect: own ?? aspect, near: near, far: far)
        case .orthographic(let halfWidth, let halfHeight, let near, let far):
            Projection.orthographic(halfWidth: halfWidth, halfHeight: halfHeight, near: near, far: far)
        }
    }
}

/// A light (KHR_lights_punctual); its place is that of its node, shining along -Z.
public struct Light: Sendable, Hashable {
    /// The kind of light.
    public enum Kind: Sendable, Hashable {
        /// From infinitely far; intensity in lux.
        case directional
        /// In all directions; intensity in candela.
        case point
        /// In a cone, half angles in radians; intensity in candela.
        case spot(innerConeAngle: Float, outerConeAngle: Float)
    }

    /// What it is called, possibly empty.
    public var name: String
    /// The kind of light.
    public var kind: Kind
    /// Linear RGB.
    public var color: SIMD3<Float>
    /// Lux or candela.
    public var intensity: Float
    /// Metres beyond which it has no effect, or nil for no limit.
    public var range: Float?

    /// A light from its parts.
    public init(
        name: String = "", kind: Kind, color: SIMD3<Float> = .one, intensity: Float = 1, range: Float? = nil
    ) {
        self.name = name
        self.kind = kind
        self.color = color
        self.intensity = intensity
        self.range = range
    }
}
