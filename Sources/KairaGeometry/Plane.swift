/// A plane in Double: the points where `dot(normal, p) == offset`.
@frozen public struct Plane: Sendable, Hashable {
    /// The unit normal; the side it points to is above.
    public let normal: SIMD3<Double>
    /// The distance of the origin from the plane, along the normal; metres.
    public let offset: Double

    /// A plane from any normal that is not zero; both numbers are scaled so that the normal has length 1.
    ///
    /// - Throws: `GeometryError.badPlane` for a normal without direction or a number that is not finite.
    public init(normal: SIMD3<Double>, offset: Double) throws(GeometryError) {
        let length = length(normal)
        guard length > 1e-150, length.isFinite, offset.isFinite, (offset / length).isFinite else {
            throw .badPlane("a plane's normal must have a direction, and its offset must be a number")
        }
        self.normal = normal / length
        self.offset = offset / length
    }

    /// The plane a x + b y + c z + d = 0; above is where the sum is positive.
    ///
    /// - Throws: `GeometryError.badPlane` as above.
    public init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) throws(GeometryError) {
        try self.init(normal: SIMD3(a, b, c), offset: -d)
    }

    /// How far a point is above the plane; negative below.
    @inlinable public func distance(to p: SIMD3<Double>) -> Double { dot(normal, p) - offset }

    /// `distance(to:)`, and exactly 0 for a point that rounding alone keeps off the plane: the normal's length was divided out,
    /// and a corner of the solid that lies in the plane as it was written should count as being in it.
    func height(of p: SIMD3<Double>) -> Double {
        let height = distance(to: p)
        let terms = abs(normal.x * p.x) + abs(normal.y * p.y) + abs(normal.z * p.z) + abs(offset)
        return abs(height) <= 4 * Double.ulpOfOne * terms ? 0 : height
    }

    /// Two unit vectors in the plane with `cross(right, up) == normal`: coordinates of a drawing of it.
    ///
    /// `up` is as near to +Y as the plane allows, or to -Z where the plane is level, as a person who stands above sees it.
    public var axes: (right: SIMD3<Double>, up: SIMD3<Double>) {
        let level = abs(normal.y) > 1 - 1e-9
        let wanted: SIMD3<Double> = level ? SIMD3(0, 0, normal.y > 0 ? -1 : 1) : SIMD3(0, 1, 0)
        // By cross products: a difference would leave `up` off the plane where the normal is nearly upright.
        let right = direction(cross(wanted, normal), else: SIMD3(1, 0, 0))
        return (right, cross(normal, right))
    }
}
