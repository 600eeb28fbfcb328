/// How a weight file is laid out; readers tell it by the first bytes, not by the name.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
    /// Hugging Face safetensors, one file or shards with `model.safetensors.index.json`.
    case safetensors
    /// NumPy's `.npz`.
    case npz
    /// PyTorch's zip layout, one file or shards with `pytorch_model.bin.index.json`.
    case pytorch
    /// PyTorch's layout before version 1.6.
    case pytorchLegacy
    /// The constant tensors of an ONNX model.
    case onnx
}
