#!/usr/bin/env python3
"""Checks GLB files against the rules of glTF 2.0 and VRM 1.0 that a writer can break; numpy only.

Shares no code with Kaira. Every argument is a file; each fault is a line on standard output, and the exit status is 1 if
there was one. Section numbers are those of the glTF 2.0 specification.

    gltf_check.py FILE.glb ...
"""

import json
import pathlib
import struct
import sys

import numpy as np

COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
FORMATS = {
    "POSITION": [("VEC3", 5126)], "NORMAL": [("VEC3", 5126)], "TANGENT": [("VEC4", 5126)],
    "TEXCOORD": [("VEC2", 5126), ("VEC2", 5121), ("VEC2", 5123)],
    "COLOR": [(t, c) for t in ("VEC3", "VEC4") for c in (5126, 5121, 5123)],
    "JOINTS": [("VEC4", 5121), ("VEC4", 5123)], "WEIGHTS": [("VEC4", 5126), ("VEC4", 5121), ("VEC4", 5123)],
}
BONES = """hips spine head leftUpperLeg leftLowerLeg leftFoot rightUpperLeg rightLowerLeg rightFoot leftUpperArm
leftLowerArm leftHand rightUpperArm rightLowerArm rightHand""".split()
PRESETS = """happy angry sad relaxed surprised aa ih ou ee oh blink blinkLeft blinkRight lookUp lookDown lookLeft lookRight
neutral""".split()


