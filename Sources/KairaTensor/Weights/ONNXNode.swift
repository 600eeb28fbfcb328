/// A node of an ONNX graph: which values an operation reads and makes. Nothing runs it.
package struct ONNXNode: Sendable, Hashable {
    /// The operator's name: `Conv`, `MatMul`.
    package var operation: String
    /// Names of values or of tensors of the file, in the operator's order; an empty one is left out.
    package var inputs: [String]
    /// Names of the values that it makes.
    package var outputs: [String]
}
