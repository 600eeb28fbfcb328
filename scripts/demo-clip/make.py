"""Writes the demo clip's scene (a GLB with the animated person in a room), its speech and its joint truth.

    make.py HUMANS OUT     HUMANS: the MakeHuman CC0 data; OUT: a folder for scene.glb, speech.wav, truth.json
"""
import json
import pathlib
import sys

import numpy as np

import paint
from glb import Document
from human import Human
from performance import Performance, skin_points
from speech import speak

SECONDS, RATE = 10.0, 30
WIDTH, HEIGHT = 640, 480
FIELD_OF_VIEW = np.radians(32)
CAMERA = np.array([0.35, 1.12, 3.75])
TARGET = np.array([0.05, 0.90, 0.0])

JOINTS = ["nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
          "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
          "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
          "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
          "right_ankle", "left_heel", "right_heel", "left_foot_index", "right_foot_index"]


def truth_points(human):
    """The 33 points at rest with their skinning weights: bone heads where the rig has the joint, skin elsewhere."""
    rig, base = human.rig, human.base
    skin = np.unique(human.part("skin").source)
    p = base[skin]
    eye = {s: rig[f"eye.{s}"] for s in "LR"}
    head_y = rig["head"][1]
    points, weights = [], []

    def vertex(score):
        i = skin[int(np.argmax(score))]
        points.append(base[i])
        weights.append(rig.weights[i])

    def bone(name, moved_by=None):
        row = np.zeros(len(rig.names))
        row[rig.index[moved_by or name]] = 1
        points.append(rig[name])
        weights.append(row)

    vertex(np.where(abs(p[:, 0]) < 0.005, p[:, 2], -9) - (p[:, 1] < head_y) * 9)
    for s, sign in (("L", 1), ("R", -1)):
        for offset in (-0.015, 0, 0.016):
            corner = eye[s] + [sign * offset, 0, 0.012]
            vertex(-np.linalg.norm(p - corner, axis=1))
    for sign in (1, -1):
        vertex(p[:, 0] * sign - 9 * (abs(p[:, 1] - eye["L"][1] + 0.02) > 0.03) - 9 * (p[:, 1] < head_y - 0.05))
    mouth = [0, (rig["oris01"][1] + rig["oris05"][1]) / 2, rig["oris01"][2] - 0.012]
    for sign in (1, -1):
        vertex(-np.linalg.norm(p - (np.array(mouth) + [sign * 0.024, 0, 0]), axis=1))
    for name in ("upperarm01", "lowerarm01", "wrist"):
        for s in "LR":
            bone(f"{name}.{s}")
    for name in ("finger5-1", "finger2-1", "finger1-2"):
        for s in "LR":
            bone(f"{name}.{s}")
    for name in ("upperleg01", "lowerleg01", "foot"):
        for s in "LR":
            bone(f"{name}.{s}")
    for s in "LR":
        row = np.zeros(len(rig.names))
        row[rig.index[f"foot.{s}"]] = 1
        ankle = rig[f"foot.{s}"]
        points.append(np.array([ankle[0], 0.02, ankle[2] - 0.055]))
        weights.append(row)
    for s in "LR":
        row = np.zeros(len(rig.names))
        row[rig.index[f"foot.{s}"]] = 1
        toe = rig.tails[rig.index[f"toe2-3.{s}"]]
        points.append(np.array([toe[0], 0.02, toe[2]]))
        weights.append(row)
    return np.array(points), np.array(weights)


def look_at():
    """The camera's rotation matrix (columns: right, up, back)."""
    back = CAMERA - TARGET
    back /= np.linalg.norm(back)
    right = np.cross([0, 1, 0], back)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), back], axis=1)


def quaternion(m):
    from performance import from_matrix
    return from_matrix(m).tolist()


