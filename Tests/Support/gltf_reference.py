#!/usr/bin/env python3
"""Evaluates animated, morphed and skinned glTF 2.0 geometry in float64, straight from the specification.

Shares no code with Kaira: the tests compare Kaira's vertices with what this script says. Needs numpy only.

    gltf_reference.py MODEL.gltf|glb --out FOLDER [--name NAME] [--times N] [--vertices N]

writes NAME.f32 (little-endian float32 numbers) and NAME.json:

    poses   world-space positions: clip (null for none), time, node, primitive, vertices, stride (every so-manieth vertex
            is there, so that a primitive has N at most), size (its diagonal), positions (where in NAME.f32)
    nodes, roots, meshes, skins, clips
            the model's content as plain arrays, the same vertices only: a test of the evaluation needs no glTF reader

Each clip is evaluated at N times, from before its first key to beyond its last one, and the file once without a clip.
A place in NAME.f32 is [first number, count of numbers].
"""

import argparse
import base64
import json
import math
import pathlib
import struct
import urllib.parse

import numpy as np

COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": (1, 1), "VEC2": (2, 1), "VEC3": (3, 1), "VEC4": (4, 1), "MAT2": (2, 2), "MAT3": (3, 3), "MAT4": (4, 4)}


class Model:
    """A file, its buffers, and its accessors as float64 or integer arrays."""

    def __init__(self, path):
        data = path.read_bytes()
        binary = None
        if data[:4] == b"glTF":
            at, text = 12, None
            while at < len(data):
                length, kind = struct.unpack_from("<II", data, at)
                chunk = data[at + 8 : at + 8 + length]
                if kind == 0x4E4F534A:
                    text = chunk
                elif kind == 0x004E4942 and binary is None:
                    binary = chunk
                at += 8 + length
        else:
            text = data
        self.json = json.loads(text)
        self.buffers = []
        for i, buffer in enumerate(self.json.get("buffers", [])):
            uri = buffer.get("uri")
            if uri is None:
                self.buffers.append(binary)
            elif uri.startswith("data:"):
                self.buffers.append(base64.b64decode(uri.split(",", 1)[1]))
            else:
                self.buffers.append((path.parent / urllib.parse.unquote(uri)).read_bytes())

    def list(self, name):
        return self.json.get(name, [])

    def view(self, index, offset, dtype, rows, columns_bytes):
        """`rows` elements of a buffer view as a [rows, columns_bytes] byte matrix."""
        view = self.list("bufferViews")[index]
        stride = view.get("byteStride", columns_bytes)
        start = view.get("byteOffset", 0) + offset
        raw = np.frombuffer(self.buffers[view["buffer"]], np.uint8)
        at = start + np.arange(rows)[:, None] * stride + np.arange(columns_bytes)[None, :]
        return np.ascontiguousarray(raw[at])

    def accessor(self, index):
        """[count, components]; section 3.6.2 of the specification."""
        a = self.list("accessors")[index]
        dtype = np.dtype(COMPONENTS[a["componentType"]])
        rows, columns = WIDTHS[a["type"]]
        # Each column of a matrix starts at a multiple of four bytes.
        column_bytes = rows * dtype.itemsize
        padded = column_bytes if columns == 1 else (column_bytes + 3) // 4 * 4
        element = padded * (columns - 1) + column_bytes if columns > 1 else column_bytes
        count = a["count"]

        def numbers(bytes_matrix):
            parts = [bytes_matrix[:, c * padded : c * padded + column_bytes] for c in range(columns)]
            flat = np.ascontiguousarray(np.concatenate(parts, axis=1))
            return flat.view(dtype).reshape(len(bytes_matrix), rows * columns)

        if "bufferView" in a:
            values = numbers(self.view(a["bufferView"], a.get("byteOffset", 0), dtype, count, element)).copy()
        else:
            values = np.zeros((count, rows * columns), dtype)
        if "sparse" in a:
            sparse = a["sparse"]
            kind = np.dtype(COMPONENTS[sparse["indices"]["componentType"]])
            n = sparse["count"]
            where = self.view(
                sparse["indices"]["bufferView"], sparse["indices"].get("byteOffset", 0), kind, n, kind.itemsize
            ).view(kind)[:, 0]
            values[where] = numbers(
                self.view(sparse["values"]["bufferView"], sparse["values"].get("byteOffset", 0), dtype, n, element)
            )
        if a.get("normalized"):
            limit = {"b": 127, "B": 255, "h": 32767, "H": 65535}[dtype.char]
            values = np.maximum(values.astype(np.float64) / limit, -1)
        if dtype.kind == "f":
            values = values.astype(np.float64)
        return values


