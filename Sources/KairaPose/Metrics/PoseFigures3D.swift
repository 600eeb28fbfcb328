/// The figures that papers on 3D pose print.
public struct PoseFigures3D: Sendable, Hashable, Encodable {
    /// Mean per-joint position error, root-relative, mm ("Protocol 1").
    public var mpjpe: Double
    /// The same after the best rotation, scale and shift of each frame, mm ("Protocol 2").
    public var alignedMPJPE: Double
    /// The same after the best scale of each frame, mm ("Protocol 3").
    public var scaledMPJPE: Double
    /// Mean error of the step from frame to frame, mm.
    public var velocityError: Double
    /// Mean error of the second difference, mm a frame squared.
    public var accelerationError: Double
    /// Share of joints nearer than 150 mm, per cent.
    public var pck150: Double
    /// Mean of the PCK curve over 0, 5, ..., 150 mm, per cent.
    public var auc: Double

    /// Figures from their parts.
    public init(
        mpjpe: Double, alignedMPJPE: Double, scaledMPJPE: Double, velocityError: Double, accelerationError: Double,
        pck150: Double, auc: Double
    ) {
        self.mpjpe = mpjpe
        self.alignedMPJPE = alignedMPJPE
        self.scaledMPJPE = scaledMPJPE
        self.velocityError = velocityError
        self.accelerationError = accelerationError
        self.pck150 = pck150
        self.auc = auc
    }

    /// The mean of each figure; nil of none.
    public static func mean(_ all: [PoseFigures3D]) -> PoseFigures3D? {
        guard !all.isEmpty else { return nil }
        func mean(_ figure: KeyPath<PoseFigures3D, Double>) -> Double {
            all.reduce(0) { $0 + $1[keyPath: figure] } / Double(all.count)
        }
        return PoseFigures3D(
            mpjpe: mean(\.mpjpe), alignedMPJPE: mean(\.alignedMPJPE), scaledMPJPE: mean(\.scaledMPJPE),
            velocityError: mean(\.velocityError), accelerationError: mean(\.accelerationError),
            pck150: mean(\.pck150), auc: mean(\.auc))
    }

    enum CodingKeys: String, CodingKey {
        case mpjpe, pck150, auc
        case alignedMPJPE = "p_mpjpe"
        case scaledMPJPE = "n_mpjpe"
        case velocityError = "mpjve"
        case accelerationError = "accel"
    }
}