class Check:
    def __init__(self, path):
        self.faults = []
        self.data = path.read_bytes()
        self.container()

    def fault(self, where, what):
        self.faults.append(f"{where}: {what}")

    def container(self):
        """4.4: header, chunks, alignment, padding."""
        magic, version, length = struct.unpack_from("<4sII", self.data)
        if magic != b"glTF" or version != 2 or length != len(self.data):
            self.fault("header", f"{magic} {version} {length} of {len(self.data)} bytes")
        chunks, at = [], 12
        while at < length:
            size, kind = struct.unpack_from("<I4s", self.data, at)
            if size % 4 or at + 8 + size > length:
                self.fault(f"chunk at {at}", f"{size} bytes")
            chunks.append((kind, self.data[at + 8 : at + 8 + size]))
            at += 8 + size
        kinds = [kind for kind, _ in chunks]
        if kinds not in ([b"JSON"], [b"JSON", b"BIN\0"]):
            self.fault("chunks", kinds)

        def pairs(members):
            names = [name for name, _ in members]
            if len(set(names)) != len(names):
                self.fault("JSON", f"a name twice among {names[:5]}")
            return dict(members)

        def constant(name):
            self.fault("JSON", f"{name} is no JSON number")
            return 0.0

        self.json = json.loads(chunks[0][1].decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
        self.binary = chunks[1][1] if len(chunks) > 1 else b""

    def list(self, name):
        return self.json.get(name, [])

    def index(self, where, value, name):
        ok = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(self.list(name))
        if not ok:
            self.fault(where, f"{value!r} is no index into {len(self.list(name))} {name}")
        return ok

    def walk(self, value, path=""):
        """5: no empty arrays and no empty lists in glTF's own properties."""
        if isinstance(value, list):
            if not value:
                self.fault(path, "an empty list")
            for i, element in enumerate(value):
                self.walk(element, f"{path}/{i}")
        elif isinstance(value, dict):
            for name, element in value.items():
                if name == "extensions":
                    for extension in element:
                        if extension not in self.list("extensionsUsed"):
                            self.fault(path, f"{extension} is not in extensionsUsed")
                if name != "extras":
                    self.walk(element, f"{path}/{name}")
        elif value is None:
            self.fault(path, "null")

    def views(self):
        buffers = self.list("buffers")
        if self.binary and (len(buffers) != 1 or not 0 <= len(self.binary) - buffers[0]["byteLength"] < 4):
            self.fault("/buffers", f"{buffers} for {len(self.binary)} bytes")
        ends = []
        for i, view in enumerate(self.list("bufferViews")):
            where = f"/bufferViews/{i}"
            start, length = view.get("byteOffset", 0), view["byteLength"]
            if length < 1 or start + length > buffers[view["buffer"]]["byteLength"]:
                self.fault(where, f"{length} bytes at {start}")
            if view.get("target", 34962) not in (34962, 34963):
                self.fault(where, "target")
            ends.append((start, start + length))
        ends.sort()
        if any(a[1] > b[0] for a, b in zip(ends, ends[1:])):
            self.fault("/bufferViews", "two overlap")

    def raw(self, where, index, offset, kind, count, width):
        """Tightly packed elements of a view; 3.6.2.4: alignment."""
        view = self.list("bufferViews")[index]
        dtype = np.dtype(COMPONENTS[kind])
        if "byteStride" in view:
            self.fault(where, "strides are not followed here")
        start = view.get("byteOffset", 0) + offset
        if start % dtype.itemsize or offset % dtype.itemsize:
            self.fault(where, f"offset {start} for components of {dtype.itemsize} bytes")
        if offset + count * width * dtype.itemsize > view["byteLength"]:
            self.fault(where, f"{count} elements do not fit")
            return np.zeros((count, width), dtype)
        if view.get("target") == 34962 and (width * dtype.itemsize) % 4:
            self.fault(where, "vertex data is not aligned to 4 bytes")
        return np.frombuffer(self.binary, dtype, count * width, start).reshape(count, width)

    def accessors(self):
        self.values = []
        for i, a in enumerate(self.list("accessors")):
            where = f"/accessors/{i}"
            width, kind, count = WIDTHS[a["type"]], a["componentType"], a["count"]
            if count < 1:
                self.fault(where, "no elements")
            if "bufferView" in a and self.index(where, a["bufferView"], "bufferViews"):
                values = self.raw(where, a["bufferView"], a.get("byteOffset", 0), kind, count, width).copy()
            else:
                values = np.zeros((count, width), COMPONENTS[kind])
            if "sparse" in a:
                s = a["sparse"]
                n = s["count"]
                if not 1 <= n <= count:
                    self.fault(where, f"{n} sparse elements of {count}")
                where_to = self.raw(
                    where, s["indices"]["bufferView"], s["indices"].get("byteOffset", 0), s["indices"]["componentType"], n, 1
                )[:, 0].astype(np.int64)
                if (np.diff(where_to) <= 0).any() or where_to[-1] >= count:
                    self.fault(where, "sparse indices do not rise or leave the accessor")
                else:
                    values[where_to] = self.raw(
                        where, s["values"]["bufferView"], s["values"].get("byteOffset", 0), kind, n, width
                    )
                for part in ("indices", "values"):
                    if "target" in self.list("bufferViews")[s[part]["bufferView"]]:
                        self.fault(where, "a sparse view has a target")
            if not np.isfinite(values.astype(np.float64)).all():
                self.fault(where, "not finite")
            for name, actual in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
                # 3.6.2.5: the bounds are exact, in the component's own precision.
                if name in a and (np.asarray(a[name], values.dtype) != actual).any():
                    self.fault(where, f"{name} is {a[name]}, not {actual.tolist()}")
            self.values.append(values)

    def accessor(self, where, index, formats, bounds=False):
        if not self.index(where, index, "accessors"):
            return np.zeros((1, 1))
        a = self.list("accessors")[index]
        if (a["type"], a["componentType"]) not in formats:
            self.fault(where, f"{a['type']} of {a['componentType']}")
        if bounds and ("min" not in a or "max" not in a):
            self.fault(where, "no bounds")
        if a["componentType"] in (5121, 5123) and formats is not FORMATS["JOINTS"] and a["type"] != "SCALAR":
            if not a.get("normalized"):
                self.fault(where, "not normalized")
        return self.values[index]

    def meshes(self):
        """3.7.2."""
        self.joints = []
        for m, mesh in enumerate(self.list("meshes")):
            counts = {len(p.get("targets", [])) for p in mesh["primitives"]}
            targets = counts.pop()
            if counts or len(mesh.get("weights", [0] * targets)) != targets:
                self.fault(f"/meshes/{m}", "unequal numbers of targets or weights")
            highest = -1
            for p, primitive in enumerate(mesh["primitives"]):
                where = f"/meshes/{m}/primitives/{p}"
                attributes = primitive["attributes"]
                if "POSITION" not in attributes:
                    self.fault(where, "no positions")
                    continue
                count, sets = len(self.values[attributes["POSITION"]]), {"JOINTS": [], "WEIGHTS": []}
                for name, index in attributes.items():
                    stem = name.split("_")[0]
                    if stem not in FORMATS:
                        self.fault(where, f"attribute {name}")
                        continue
                    values = self.accessor(f"{where}/{name}", index, FORMATS[stem], bounds=name == "POSITION")
                    if len(values) != count:
                        self.fault(f"{where}/{name}", f"{len(values)} elements for {count} vertices")
                    if stem in sets:
                        sets[stem].append(values.astype(np.float64))
                    if stem in ("NORMAL", "TANGENT"):
                        lengths = np.linalg.norm(values[:, :3].astype(np.float64), axis=1)
                        if np.abs(lengths - 1).max() > 5e-4:
                            self.fault(f"{where}/{name}", f"length {lengths[np.abs(lengths - 1).argmax()]}")
                    if stem == "TANGENT" and not (np.abs(values[:, 3]) == 1).all():
                        self.fault(f"{where}/{name}", "w")
                    view = self.list("accessors")[index].get("bufferView")
                    if view is not None and self.list("bufferViews")[view].get("target", 34962) != 34962:
                        self.fault(f"{where}/{name}", "its view is for indices")
                if len(sets["JOINTS"]) != len(sets["WEIGHTS"]):
                    self.fault(where, "joints and weights")
                elif sets["JOINTS"]:
                    weights = np.concatenate(sets["WEIGHTS"], axis=1)
                    joints = np.concatenate(sets["JOINTS"], axis=1)
                    highest = max(highest, int(joints.max()))
                    if (weights < 0).any() or np.abs(weights.sum(axis=1) - 1).max() > 2e-7 * weights.shape[1]:
                        self.fault(where, f"weights sum to 1 within {np.abs(weights.sum(axis=1) - 1).max()}")
                    used = np.sort(np.where(weights > 0, joints, -1 - np.arange(joints.shape[1])), axis=1)
                    if (np.diff(used, axis=1) == 0).any():
                        self.fault(where, "a vertex has a joint twice")
                if "indices" in primitive:
                    indices = self.accessor(
                        where + "/indices", primitive["indices"], [("SCALAR", c) for c in (5121, 5123, 5125)]
                    )[:, 0]
                    restart = np.iinfo(indices.dtype).max
                    if indices.max() >= count or (indices == restart).any():
                        self.fault(where, f"index {indices.max()} of {count} vertices")
                    view = self.list("accessors")[primitive["indices"]]["bufferView"]
                    if self.list("bufferViews")[view].get("target", 34963) != 34963:
                        self.fault(where, "the indices' view is for vertices")
                    n = len(indices)
                else:
                    n = count
                mode = primitive.get("mode", 4)
                if (mode == 1 and n % 2) or (mode == 4 and n % 3):
                    self.fault(where, f"{n} indices for mode {mode}")
                if "material" in primitive:
                    self.index(where, primitive["material"], "materials")
                for t, target in enumerate(primitive.get("targets", [])):
                    if not target:
                        self.fault(f"{where}/targets/{t}", "empty")
                    for name, index in target.items():
                        if name not in attributes:
                            self.fault(f"{where}/targets/{t}", f"{name} is no attribute of the primitive")
                        values = self.accessor(
                            f"{where}/targets/{t}/{name}", index, [("VEC3", 5126)], bounds=name == "POSITION"
                        )
                        if len(values) != count:
                            self.fault(f"{where}/targets/{t}/{name}", "count")
            self.joints.append(highest)

    def nodes(self):
        """3.5."""
        parents = {}
        nodes = self.list("nodes")
        for i, node in enumerate(nodes):
            where = f"/nodes/{i}"
            for child in node.get("children", []):
                if self.index(where, child, "nodes") and parents.setdefault(child, i) != i:
                    self.fault(where, f"node {child} has two parents")
            if len(set(node.get("children", []))) != len(node.get("children", [])):
                self.fault(where, "a child twice")
            if "matrix" in node and set(node) & {"translation", "rotation", "scale"}:
                self.fault(where, "matrix and parts")
            if abs(np.linalg.norm(node.get("rotation", [0, 0, 0, 1])) - 1) > 1e-6:
                self.fault(where, "rotation")
            for key in ("mesh", "skin", "camera"):
                if key in node:
                    self.index(where, node[key], {"mesh": "meshes", "skin": "skins", "camera": "cameras"}[key])
            if "skin" in node:
                if "mesh" not in node or self.joints[node["mesh"]] < 0:
                    self.fault(where, "a skin without joints in the mesh")
                elif self.joints[node["mesh"]] >= len(self.list("skins")[node["skin"]]["joints"]):
                    self.fault(where, "a joint that the skin does not have")
            if "weights" in node:
                targets = len(self.list("meshes")[node["mesh"]]["primitives"][0].get("targets", []))
                if len(node["weights"]) != targets:
                    self.fault(where, "weights")
        for i in range(len(nodes)):
            seen, at = set(), i
            while at in parents and at not in seen:
                seen.add(at)
                at = parents[at]
            if at in seen:
                self.fault(f"/nodes/{i}", "a cycle")
        for s, scene in enumerate(self.list("scenes")):
            for root in scene.get("nodes", []):
                if self.index(f"/scenes/{s}", root, "nodes") and root in parents:
                    self.fault(f"/scenes/{s}", f"node {root} is no root")
        if "scene" in self.json:
            self.index("/scene", self.json["scene"], "scenes")
        for s, skin in enumerate(self.list("skins")):
            where = f"/skins/{s}"
            if len(set(skin["joints"])) != len(skin["joints"]):
                self.fault(where, "a joint twice")
            for joint in skin["joints"]:
                self.index(where, joint, "nodes")
            if "inverseBindMatrices" in skin:
                m = self.accessor(where, skin["inverseBindMatrices"], [("MAT4", 5126)])
                if len(m) < len(skin["joints"]) or (m.reshape(-1, 4, 4)[:, :, 3] != [0, 0, 0, 1]).any():
                    self.fault(where, "inverse bind matrices")

    def animations(self):
        """3.11."""
        for c, clip in enumerate(self.list("animations")):
            seen = set()
            for k, channel in enumerate(clip["channels"]):
                where = f"/animations/{c}/channels/{k}"
                target, sampler = channel["target"], clip["samplers"][channel["sampler"]]
                if (target["node"], target["path"]) in seen:
                    self.fault(where, "a target twice")
                seen.add((target["node"], target["path"]))
                if self.index(where, target["node"], "nodes") and "matrix" in self.list("nodes")[target["node"]]:
                    self.fault(where, "the node has a matrix")
                times = self.accessor(where, sampler["input"], [("SCALAR", 5126)], bounds=True)[:, 0]
                if (np.diff(times) <= 0).any() or times[0] < 0:
                    self.fault(where, "times")
                path = target["path"]
                shape = {"translation": "VEC3", "scale": "VEC3", "rotation": "VEC4", "weights": "SCALAR"}[path]
                values = self.accessor(where, sampler["output"], [(shape, 5126)])
                cubic = sampler.get("interpolation", "LINEAR") == "CUBICSPLINE"
                expected = len(times) * (3 if cubic else 1)
                if path == "weights":
                    mesh = self.list("meshes")[self.list("nodes")[target["node"]]["mesh"]]
                    expected *= len(mesh["primitives"][0]["targets"])
                if len(values) != expected:
                    self.fault(where, f"{len(values)} values, not {expected}")
                if path == "rotation":
                    keys = values[1::3] if cubic else values
                    if np.abs(np.linalg.norm(keys.astype(np.float64), axis=1) - 1).max() > 5e-3:
                        self.fault(where, "a rotation is no unit quaternion")

    def looks(self):
        for i, image in enumerate(self.list("images")):
            view = self.list("bufferViews")[image["bufferView"]]
            start = self.binary[view.get("byteOffset", 0) :][:8]
            magic = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}[image["mimeType"]]
            if not start.startswith(magic):
                self.fault(f"/images/{i}", f"{image['mimeType']} begins {start}")
            if "target" in view or "byteStride" in view:
                self.fault(f"/images/{i}", "its view has a target or a stride")
        for i, texture in enumerate(self.list("textures")):
            self.index(f"/textures/{i}", texture["source"], "images")
            self.index(f"/textures/{i}", texture["sampler"], "samplers")

        def textures(value, where):
            if isinstance(value, dict):
                for name, element in value.items():
                    if name.endswith("Texture"):
                        self.index(f"{where}/{name}", element["index"], "textures")
                    textures(element, f"{where}/{name}")

        for i, material in enumerate(self.list("materials")):
            textures(material, f"/materials/{i}")
            pbr = material.get("pbrMetallicRoughness", {})
            factors = pbr.get("baseColorFactor", []) + material.get("emissiveFactor", [])
            factors += [pbr.get(n, 0) for n in ("metallicFactor", "roughnessFactor")]
            factors += [material.get("occlusionTexture", {}).get("strength", 1)]
            if any(not 0 <= f <= 1 for f in factors):
                self.fault(f"/materials/{i}", "a factor is outside 0...1")
            if material.get("alphaMode", "OPAQUE") not in ("OPAQUE", "MASK", "BLEND"):
                self.fault(f"/materials/{i}", "alphaMode")
        for i, camera in enumerate(self.list("cameras")):
            lens = camera[camera["type"]]
            if lens.get("zfar", float("inf")) <= lens["znear"]:
                self.fault(f"/cameras/{i}", "zfar")

    def vrm(self):
        """VRMC_vrm 1.0, VRMC_springBone 1.0, VRMC_node_constraint 1.0: their schemas."""
        extensions = self.json.get("extensions", {})
        vrm = extensions.get("VRMC_vrm")
        if vrm:
            meta, where = vrm["meta"], "/extensions/VRMC_vrm"
            for name, kind in (("name", str), ("authors", list), ("licenseUrl", str)):
                if not isinstance(meta.get(name), kind) or not meta[name]:
                    self.fault(where + "/meta", name)
            for name, value in meta.items():
                kind = bool if name.startswith("allow") else list if name in ("authors", "references") else str
                if name == "thumbnailImage":
                    self.index(where + "/meta", value, "images")
                elif not isinstance(value, kind):
                    self.fault(where + "/meta", f"{name} is {value!r}")
            bones = vrm["humanoid"]["humanBones"]
            used = [bone["node"] for bone in bones.values()]
            if len(set(used)) != len(used):
                self.fault(where, "a node is two bones")
            for name in BONES:
                # Files of tests that lack a bone are written as they are.
                if name in bones:
                    self.index(where, bones[name]["node"], "nodes")
            for group, list_ in vrm.get("expressions", {}).items():
                for name, e in list_.items():
                    if group == "preset" and name not in PRESETS:
                        self.fault(where, f"preset {name}")
                    for bind in e.get("morphTargetBinds", []):
                        mesh = self.list("nodes")[bind["node"]].get("mesh")
                        targets = 0 if mesh is None else len(self.list("meshes")[mesh]["primitives"][0].get("targets", []))
                        if not 0 <= bind["index"] < targets:
                            self.fault(f"{where}/{name}", f"morph target {bind}")
                    for key in ("materialColorBinds", "textureTransformBinds"):
                        for bind in e.get(key, []):
                            self.index(f"{where}/{name}", bind["material"], "materials")
                    for key in ("overrideBlink", "overrideLookAt", "overrideMouth"):
                        if e.get(key, "none") not in ("none", "block", "blend"):
                            self.fault(f"{where}/{name}", key)
        springs = extensions.get("VRMC_springBone", {})
        colliders, groups = springs.get("colliders", []), springs.get("colliderGroups", [])
        for c in colliders:
            self.index("VRMC_springBone", c["node"], "nodes")
            if len(c.get("shape", {})) != 1:
                self.fault("VRMC_springBone", f"shape {c.get('shape')}")
        for g in groups:
            if any(not 0 <= c < len(colliders) for c in g["colliders"]):
                self.fault("VRMC_springBone", f"group {g}")
        joints = [j["node"] for s in springs.get("springs", []) for j in s["joints"]]
        if len(set(joints)) != len(joints):
            self.fault("VRMC_springBone", "a joint in two springs")
        for s in springs.get("springs", []):
            if any(not 0 <= g < len(groups) for g in s.get("colliderGroups", [])):
                self.fault("VRMC_springBone", f"spring {s.get('name')}")
            for j in s["joints"]:
                self.index("VRMC_springBone", j["node"], "nodes")
        for i, node in enumerate(self.list("nodes")):
            constraint = node.get("extensions", {}).get("VRMC_node_constraint")
            if constraint and len(constraint["constraint"]) != 1:
                self.fault(f"/nodes/{i}", "constraint")
        for name in ("VRMC_vrm", "VRMC_springBone"):
            if name in extensions and extensions[name].get("specVersion") != "1.0":
                self.fault(name, "specVersion")

    def physics(self):
        """KAIRA_physics 1.0: its schema, and what a schema cannot say."""
        physics, where = self.json.get("extensions", {}).get("KAIRA_physics"), "KAIRA_physics"
        if physics is None:
            return
        if where in self.list("extensionsRequired"):
            self.fault(where, "required")
        schema = json.loads((pathlib.Path(__file__).parents[2] / "docs/formats/kaira-physics.schema.json").read_text())
        for path, what in schema_faults(physics, schema, schema, ""):
            self.fault(where + path, what)
        nodes = self.list("nodes")
        moved = []
        for part in physics.get("strands", []) + physics.get("rods", []):
            self.index(where, part["node"], "nodes")
            for chain in part["chains"]:
                moved += chain
                for a, b in zip(chain, chain[1:]):
                    if b not in nodes[a].get("children", []):
                        self.fault(where, f"node {b} does not hang on {a}")
            if "pulse" in part:
                self.index(where, part["pulse"]["material"], "materials")
        if len(set(moved)) != len(moved):
            self.fault(where, "a node is moved twice")
        for lattice in physics.get("lattices", []):
            x, y, z = lattice["cells"]
            corners = (x + 1) * (y + 1) * (z + 1)
            named = list(lattice.get("fixed", []))
            for pose in lattice.get("poses", []):
                named += pose["corners"]
                if len(pose["corners"]) != len(pose["offsets"]):
                    self.fault(where, "corners and offsets")
            for pair in lattice.get("apart", []):
                named += pair
            if corners > 2048 or any(c >= corners for c in named) or any(c >= x * y * z for c in lattice.get("hollow", [])):
                self.fault(where, "a corner or cell that is not there")
            for mesh in lattice.get("meshes", []):
                if "mesh" not in nodes[mesh]:
                    self.fault(where, f"node {mesh} has no mesh")

    def run(self):
        if self.json.get("asset", {}).get("version") != "2.0":
            self.fault("/asset", "version")
        for name in ("extensionsUsed", "extensionsRequired"):
            if len(set(self.list(name))) != len(self.list(name)):
                self.fault("/" + name, "an extension twice")
        self.walk(self.json)
        self.views()
        self.accessors()
        self.meshes()
        self.nodes()
        self.animations()
        self.looks()
        self.vrm()
        self.physics()
        return self.faults