def rotation_matrix(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def local_matrix(node):
    """T * R * S, or the node's own matrix; section 3.5.2."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    m = np.eye(4)
    m[:3, :3] = rotation_matrix(node["rotation"]) * np.asarray(node["scale"], np.float64)[None, :]
    m[:3, 3] = node["translation"]
    return m


def slerp(a, b, t):
    """Appendix C.4."""
    d = float(np.dot(a, b))
    angle = math.acos(min(abs(d), 1.0))
    if angle < 1e-9:
        return a * (1 - t) + b * (t * math.copysign(1, d))
    return (math.sin(angle * (1 - t)) * a + math.copysign(1, d) * math.sin(angle * t) * b) / math.sin(angle)


def sample(times, values, interpolation, path, t):
    """Section 3.11 and appendix C: one animated property at a time."""
    keys = len(times)
    cubic = interpolation == "CUBICSPLINE"
    values = values.reshape(keys, 3 if cubic else 1, -1)
    middle = 1 if cubic else 0
    if t <= times[0]:
        result = values[0, middle]
    elif t >= times[-1]:
        result = values[-1, middle]
    else:
        k = int(np.searchsorted(times, t, side="right")) - 1
        td = times[k + 1] - times[k]
        u = (t - times[k]) / td
        if interpolation == "STEP":
            result = values[k, 0]
        elif cubic:
            p0, m0, p1, m1 = values[k, 1], values[k, 2] * td, values[k + 1, 1], values[k + 1, 0] * td
            result = (
                (2 * u**3 - 3 * u**2 + 1) * p0
                + (u**3 - 2 * u**2 + u) * m0
                + (-2 * u**3 + 3 * u**2) * p1
                + (u**3 - u**2) * m1
            )
        elif path == "rotation":
            result = slerp(values[k, 0], values[k + 1, 0], u)
        else:
            result = (1 - u) * values[k, 0] + u * values[k + 1, 0]
    if path == "rotation":
        result = result / np.linalg.norm(result)
    return result


def evaluate(model, clip, t):
    """World-space positions of the default scene as {(node, primitive): [vertices, 3]}."""
    nodes = []
    for node in model.list("nodes"):
        node = dict(node)
        node.setdefault("translation", [0, 0, 0])
        node.setdefault("rotation", [0, 0, 0, 1])
        node.setdefault("scale", [1, 1, 1])
        if "weights" not in node and "mesh" in node:
            node["weights"] = model.list("meshes")[node["mesh"]].get("weights", [])
        nodes.append(node)
    if clip is not None:
        animation = model.list("animations")[clip]
        for channel in animation["channels"]:
            target = channel["target"]
            if "node" not in target or target["path"] not in ("translation", "rotation", "scale", "weights"):
                continue
            sampler = animation["samplers"][channel["sampler"]]
            times = model.accessor(sampler["input"])[:, 0]
            values = model.accessor(sampler["output"])
            nodes[target["node"]].pop("matrix", None)
            nodes[target["node"]][target["path"]] = sample(
                times, values, sampler.get("interpolation", "LINEAR"), target["path"], t
            )

    parents = {child: i for i, node in enumerate(nodes) for child in node.get("children", [])}
    worlds = {}

    def world(i):
        if i not in worlds:
            local = local_matrix(nodes[i])
            worlds[i] = world(parents[i]) @ local if i in parents else local
        return worlds[i]

    drawn, stack = [], list(default_roots(model))
    while stack:
        i = stack.pop()
        drawn.append(i)
        stack.extend(nodes[i].get("children", []))

    result = {}
    for i in sorted(drawn):
        node = nodes[i]
        if "mesh" not in node:
            continue
        for p, primitive in enumerate(model.list("meshes")[node["mesh"]]["primitives"]):
            attributes = primitive["attributes"]
            if "POSITION" not in attributes:
                continue
            positions = model.accessor(attributes["POSITION"]).astype(np.float64)
            for target, weight in zip(primitive.get("targets", []), node["weights"]):
                if "POSITION" in target:
                    positions = positions + weight * model.accessor(target["POSITION"])
            homogeneous = np.concatenate([positions, np.ones((len(positions), 1))], axis=1)
            if "skin" in node and "JOINTS_0" in attributes:
                skin = model.list("skins")[node["skin"]]
                inverse = inverse_bind_matrices(model, skin)
                palette = np.stack([world(joint) @ inverse[k] for k, joint in enumerate(skin["joints"])])
                joints, weights = influences(model, attributes)
                matrices = np.einsum("vk,vkij->vij", weights, palette[joints])
                moved = np.einsum("vij,vj->vi", matrices, homogeneous)
            else:
                moved = homogeneous @ world(i).T
            result[i, p] = moved[:, :3]
    return result


def influences(model, attributes):
    """Joints and weights of all sets, [vertices, influences]; weights sum to 1."""
    joints, weights, s = [], [], 0
    while f"JOINTS_{s}" in attributes:
        joints.append(model.accessor(attributes[f"JOINTS_{s}"]).astype(np.int64))
        weights.append(model.accessor(attributes[f"WEIGHTS_{s}"]).astype(np.float64))
        s += 1
    joints, weights = np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)
    return joints, weights / weights.sum(axis=1, keepdims=True)


def inverse_bind_matrices(model, skin):
    if "inverseBindMatrices" in skin:
        return model.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    return np.tile(np.eye(4), (len(skin["joints"]), 1, 1))


def default_roots(model):
    scenes = model.list("scenes")
    if scenes:
        return scenes[model.json.get("scene", 0)].get("nodes", [])
    children = {child for node in model.list("nodes") for child in node.get("children", [])}
    return [i for i in range(len(model.list("nodes"))) if i not in children]


def content(model, place, stride_of):
    """The model as plain arrays."""
    nodes = [
        {
            key: node[key]
            for key in ("translation", "rotation", "scale", "matrix", "children", "mesh", "skin", "weights")
            if key in node
        }
        for node in model.list("nodes")
    ]
    meshes = []
    for mesh in model.list("meshes"):
        primitives = []
        for primitive in mesh["primitives"]:
            attributes = primitive["attributes"]
            if "POSITION" not in attributes:
                primitives.append({"positions": [0, 0], "targets": []})
                continue
            positions = model.accessor(attributes["POSITION"])
            stride = stride_of(len(positions))
            entry = {"positions": place(positions[::stride]), "targets": []}
            for target in primitive.get("targets", []):
                entry["targets"].append(
                    place(model.accessor(target["POSITION"])[::stride]) if "POSITION" in target else [0, 0]
                )
            if "JOINTS_0" in attributes:
                joints, weights = influences(model, attributes)
                entry["perVertex"] = joints.shape[1]
                entry["joints"], entry["weights"] = place(joints[::stride]), place(weights[::stride])
            primitives.append(entry)
        meshes.append({"primitives": primitives, "weights": mesh.get("weights", [])})
    skins = [
        {
            "joints": skin["joints"],
            # Column-major, as the file has them.
            "inverseBindMatrices": place(inverse_bind_matrices(model, skin).transpose(0, 2, 1)),
        }
        for skin in model.list("skins")
    ]
    clips = []
    for animation in model.list("animations"):
        channels = []
        for channel in animation["channels"]:
            if "node" not in channel["target"]:
                continue
            sampler = animation["samplers"][channel["sampler"]]
            channels.append(
                {
                    "node": channel["target"]["node"], "path": channel["target"]["path"],
                    "interpolation": sampler.get("interpolation", "LINEAR"),
                    "times": place(model.accessor(sampler["input"])),
                    "values": place(model.accessor(sampler["output"])),
                }
            )
        clips.append({"name": animation.get("name", ""), "channels": channels})
    return {"nodes": nodes, "roots": default_roots(model), "meshes": meshes, "skins": skins, "clips": clips}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder that the two files are written to")
    parser.add_argument("--name", help="their name without extension (default: the model's)")
    parser.add_argument("--times", type=int, default=10, help="times a clip")
    parser.add_argument("--vertices", type=int, default=0, help="vertices kept of a primitive at most, 0 for all")
    options = parser.parse_args()

    model = Model(options.model)
    poses = [(None, 0.0)]
    for clip, animation in enumerate(model.list("animations")):
        duration = max(float(model.accessor(s["input"])[-1, 0]) for s in animation["samplers"])
        # Beyond both ends: the first and the last time show that it is held there.
        for t in np.linspace(-0.1 * duration, 1.1 * duration, options.times):
            poses.append((clip, round(float(t), 6)))

    chunks, written = [], 0

    def place(array):
        """Writes numbers and says where they are."""
        nonlocal written
        flat = np.ascontiguousarray(array, "<f4").ravel()
        chunks.append(flat.tobytes())
        written += len(flat)
        return [written - len(flat), len(flat)]

    def stride_of(vertices):
        return max(1, math.ceil(vertices / options.vertices)) if options.vertices else 1

    result = content(model, place, stride_of)
    result["poses"] = []
    for clip, t in poses:
        for (node, primitive), positions in evaluate(model, clip, t).items():
            extent = positions.max(axis=0) - positions.min(axis=0)
            stride = stride_of(len(positions))
            result["poses"].append(
                {
                    "clip": clip, "time": t, "node": node, "primitive": primitive, "vertices": len(positions),
                    "stride": stride, "size": round(float(np.linalg.norm(extent)), 6),
                    "positions": place(positions[::stride]),
                }
            )
    options.out.mkdir(parents=True, exist_ok=True)
    name = options.name or options.model.stem
    (options.out / f"{name}.f32").write_bytes(b"".join(chunks))
    (options.out / f"{name}.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