def main(humans, out):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    human = Human(
        humans,
        shape={"universal-female-young-averagemuscle-averageweight": 1.0, "caucasian-female-young": 0.6,
               "asian-female-young": 0.4},
        clothes={"suit": "clothes/female_casualsuit01/female_casualsuit01.mhclo",
                 "shoes": "clothes/shoes01/shoes01.mhclo"},
        hair={"hair": "hair/ponytail01/ponytail01.mhclo"},
        expressions={"blink_left": "eye-left-closure", "blink_right": "eye-right-closure", "open": "mouth-open",
                     "round": "mouth-pursing", "smile": "mouth-corner-puller", "brow_left": "eyebrows-left-up",
                     "brow_right": "eyebrows-right-up"})
    rig = human.rig
    envelope = speak(out / "speech.wav", SECONDS)
    performance = Performance(rig, envelope)
    times = np.arange(int(SECONDS * RATE)) / RATE
    solved = [performance.solve(t) for t in times]

    doc = Document()
    waist = rig["spine05"][1] + 0.03
    textures = {
        "skin": (paint.skin(human), 0.55), "suit": (paint.cloth(human, "suit", [0.20, 0.42, 0.55], [0.17, 0.19, 0.28],
                                                                waist), 0.9),
        "shoes": (paint.cloth(human, "shoes", [0.17, 0.19, 0.28], [0.85, 0.84, 0.82], 0.105, 512, shoe=True), 0.7),
        "hair": (paint.hair(human, "hair", [0.13, 0.08, 0.06], [0.30, 0.20, 0.14]), 0.6), "eyes": (paint.eyes(human), 0.25),
    }
    plain = {"teeth": [0.85, 0.83, 0.78], "tongue": [0.55, 0.2, 0.2], "lashes": [0.03, 0.02, 0.02]}

    def material(name, roughness=0.9, color=None, png=None, repeat=False, double=False, emissive=None, scale=None):
        pbr = {"metallicFactor": 0.0, "roughnessFactor": roughness}
        if png:
            slot = {"index": doc.image(png, repeat)}
            if scale:
                slot["extensions"] = {"KHR_texture_transform": {"scale": scale}}
            pbr["baseColorTexture"] = slot
        if color is not None:
            pbr["baseColorFactor"] = [*(np.asarray(color) ** 2.2).tolist(), 1.0]
        value = {"name": name, "pbrMetallicRoughness": pbr, "doubleSided": double}
        if emissive:
            value["emissiveFactor"] = emissive
        return doc.add("materials", value)

    # Bones: nodes 0...n-1 in the rig's order.
    for i, name in enumerate(rig.names):
        parent = rig.parents[i]
        offset = rig.heads[i] - (rig.heads[parent] if parent >= 0 else 0)
        doc.add("nodes", {"name": name, "translation": offset.tolist()})
        if parent >= 0:
            doc.json["nodes"][parent].setdefault("children", []).append(i)
    bind = np.tile(np.eye(4, dtype=np.float32), (len(rig.names), 1, 1))
    bind[:, 3, :3] = -rig.heads
    skin = doc.add("skins", {"joints": list(range(len(rig.names))), "skeleton": 0,
                             "inverseBindMatrices": doc.accessor(bind.reshape(-1, 16).astype(np.float32))})
    roots = [0]
    morphed = []
    for part in human.parts:
        f32 = lambda a: np.asarray(a, np.float32)
        attributes = {"POSITION": doc.accessor(f32(part.positions), bounds=True), "NORMAL": doc.accessor(f32(part.normals)),
                      "TEXCOORD_0": doc.accessor(f32(part.uvs)), "JOINTS_0": doc.accessor(part.joints),
                      "WEIGHTS_0": doc.accessor(part.weights)}
        if part.name in textures:
            png, roughness = textures[part.name]
            index = material(part.name, roughness, png=png, double=part.name in ("hair", "suit"))
        else:
            index = material(part.name, 0.6, color=plain[part.name], double=True)
        primitive = {"attributes": attributes, "indices": doc.accessor(part.triangles.astype(np.uint32).ravel()),
                     "material": index}
        mesh = {"name": part.name, "primitives": [primitive]}
        if part.morphs:
            primitive["targets"] = [{"POSITION": doc.accessor(f32(d), bounds=True)} for d in part.morphs.values()]
            mesh["extras"] = {"targetNames": list(part.morphs)}
            mesh["weights"] = [0.0] * len(part.morphs)
        node = doc.add("nodes", {"name": part.name, "mesh": doc.add("meshes", mesh), "skin": skin})
        roots.append(node)
        if part.morphs:
            morphed.append((node, list(part.morphs)))

    room(doc, roots, material)
    rotation = look_at()
    camera = doc.add("cameras", {"name": "front", "type": "perspective", "perspective": {
        "yfov": float(FIELD_OF_VIEW), "aspectRatio": WIDTH / HEIGHT, "znear": 0.1, "zfar": 30.0}})
    roots.append(doc.add("nodes", {"name": "front", "camera": camera, "translation": CAMERA.tolist(),
                                   "rotation": quaternion(rotation)}))

    key_times = doc.accessor(times.astype(np.float32), bounds=True)
    samplers, channels = [], []

    def channel(node, path, values):
        samplers.append({"input": key_times, "output": doc.accessor(values), "interpolation": "LINEAR"})
        channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": path}})

    rotations = np.array([s[0] for s in solved])
    for i in range(len(rig.names)):
        track = rotations[:, i]
        if np.abs(track - [0, 0, 0, 1]).max() > 1e-6:
            flips = np.cumprod(np.concatenate([[1], np.where((track[1:] * track[:-1]).sum(axis=1) < 0, -1, 1)]))
            channel(i, "rotation", (track * flips[:, None]).astype(np.float32))
    channel(0, "translation", np.array([rig.heads[0] + s[1] for s in solved], np.float32))
    for node, names in morphed:
        channel(node, "weights", np.array([[s[2][n] for n in names] for s in solved], np.float32).ravel())
    doc.add("animations", {"name": "presenter", "samplers": samplers, "channels": channels})
    doc.add("scenes", {"nodes": roots})
    doc.json["scene"] = 0
    doc.json["extensionsUsed"] = ["KHR_lights_punctual", "KHR_texture_transform"]
    doc.write(out / "scene.glb")
    write_truth(out / "truth.json", human, solved, times, rotation)


