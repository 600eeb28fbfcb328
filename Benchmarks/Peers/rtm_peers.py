"""Times an RTMPose or RTMDet model in one other runtime: a line of JSON in, a list of milliseconds a line out.

Requests: {"model": folder with model.safetensors under the names of OpenMMLab's checkpoints, "peer": onnxruntime-fp32 |
openvino-fp32, "threads", "runs"}; 0 runs give the network's answer instead of times, channels last. The ONNX file is written
beside the weights once, operation by operation as PyTorch's exporter does it: norms folded into the convolutions, SiLU as
Sigmoid and Mul.
"""
import json
import os
import sys
import time

import numpy
from onnx import TensorProto, helper, numpy_helper, save


def tensors(path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    result = {}
    for name, entry in header.items():
        if name != "__metadata__":
            a, b = entry["data_offsets"]
            result[name] = numpy.frombuffer(data[a:b], numpy.float32).reshape(entry["shape"])
    return result


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.constants, self.count = weights, [], [], 0

    def constant(self, value):
        self.count += 1
        self.constants.append(numpy_helper.from_array(numpy.array(value, order="C"), f"constant_{self.count}"))
        return f"constant_{self.count}"

    def add(self, operation, *inputs, output=None, **attributes):
        self.count += 1
        output = output or f"value_{self.count}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output

    def has(self, name):
        return any(key.startswith(name + ".") for key in self.weights)

    def plain(self, name, x, stride=1, groups=1, bias=None, weight=None, output=None):
        weight = self.weights[name + ".weight"] if weight is None else weight
        bias = self.weights[name + ".bias"] if bias is None else bias
        side = weight.shape[-1]
        return self.add(
            "Conv", x, self.constant(weight), self.constant(bias), kernel_shape=[side, side], strides=[stride, stride],
            pads=[side // 2] * 4, group=groups, dilations=[1, 1], **({"output": output} if output else {}))

    def module(self, name, x, stride=1):
        w, bn = self.weights[name + ".conv.weight"], {
            key: self.weights[f"{name}.bn.{key}"].astype(numpy.float64)
            for key in ("weight", "bias", "running_mean", "running_var")}
        factor = bn["weight"] / numpy.sqrt(bn["running_var"] + 1e-5)
        y = self.plain(
            name, x, stride, w.shape[0] if w.shape[1] == 1 else 1,
            (bn["bias"] - bn["running_mean"] * factor).astype(numpy.float32),
            (w * factor[:, None, None, None]).astype(numpy.float32))
        return self.add("Mul", y, self.add("Sigmoid", y))

    def convolution(self, name, x, stride=1):
        if self.has(name + ".conv"):
            return self.module(name, x, stride)
        return self.module(name + ".pointwise_conv", self.module(name + ".depthwise_conv", x, stride))

    def layer(self, name, x, identity):
        short, y, index = self.module(name + ".short_conv", x), self.module(name + ".main_conv", x), 0
        while self.has(f"{name}.blocks.{index}"):
            z = self.convolution(f"{name}.blocks.{index}.conv2", self.convolution(f"{name}.blocks.{index}.conv1", y))
            y = self.add("Add", z, y) if identity else z
            index += 1
        y = self.add("Concat", y, short, axis=1)
        if self.has(name + ".attention"):
            factors = self.plain(name + ".attention.fc", self.add("GlobalAveragePool", y))
            y = self.add("Mul", y, self.add("HardSigmoid", factors, alpha=1 / 6))
        return self.module(name + ".final_conv", y)

    def backbone(self, x):
        for index in range(3):
            x = self.module(f"backbone.stem.{index}", x, 2 if index == 0 else 1)
        results = []
        for stage in range(1, 5):
            name = f"backbone.stage{stage}"
            x = self.convolution(name + ".0", x, 2)
            if stage == 4:
                x = self.module(name + ".1.conv1", x)
                pools = [
                    self.add("MaxPool", x, kernel_shape=[k, k], pads=[k // 2] * 4, strides=[1, 1]) for k in (5, 9, 13)]
                x = self.module(name + ".1.conv2", self.add("Concat", x, *pools, axis=1))
            x = self.layer(name + (".2" if stage == 4 else ".1"), x, stage < 4)
            results.append(x)
        return results

    def linear(self, name, x, output=None):
        return self.add("MatMul", x, self.constant(self.weights[name + ".weight"].T), output=output)

    def norm(self, name, x, width):
        length = self.add("ReduceL2", x, axes=[-1], keepdims=1)
        length = self.add("Mul", length, self.constant(numpy.float32(width**-0.5)))
        length = self.add("Clip", length, self.constant(numpy.float32(1e-5)))
        return self.add("Mul", self.add("Div", x, length), self.constant(self.weights[name + ".g"]))

    def pose(self, x):
        joints = self.weights["head.final_layer.bias"].shape[0]
        x = self.plain("head.final_layer", self.backbone(x)[-1])
        x = self.add("Reshape", x, self.constant(numpy.int64([1, joints, -1])))
        x = self.linear("head.mlp.1", self.norm("head.mlp.0", x, 48))
        uv = self.linear("head.gau.uv", self.norm("head.gau.ln", x, 256))
        uv = self.add("Mul", uv, self.add("Sigmoid", uv))
        parts = ["gates", "values", "base"]
        self.nodes.append(helper.make_node(
            "Split", [uv, self.constant(numpy.int64([512, 512, 128]))], parts, axis=2))
        base = self.add("Unsqueeze", "base", self.constant(numpy.int64([2])))
        base = self.add("Mul", base, self.constant(self.weights["head.gau.gamma"][None, None]))
        base = self.add("Add", base, self.constant(self.weights["head.gau.beta"]))
        q = self.add("Gather", base, self.constant(numpy.int64(0)), axis=2)
        k = self.add("Transpose", self.add("Gather", base, self.constant(numpy.int64(1)), axis=2), perm=[0, 2, 1])
        scores = self.add("Div", self.add("MatMul", q, k), self.constant(numpy.float32(128**0.5)))
        scores = self.add("Relu", scores)
        attended = self.add("MatMul", self.add("Mul", scores, scores), "values")
        y = self.linear("head.gau.o", self.add("Mul", "gates", attended))
        x = self.add("Add", self.add("Mul", x, self.constant(self.weights["head.gau.res_scale.scale"])), y)
        return [self.linear("head.cls_x", x, "simcc_x"), self.linear("head.cls_y", x, "simcc_y")]

    def detector(self, x):
        features = self.backbone(x)[1:]
        inner = [features[2]]
        for step in range(2):
            inner[0] = self.module(f"neck.reduce_layers.{step}", inner[0])
            large = self.add(
                "Resize", inner[0], "", self.constant(numpy.float32([1, 1, 2, 2])), mode="nearest",
                coordinate_transformation_mode="asymmetric", nearest_mode="floor")
            joined = self.add("Concat", large, features[1 - step], axis=1)
            inner.insert(0, self.layer(f"neck.top_down_blocks.{step}", joined, False))
        outs = [inner[0]]
        for step in range(2):
            small = self.convolution(f"neck.downsamples.{step}", outs[-1], 2)
            joined = self.add("Concat", small, inner[step + 1], axis=1)
            outs.append(self.layer(f"neck.bottom_up_blocks.{step}", joined, False))
        results = []
        for level in range(3):
            x = self.convolution(f"neck.out_convs.{level}", outs[level])
            for part, last in (("cls_convs", "rtm_cls"), ("reg_convs", "rtm_reg")):
                y = x
                for index in range(2):
                    y = self.convolution(f"bbox_head.{part}.{level}.{index}", y)
                results.append(self.plain(f"bbox_head.{last}.{level}", y, output=f"{last}_{level}"))
        return results


def onnx_file(folder):
    path = os.path.join(folder, "model.onnx")
    if not os.path.exists(path):
        graph = Graph(tensors(os.path.join(folder, "model.safetensors")))
        isPose = graph.has("head")
        outputs = graph.pose("pixels") if isPose else graph.detector("pixels")
        made = helper.make_graph(
            graph.nodes, "rtm", [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, picture(folder).shape)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], graph.constants)
        save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path + ".partial")
        os.rename(path + ".partial", path)
    return path


def picture(folder):
    height, width = (256, 192) if "rtmpose" in folder else (320, 320)
    values = numpy.arange(3 * height * width, dtype=numpy.int64) * 7919 % 1009 / 504.5 - 0.999
    return numpy.ascontiguousarray(values.astype(numpy.float32).reshape(1, height, width, 3).transpose(0, 3, 1, 2))


def load(folder, peer, threads):
    pixels = picture(folder)
    if peer.startswith("onnxruntime"):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(onnx_file(folder), options, ["CPUExecutionProvider"])
        return lambda: session.run(None, {"pixels": pixels})
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(onnx_file(folder)), "CPU",
        {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
         "NUM_STREAMS": 1})
    request = compiled.create_infer_request()

    def run():
        request.infer([pixels])
        return [request.get_output_tensor(index).data for index in range(len(compiled.outputs))]

    return run


if __name__ == "__main__":
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
        if int(asked["runs"]) == 0:
            answer = [a.transpose(0, 2, 3, 1) if a.ndim == 4 else a for a in loaded[key]()]
            times = numpy.concatenate([a.reshape(-1) for a in answer]).astype(float).tolist()
        else:
            times = []
        for _ in range(int(asked["runs"])):
            start = time.perf_counter()
            loaded[key]()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), file=answers, flush=True)
