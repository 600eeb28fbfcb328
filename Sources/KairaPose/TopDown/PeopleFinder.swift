import KairaImage

/// Finds people in a whole picture, for networks that look at one person at a time.
///
/// One thread may use a finder at a time.
public protocol PeopleFinder: AnyObject {
    /// Whether boxes only say where somebody is, so that a person is looked at twice: in the box, then in that of the joints.
    var isRough: Bool { get }

    /// The people in a picture, in its pixels, surest first.
    ///
    /// - Throws: `PoseError.network` where the network cannot run.
    func people(in image: Image) throws(PoseError) -> [PersonBox]
}

extension PersonDetector: PeopleFinder {
    /// The detector gives a circle round the body.
    public var isRough: Bool { true }

    /// The people in a picture, best score first, in its pixels.
    ///
    /// - Throws: `PoseError.network` where the network cannot run.
    public func people(in image: Image) throws(PoseError) -> [PersonBox] {
        try detect(image).map {
            PersonBox(box: TopDownBox.box(of: $0, in: SIMD2(image.width, image.height)), score: $0.score)
        }
    }
}
