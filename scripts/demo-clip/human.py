"""A clothed person from MakeHuman's CC0 base mesh, targets, rig, clothes and hair. Metres, +Y up, facing +Z."""
import json
import pathlib

import numpy as np


def read_obj(path):
    """Vertices [n, 3], texture coordinates [m, 2] and faces as (group, [(vertex, uv), ...])."""
    vertices, uvs, faces, group = [], [], [], ""
    for line in open(path, encoding="utf-8", errors="replace"):
        word, _, rest = line.partition(" ")
        if word == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif word == "vt":
            uvs.append([float(x) for x in rest.split()[:2]])
        elif word == "g":
            group = rest.strip()
        elif word == "f":
            corners = []
            for corner in rest.split():
                parts = corner.split("/")
                uv = int(parts[1]) - 1 if len(parts) > 1 and parts[1] else -1
                corners.append((int(parts[0]) - 1, uv))
            faces.append((group, corners))
    return np.array(vertices), np.array(uvs or [[0.0, 0.0]]), faces


def read_target(path, count):
    """A morph as deltas [count, 3] in the file's units."""
    deltas = np.zeros((count, 3))
    for line in open(path, encoding="utf-8"):
        parts = line.split()
        if len(parts) == 4 and parts[0].isdigit():
            deltas[int(parts[0])] = [float(x) for x in parts[1:]]
    return deltas


class Proxy:
    """A mesh fitted to the base mesh by a .mhclo file: clothes, hair, eyes."""

    def __init__(self, path):
        self.references, self.weights, self.offsets = [], [], []
        self.scales = {}
        self.deleted = set()
        section, obj = "", None
        for line in open(path, encoding="utf-8", errors="replace"):
            parts = line.split()
            if not parts or parts[0].startswith("#"):
                continue
            key = parts[0]
            if key in ("x_scale", "y_scale", "z_scale"):
                self.scales["xyz".index(key[0])] = (int(parts[1]), int(parts[2]), float(parts[3]))
            elif key == "obj_file":
                obj = parts[1]
            elif key in ("verts", "delete_verts", "weights"):
                section = key
            elif section == "verts" and (key.isdigit()):
                if len(parts) >= 9:
                    self.references.append([int(x) for x in parts[:3]])
                    self.weights.append([float(x) for x in parts[3:6]])
                    self.offsets.append([float(x) for x in parts[6:9]])
                else:
                    self.references.append([int(key)] * 3)
                    self.weights.append([1.0, 0.0, 0.0])
                    self.offsets.append([0.0, 0.0, 0.0])
            elif section == "delete_verts":
                tokens, i = line.split(), 0
                while i < len(tokens):
                    if i + 2 < len(tokens) and tokens[i + 1] == "-":
                        self.deleted.update(range(int(tokens[i]), int(tokens[i + 2]) + 1))
                        i += 3
                    else:
                        self.deleted.add(int(tokens[i]))
                        i += 1
            elif key not in ("material", "name", "tag", "uuid", "basemesh", "z_depth", "max_pole"):
                section = ""
        self.references = np.array(self.references)
        self.weights = np.array(self.weights)
        self.offsets = np.array(self.offsets)
        _, self.uvs, self.faces = read_obj(pathlib.Path(path).parent / obj)

    def fit(self, base):
        """Vertex positions for a shaped base mesh, in its units."""
        scale = np.ones(3)
        for axis, (a, b, size) in self.scales.items():
            scale[axis] = abs(base[a][axis] - base[b][axis]) / size
        return (base[self.references] * self.weights[:, :, None]).sum(axis=1) + self.offsets * scale


class Rig:
    """MakeHuman's default rig: bones, parents before children, heads and tails from the shaped mesh."""

    def __init__(self, folder, base):
        skeleton = json.load(open(folder / "rigs/default.mhskel", encoding="utf-8"))
        bones = skeleton["bones"]
        place = {name: base[indices].mean(axis=0) for name, indices in skeleton["joints"].items()}
        self.names = []

        def add(name):
            if name in self.names:
                return
            if bones[name]["parent"]:
                add(bones[name]["parent"])
            self.names.append(name)

        for name in bones:
            add(name)
        self.index = {name: i for i, name in enumerate(self.names)}
        self.parents = [self.index[bones[n]["parent"]] if bones[n]["parent"] else -1 for n in self.names]
        self.heads = np.array([place[bones[n]["head"]] for n in self.names])
        self.tails = np.array([place[bones[n]["tail"]] for n in self.names])
        weights = json.load(open(folder / "rigs/default_weights.mhw", encoding="utf-8"))["weights"]
        self.weights = np.zeros((len(base), len(self.names)), dtype=np.float32)
        for name, pairs in weights.items():
            for vertex, weight in pairs:
                self.weights[vertex, self.index[name]] = weight
        total = self.weights.sum(axis=1, keepdims=True)
        # Vertices without weights (helpers) follow the root.
        self.weights[total[:, 0] == 0, 0] = 1
        self.weights /= self.weights.sum(axis=1, keepdims=True)

    def __getitem__(self, name):
        return self.heads[self.index[name]]


