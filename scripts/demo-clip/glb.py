"""A small GLB 2.0 writer: numpy arrays in, one self-contained file out."""
import json
import struct

import numpy as np

COMPONENT = {np.dtype("float32"): 5126, np.dtype("uint32"): 5125, np.dtype("uint16"): 5123, np.dtype("uint8"): 5121}
KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class Document:
    """Collects accessors and images; `json` is the glTF document."""

    def __init__(self):
        self.data = bytearray()
        self.json = {"asset": {"version": "2.0", "generator": "Kaira demo clip"}, "bufferViews": [], "accessors": []}

    def add(self, key, value):
        self.json.setdefault(key, []).append(value)
        return len(self.json[key]) - 1

    def view(self, data, **extra):
        self.data += b"\0" * (-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data), **extra}
        self.data += data
        return self.add("bufferViews", view)

    def accessor(self, array, bounds=False, **extra):
        array = np.ascontiguousarray(array)
        width = 1 if array.ndim == 1 else array.shape[1]
        accessor = {"bufferView": self.view(array.tobytes(), **extra), "componentType": COMPONENT[array.dtype],
                    "count": len(array), "type": KIND[width]}
        if bounds:
            accessor["min"] = np.atleast_1d(array.min(axis=0)).astype(float).tolist()
            accessor["max"] = np.atleast_1d(array.max(axis=0)).astype(float).tolist()
        return self.add("accessors", accessor)

    def image(self, png, repeat=False):
        image = self.add("images", {"bufferView": self.view(png), "mimeType": "image/png"})
        wrap = 10497 if repeat else 33071
        sampler = self.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": wrap, "wrapT": wrap})
        return self.add("textures", {"source": image, "sampler": sampler})

    def write(self, path):
        self.data += b"\0" * (-len(self.data) % 4)
        self.json["buffers"] = [{"byteLength": len(self.data)}]
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with open(path, "wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(self.data)))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(self.data), b"BIN\0") + bytes(self.data))
