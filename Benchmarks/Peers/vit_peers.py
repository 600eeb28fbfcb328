"""Times a ViTPose model in one other runtime: a line of JSON in, a list of milliseconds a line out.

Requests: {"model": folder with config.json and model.safetensors, "peer": onnxruntime-fp32 | onnxruntime-int8 |
openvino-fp32 | openvino-bf16 | torch-bf16, "threads", "runs"}. The ONNX files are exported beside the weights once.
"""
import json
import os
import sys
import time

import numpy

picture = (numpy.arange(3 * 256 * 192, dtype=numpy.int64) * 7919 % 1009 / 504.5 - 0.999).astype(numpy.float32)
picture = picture.reshape(1, 3, 256, 192)


def torch_model(folder):
    from transformers import VitPoseForPoseEstimation

    return VitPoseForPoseEstimation.from_pretrained(folder).eval()


def onnx_file(folder, int8=False):
    path = os.path.join(folder, "model-int8.onnx" if int8 else "model.onnx")
    if os.path.exists(path):
        return path
    if int8:
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from onnxruntime.quantization.shape_inference import quant_pre_process

        plain = os.path.join(folder, "model-prepared.onnx")
        quant_pre_process(onnx_file(folder), plain, skip_symbolic_shape=True)
        quantize_dynamic(plain, path + ".partial", op_types_to_quantize=["MatMul", "Gemm"], weight_type=QuantType.QInt8)
    else:
        import torch

        class Heatmaps(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.model = torch_model(folder)

            def forward(self, pixels):
                return self.model(pixel_values=pixels).heatmaps

        with torch.no_grad():
            torch.onnx.export(
                Heatmaps(), (torch.from_numpy(picture),), path + ".partial", input_names=["pixels"],
                output_names=["heatmaps"], opset_version=17, dynamo=False)
    os.rename(path + ".partial", path)
    return path


def load(folder, peer, threads):
    runtime, kind = peer.split("-")
    if runtime == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(onnx_file(folder, kind == "int8"), options, ["CPUExecutionProvider"])
        return lambda: session.run(None, {"pixels": picture})[0]
    if runtime == "openvino":
        import openvino

        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(onnx_file(folder)), "CPU",
            {"INFERENCE_PRECISION_HINT": "f32" if kind == "fp32" else "bf16", "INFERENCE_NUM_THREADS": threads,
             "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1})
        request = compiled.create_infer_request()

        def run():
            request.infer([picture])
            return request.get_output_tensor().data

        return run
    import torch

    torch.set_num_threads(threads)
    model, pixels = torch_model(folder), torch.from_numpy(picture)
    if kind == "bf16":
        model, pixels = model.to(torch.bfloat16), pixels.to(torch.bfloat16)

    def run():
        with torch.inference_mode():
            return model(pixel_values=pixels).heatmaps

    return run


# Whatever a library prints must not mix with the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
loaded = {}
for line in sys.stdin:
    asked = json.loads(line)
    key = (asked["model"], asked["peer"], int(asked["threads"]))
    if key not in loaded:
        loaded[key] = load(*key)
        for _ in range(3):
            loaded[key]()
    times = []
    for _ in range(int(asked["runs"])):
        start = time.perf_counter()
        loaded[key]()
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), file=answers, flush=True)