def room(doc, roots, material):
    """Floor, back wall, a screen with a slide, a plant stand, and three lights."""
    def box(name, low, high, index, faces="all"):
        low, high = np.array(low, float), np.array(high, float)
        corners = [(0, (1, 0, 0)), (0, (-1, 0, 0)), (1, (0, 1, 0)), (1, (0, -1, 0)), (2, (0, 0, 1)), (2, (0, 0, -1))]
        positions, normals, uvs, triangles = [], [], [], []
        for axis, normal in corners:
            n = np.array(normal, float)
            u = np.array([n[2], 0, -n[0]]) if axis != 1 else np.array([1.0, 0, 0])
            v = np.cross(n, u)
            centre, half = (low + high) / 2, (high - low) / 2
            start = len(positions)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                positions.append(centre + (n + a * u + b * v) * half)
                normals.append(n)
                uvs.append([(a + 1) / 2, (1 - b) / 2])
            triangles += [start, start + 1, start + 2, start, start + 2, start + 3]
        attributes = {"POSITION": doc.accessor(np.array(positions, np.float32), bounds=True),
                      "NORMAL": doc.accessor(np.array(normals, np.float32)),
                      "TEXCOORD_0": doc.accessor(np.array(uvs, np.float32))}
        mesh = doc.add("meshes", {"name": name, "primitives": [{
            "attributes": attributes, "indices": doc.accessor(np.array(triangles, np.uint32)), "material": index}]})
        roots.append(doc.add("nodes", {"name": name, "mesh": mesh}))

    floor = material("floor", 0.8, png=paint.boards(), repeat=True, scale=[4, 4])
    wall = material("wall", 0.95, color=[0.80, 0.83, 0.84])
    skirting = material("skirting", 0.8, color=[0.93, 0.93, 0.92])
    frame = material("frame", 0.6, color=[0.16, 0.17, 0.19])
    slide = material("slide", 1.0, color=[0.9, 0.9, 0.9], png=paint.slide())
    pot = material("pot", 0.7, color=[0.62, 0.36, 0.27])
    leaf = material("leaf", 0.8, color=[0.25, 0.45, 0.25], double=True)
    box("floor", [-4, -0.1, -2.4], [4, 0, 4.5], floor)
    box("wall", [-4, 0, -2.5], [4, 3.2, -2.4], wall)
    box("skirting", [-4, 0, -2.4], [4, 0.1, -2.38], skirting)
    box("frame", [-1.75, 0.88, -2.40], [-0.31, 1.75, -2.35], frame)
    box("slide", [-1.71, 0.92, -2.36], [-0.35, 1.71, -2.345], slide)
    box("pot", [1.30, 0, -2.15], [1.58, 0.34, -1.87], pot)
    # Leaves: bent blades that rise from the pot and bow outwards.
    rng = np.random.default_rng(4)
    positions, normals, triangles = [], [], []
    for k in range(22):
        angle, length, bow = k * 2.4, rng.uniform(0.45, 0.85), rng.uniform(0.25, 0.6)
        out, side = np.array([np.cos(angle), 0, np.sin(angle)]), np.array([-np.sin(angle), 0, np.cos(angle)])
        for step in range(7):
            u = step / 6
            middle = [1.44, 0.30, -2.01] + length * (u * np.array([0, 1, 0]) * (1 - bow * u * 0.8) + out * bow * u * u)
            width = 0.045 * np.sin(np.pi * min(u * 0.9 + 0.08, 1)) + 0.002
            normal = out * 0.8 + np.array([0, 0.6, 0])
            for sign in (-1, 1):
                positions.append(middle + side * sign * width)
                normals.append(normal)
            if step:
                i = len(positions) - 4
                triangles += [i, i + 1, i + 2, i + 1, i + 3, i + 2]
    mesh = doc.add("meshes", {"name": "leaves", "primitives": [{"attributes": {
        "POSITION": doc.accessor(np.array(positions, np.float32), bounds=True),
        "NORMAL": doc.accessor(np.array(normals, np.float32))},
        "indices": doc.accessor(np.array(triangles, np.uint32)), "material": leaf}]})
    roots.append(doc.add("nodes", {"name": "leaves", "mesh": mesh}))
    lights = [{"type": "directional", "name": "key", "color": [1.0, 0.96, 0.9], "intensity": 2.6},
              {"type": "directional", "name": "fill", "color": [0.85, 0.92, 1.0], "intensity": 0.9},
              {"type": "directional", "name": "rim", "color": [1.0, 1.0, 1.0], "intensity": 0.8}]
    doc.json["extensions"] = {"KHR_lights_punctual": {"lights": lights}}
    for k, source in enumerate(([1.2, 2.2, 2.0], [-2.0, 1.2, 1.4], [-0.8, 1.6, -2.0])):
        z = np.array(source) / np.linalg.norm(source)
        x = np.cross([0, 1, 0], z)
        x /= np.linalg.norm(x)
        roots.append(doc.add("nodes", {"name": lights[k]["name"], "rotation": quaternion(
            np.stack([x, np.cross(z, x), z], axis=1)), "extensions": {"KHR_lights_punctual": {"light": k}}}))


def write_truth(path, human, solved, times, rotation):
    """Joint truth as kaira.keypoints/1: image points in pixels, world points hip-centred in the camera's axes."""
    points, weights = truth_points(human)
    focal = HEIGHT / 2 / np.tan(FIELD_OF_VIEW / 2)
    frames = []
    for i, (local, root, _) in enumerate(solved):
        moved, _ = skin_points(human.rig, local, root, points, weights)
        view = (moved - CAMERA) @ rotation
        x = WIDTH / 2 + focal * view[:, 0] / -view[:, 2]
        y = HEIGHT / 2 - focal * view[:, 1] / -view[:, 2]
        world = view - (view[23] + view[24]) / 2
        low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        frames.append({"index": i, "time": round(float(times[i]), 6), "people": [{
            "id": 0, "score": 1.0, "box": [round(float(v), 2) for v in (*low, *(high - low))],
            "points": [[round(float(a), 2), round(float(b), 2), 1] for a, b in zip(x, y)],
            "world": [[round(float(v), 4) for v in w] + [1] for w in world]}]})
    value = {"schema": "kaira.keypoints/1", "layout": "mediapipe33", "size": [WIDTH, HEIGHT], "frames": frames}
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
