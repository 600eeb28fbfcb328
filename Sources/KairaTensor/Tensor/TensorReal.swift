import CKairaKernels

/// A number type that tensors can compute with: `Float` and `Double`, no other.
public protocol TensorReal: TensorScalar, BinaryFloatingPoint, Codable {}

extension Float: TensorReal {}
extension Double: TensorReal {}

extension TensorReal {
    /// The kernels' code of the type.
    package static var kernelType: Int32 {
        switch elementType {
        case .float64: Int32(KAIRA_REAL_DOUBLE)
        case .float32: Int32(KAIRA_REAL_FLOAT)
        default: fatalError("tensors compute with Float and Double, not with \(Self.self)")
        }
    }
}