def schema_faults(value, schema, root, path):
    """The part of JSON Schema that the project's own schemas use."""
    if "$ref" in schema:
        at = root
        for part in schema["$ref"].split("/")[1:]:
            at = at[part]
        yield from schema_faults(value, at, root, path)
        return
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or kind in ("number", "integer") and isinstance(value, bool)):
        yield path, f"{value!r} is no {kind}"
        return
    if "const" in schema and value != schema["const"]:
        yield path, f"{value!r}"
    if isinstance(value, dict):
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 1e9):
            yield path, "number of members"
        for name in schema.get("required", []):
            if name not in value:
                yield path, f"{name} is missing"
        for name, member in value.items():
            if name in schema.get("properties", {}):
                yield from schema_faults(member, schema["properties"][name], root, f"{path}/{name}")
            else:
                yield path, f"{name} is unknown"
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1e9):
            yield path, f"{len(value)} elements"
        for i, element in enumerate(value):
            yield from schema_faults(element, schema.get("items", {}), root, f"{path}/{i}")
    elif kind in ("number", "integer"):
        if not schema.get("minimum", -1e300) <= value <= schema.get("maximum", 1e300):
            yield path, f"{value}"


def main():
    found = False
    for name in sys.argv[1:]:
        for fault in Check(pathlib.Path(name)).run():
            found = True
            print(f"{name}: {fault}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
