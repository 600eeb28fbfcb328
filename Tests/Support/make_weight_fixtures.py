#!/usr/bin/env python3
"""Writes Tests/Fixtures/weights with PyTorch, safetensors and NumPy; the tests compare Kaira's readers with them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install torch safetensors numpy onnx
    /tmp/venv/bin/python Tests/Support/make_weight_fixtures.py

Values come from a seeded generator, so no data of others is in the files. `expected*.npz` hold what the libraries
themselves read; types that NumPy lacks (bfloat16) are there as float32.
"""
import argparse
import collections
import json
import pathlib
import pickle

import numpy as np
import onnx
import onnx.external_data_helper
import safetensors.torch
import torch

out = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "weights"
out.mkdir(parents=True, exist_ok=True)
torch.manual_seed(7)


def plain(tensor):
    tensor = tensor.detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).contiguous().numpy()


def tensors():
    """One tensor of every type and kind of view."""
    base = torch.randn(6, 5)
    half = torch.randn(3, 4).half()
    halves = torch.tensor([0x0001, 0x03FF, 0x0400, 0x7BFF, 0x7C00, -1, -32768, 0x3C01], dtype=torch.int16)
    return collections.OrderedDict(
        float32=torch.randn(2, 3, 4),
        float64=torch.randn(5, dtype=torch.float64),
        float16=half,
        float16_bits=halves.view(torch.float16),
        bfloat16=torch.randn(7).bfloat16(),
        int64=torch.tensor([[-(2**53), 2**53, 3]]),
        int32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        int16=torch.tensor([-32768, 32767], dtype=torch.int16),
        int8=torch.tensor([-128, 127, 0], dtype=torch.int8),
        uint8=torch.tensor([0, 255, 128], dtype=torch.uint8),
        bool=torch.tensor([[True], [False]]),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        transposed=half.t(),
        rows=base[2:5],
        columns=base[:, 1:4:2],
        turned=base.permute(1, 0),
        repeated=torch.tensor([[1.0], [2.0]]).expand(2, 3),
        parameter=torch.nn.Parameter(torch.randn(4)),
    )


state = tensors()
np.savez(out / "expected.npz", **{name: plain(tensor) for name, tensor in state.items()})
torch.save(state, out / "zip.pt")
torch.save(state, out / "legacy.pt", _use_new_zipfile_serialization=False)
safetensors.torch.save_file(
    {name: tensor.detach().contiguous().clone() for name, tensor in state.items()},
    out / "single.safetensors", metadata={"format": "pt", "made by": "make_weight_fixtures.py"})

# Checkpoints as training programs write them: weights beside settings, counters and an optimiser.
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Sequential(torch.nn.Linear(4, 2)))
net(torch.randn(8, 3))
optimizer = torch.optim.Adam(net.parameters())
net(torch.randn(8, 3)).sum().backward()
optimizer.step()
np.savez(out / "expected_net.npz", **{name: plain(tensor) for name, tensor in net.state_dict().items()})
checkpoint = {
    "meta": {"epoch": 3, "args": argparse.Namespace(lr=1e-3, path=pathlib.PurePosixPath("/data"))},
    "state_dict": net.state_dict(),
    "optimizer": optimizer.state_dict(),
    "best": np.float64(0.5),
}
torch.save(checkpoint, out / "checkpoint.pth")
torch.save(checkpoint, out / "checkpoint_legacy.pth", _use_new_zipfile_serialization=False)
torch.save(net, out / "module.pt")
torch.serialization.get_source_lines_and_file = None  # or the file would hold PyTorch's source code
torch.save(net, out / "module_legacy.pt", _use_new_zipfile_serialization=False)
for protocol in (2, 4):
    with open(out / f"module_protocol{protocol}.pkl", "wb") as file:
        pickle.dump({"G": None, "module": net}, file, protocol=protocol)

# Shards with their index, of both kinds.
names = list(net.state_dict())
parts = [names[:3], names[3:]]
for folder, pattern, index, save in (
    ("shards", "model-{:05d}-of-00002.safetensors", "model.safetensors.index.json", safetensors.torch.save_file),
    ("bins", "pytorch_model-{:05d}-of-00002.bin", "pytorch_model.bin.index.json", torch.save),
):
    (out / folder).mkdir(exist_ok=True)
    places = {}
    for number, part in enumerate(parts, 1):
        name = pattern.format(number)
        save({key: net.state_dict()[key] for key in part}, out / folder / name)
        places.update({key: name for key in part})
    size = sum(tensor.numel() * tensor.element_size() for tensor in net.state_dict().values())
    (out / folder / index).write_text(json.dumps({"metadata": {"total_size": size}, "weight_map": places}, indent=2))