def strongest(weights, count=4):
    """The strongest influences of each vertex: joints and weights [n, count], each row's sum 1."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    values = np.take_along_axis(weights, joints, axis=1)
    return joints.astype(np.uint16), (values / values.sum(axis=1, keepdims=True)).astype(np.float32)


class Part:
    """A triangle mesh with one material: one vertex for each pair of position and texture coordinate."""

    def __init__(self, name, positions, weights, uvs, faces, morphs=None):
        table, self.source, coordinates, triangles = {}, [], [], []
        for _, corners in faces:
            ids = []
            for corner in corners:
                if corner not in table:
                    table[corner] = len(self.source)
                    self.source.append(corner[0])
                    coordinates.append(uvs[corner[1]])
                ids.append(table[corner])
            triangles += [[ids[0], ids[k], ids[k + 1]] for k in range(1, len(ids) - 1)]
        self.name = name
        self.source = np.array(self.source)
        self.positions = positions[self.source]
        self.uvs = np.array(coordinates) * [1, -1] + [0, 1]
        self.triangles = np.array(triangles)
        self.joints, self.weights = strongest(weights[self.source])
        self.normals = smooth_normals(positions, faces)[self.source]
        self.morphs = {k: d[self.source] for k, d in (morphs or {}).items()}


def smooth_normals(positions, faces):
    """Area-weighted vertex normals over whole faces, not split at texture seams."""
    normals = np.zeros_like(positions)
    for _, corners in faces:
        ids = [c[0] for c in corners]
        for k in range(1, len(ids) - 1):
            a, b, c = positions[ids[0]], positions[ids[k]], positions[ids[k + 1]]
            n = np.cross(b - a, c - a)
            for i in (ids[0], ids[k], ids[k + 1]):
                normals[i] += n
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.maximum(length, 1e-12)


class Human:
    """The shaped, dressed person with its rig."""

    def __init__(self, folder, shape, clothes, hair, expressions):
        folder = pathlib.Path(folder)
        base, uvs, faces = read_obj(folder / "base/base.obj")
        count = len(base)
        for name, weight in shape.items():
            base = base + weight * read_target(folder / f"targets/body/{name}.target", count)
        # Decimetres to metres, soles on the ground.
        worn = {name: Proxy(folder / path) for name, path in clothes.items()}
        hairs = {name: Proxy(folder / path) for name, path in hair.items()}
        eyes = Proxy(folder / "eyes/low-poly.mhclo")
        body_faces = [f for f in faces if f[0] == "body"]
        used = sorted({c[0] for _, corners in body_faces for c in corners})
        fitted = {name: proxy.fit(base) for name, proxy in {**worn, **hairs, "eyes": eyes}.items()}
        ground = min([base[used, 1].min()] + [fitted[name][:, 1].min() for name in worn])
        place = lambda points: (points - [0, ground, 0]) * 0.1
        self.base = place(base)
        self.rig = Rig(folder, self.base)
        morphs = {name: read_target(folder / f"targets/expression/{path}.target", count) * 0.1
                  for name, path in expressions.items()}
        hidden = set().union(*(proxy.deleted for proxy in worn.values()))
        skin_faces = [f for f in body_faces if not all(c[0] in hidden for c in f[1])]
        self.parts = [Part("skin", self.base, self.rig.weights, uvs, skin_faces, morphs)]
        # The whole body's normals, so that skin meets hidden skin without a seam.
        self.parts[0].normals = smooth_normals(self.base, body_faces)[self.parts[0].source]
        mouth = [f for f in faces if f[0] in ("helper-upper-teeth", "helper-lower-teeth", "helper-tongue")]
        for name, groups in (("teeth", ("helper-upper-teeth", "helper-lower-teeth")), ("tongue", ("helper-tongue",))):
            self.parts.append(Part(name, self.base, self.rig.weights, uvs, [f for f in mouth if f[0] in groups]))
        lashes = [f for f in faces if "eyelashes-1" in f[0]]
        self.parts.append(Part("lashes", self.base, self.rig.weights, uvs, lashes, morphs))
        for name, proxy in {**worn, **hairs, "eyes": eyes}.items():
            weights = (self.rig.weights[proxy.references] * np.maximum(proxy.weights, 0)[:, :, None]).sum(axis=1)
            weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
            if name in hairs:
                weights[:] = 0
                weights[:, self.rig.index["head"]] = 1
            self.parts.append(Part(name, place(fitted[name]), weights, proxy.uvs, proxy.faces))

    def part(self, name):
        return next(p for p in self.parts if p.name == name)