# NumPy: stored and deflated, both orders of axes and of bytes, all types.
arrays = {name: plain(tensor) for name, tensor in state.items()}
arrays["fortran"] = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
arrays["big"] = np.array([1.5, -2.5], dtype=">f8")
arrays["uint16"] = np.array([65535], dtype=np.uint16)
arrays["uint64"] = np.array([2**40], dtype=np.uint64)
np.savez(out / "arrays.npz", **arrays)
np.savez_compressed(out / "arrays_deflated.npz", **arrays)

# Object arrays in the layout of the community's data_3d_h36m.npz, with values of our own.
rng = np.random.default_rng(3)
positions = {
    subject: {action: rng.standard_normal((frames, 4, 3)).astype(np.float32) for action, frames in actions.items()}
    for subject, actions in {"S1": {"Walking": 3, "Eating 1": 2}, "S9": {"Walking": 1}}.items()
}
metadata = {"layout_name": "h36m", "num_joints": 4, "keypoints_symmetry": [[1, 2], [3, 0]]}
np.savez_compressed(out / "objects.npz", positions_3d=positions, metadata=metadata, plain=np.arange(3))
np.savez(out / "expected_objects.npz", **{f"{s}/{a}": v for s, d in positions.items() for a, v in d.items()})
np.save(out / "ragged.npy", np.array([[positions["S1"]["Walking"], None], ["text", 7]], dtype=object))

# Every kind of plain value, in every protocol with binary operations.
values = {
    "none": None, "true": True, "false": False, "small": 7, "word": 300, "negative": -5, "large": 2**40,
    "least": -(2**63), "huge": 2**100, "float": -0.1, "text": "na\u00efve \U0001f44b", "bytes": b"\x00\xff",
    "tuple": (1, (2, "x"), ()), "list": [1, [2]], "set": {5}, "nested": {"a": {"b": [1.5]}}, 3: "three",
    "complex": 1 + 2j, "array": np.arange(6, dtype=np.int16).reshape(2, 3), "columns": np.asfortranarray(
        np.arange(6.0).reshape(2, 3)), "number": np.float32(1.25), "bytearray": bytearray(b"ab"),
    "ordered": collections.OrderedDict(z=1, a=2),
}
values["again"] = values["list"]
values["cycle"] = cycle = []
cycle.append(cycle)
for protocol in (2, 3, 4, 5):
    with open(out / f"values{protocol}.pkl", "wb") as file:
        pickle.dump(values, file, protocol=protocol)

# ONNX: raw and typed fields, a Constant node, and tensors in a file beside the model.
numbers = {"f4": (onnx.TensorProto.FLOAT, np.array([[1.5, -2.0]], np.float32)),
           "f8": (onnx.TensorProto.DOUBLE, np.array([0.1], np.float64)),
           "f2": (onnx.TensorProto.FLOAT16, np.array([0.5, -65504.0], np.float16)),
           "i1": (onnx.TensorProto.INT8, np.array([-1, 5], np.int8)),
           "i4": (onnx.TensorProto.INT32, np.array([-7], np.int32)),
           "i8": (onnx.TensorProto.INT64, np.array([-(2**40)], np.int64)),
           "u1": (onnx.TensorProto.UINT8, np.array([200], np.uint8)),
           "u8": (onnx.TensorProto.UINT64, np.array([2**40], np.uint64)),
           "b1": (onnx.TensorProto.BOOL, np.array([True, False]))}
initializers, expected = [], {}
for name, (kind, array) in numbers.items():
    initializers.append(onnx.numpy_helper.from_array(array, "raw_" + name))
    initializers.append(onnx.helper.make_tensor("typed_" + name, kind, array.shape, array.flatten().tolist()))
    expected["raw_" + name] = expected["typed_" + name] = array
constant = onnx.helper.make_node("Constant", [], ["constant"], value=onnx.numpy_helper.from_array(numbers["f4"][1]))
expected["constant"] = numbers["f4"][1]
graph = onnx.helper.make_graph([constant], "g", [], [onnx.helper.make_tensor_value_info("constant", 1, [1, 2])], initializers)
model = onnx.helper.make_model(graph)
onnx.save(model, out / "model.onnx")
(out / "onnx").mkdir(exist_ok=True)
onnx.save(model, out / "onnx" / "outside.onnx", save_as_external_data=True, location="outside.data", size_threshold=0)
np.savez(out / "expected_onnx.npz", **expected)

for path in out.rglob("*.safetensors"):
    path.chmod(0o644)
