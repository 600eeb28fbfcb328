"""Writes what transformers makes of ViTPose networks whose weights are a formula, and of people in a small picture.

    python vitpose_generated.py ../Fixtures

Needs numpy, pillow, scipy, torch, transformers. `vitpose-generated/NAME` gets `config.json`, `recipe.json` (each tensor's
name, shape, centre and spread, the input last) and `heatmaps.npz`: element k of the whole recipe is
centre + spread * (splitmix64(k) >> 40 over 2^23, minus 1), in single precision, so that weights of any size need no file.
`vitpose/w40-h5-no-bias/people.npz` gets a picture, boxes, and the keypoints of the whole chain: VitPoseImageProcessorPil,
the network, post_process_pose_estimation; with and without the flip test.
"""
import json
import os
import sys

import numpy
import torch
from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation
from transformers.models.vitpose import image_processing_pil_vitpose as processing

# name, width, heads, layers, (height, width), labels, head, batch, eps, the rest
CASES = [
    ("w32-h4-classic", 32, 4, 2, (64, 48), 17, "classic", 2, 1e-6, {}),
    ("w48-h1-classic-experts2", 48, 1, 1, (128, 96), 17, "classic", 1, 1e-12, dict(num_experts=2, part_features=20)),
    ("w160-h2-256x192", 160, 2, 3, (256, 192), 17, "simple", 2, 1e-12, {}),
    ("w96-h12-wide", 96, 12, 2, (96, 192), 26, "classic", 2, 1e-5, dict(mlp_ratio=3)),
]


def uniform(start, count):
    x = (numpy.arange(start, start + count, dtype=numpy.uint64) + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    x = x ^ (x >> numpy.uint64(31))
    return (x >> numpy.uint64(40)).astype(numpy.float32) / numpy.float32(1 << 23) - numpy.float32(1)


def centre_and_spread(name, shape):
    if "running_var" in name:
        return 1.0, 0.5
    if len(shape) == 1:
        return (1.0, 0.4) if name.endswith("weight") else (0.0, 0.3)
    if "position" in name:
        return 0.0, 0.8
    inputs = 4 * shape[0] if "deconv" in name else int(numpy.prod(shape[1:]))
    return 0.0, round(2.0 * inputs**-0.5, 6)


def generated(folder, case):
    name, width, heads, layers, size, labels, head, batch, eps, rest = case
    config = VitPoseConfig(
        backbone_config=VitPoseBackboneConfig(
            image_size=list(size), patch_size=[16, 16], hidden_size=width, num_hidden_layers=layers,
            num_attention_heads=heads, layer_norm_eps=eps, out_indices=[layers], **rest),
        use_simple_decoder=head == "simple", scale_factor=4, num_labels=labels)
    config._attn_implementation = "eager"
    model = VitPoseForPoseEstimation(config).eval()
    state, recipe, at = model.state_dict(), [], 0

    def next_values(name, shape):
        nonlocal at
        centre, spread = (0.0, 2.0) if name == "pixel_values" else centre_and_spread(name, shape)
        count = int(numpy.prod(shape))
        values = numpy.float32(centre) + numpy.float32(spread) * uniform(at, count)
        at += count
        recipe.append(dict(name=name, shape=list(shape), centre=centre, spread=spread))
        return torch.from_numpy(values.reshape(shape).astype(numpy.float32))

    for key, value in state.items():
        if value.is_floating_point():
            state[key] = next_values(key, value.shape)
    model.load_state_dict(state)
    pixels = next_values("pixel_values", (batch, 3) + size)
    arrays, experts = {}, rest.get("num_experts", 1)
    with torch.no_grad():
        for expert in range(experts):
            index = torch.full((batch,), expert) if experts > 1 else None
            heatmaps = model(pixel_values=pixels, dataset_index=index).heatmaps.numpy()
            arrays[f"heatmaps_{expert}" if experts > 1 else "heatmaps"] = heatmaps
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    model.config.save_pretrained(path)
    with open(os.path.join(path, "recipe.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(tensor) for tensor in recipe) + "\n]\n")
    numpy.savez_compressed(os.path.join(path, "heatmaps.npz"), **arrays)


def people(folder):
    model = VitPoseForPoseEstimation.from_pretrained(folder, attn_implementation="eager").eval()
    height, width = model.config.backbone_config.image_size
    y, x = numpy.mgrid[0:120, 0:160]
    picture = numpy.stack([127 + 120 * numpy.sin(x / 17 + y / 21), 1.0 * x + 0.7 * y, 127 + 100 * numpy.cos(y / 13)], -1)
    picture = numpy.clip(picture, 0, 255).astype(numpy.uint8)
    boxes = [[20.0, 10.0, 45.0, 90.0], [85.5, 20.25, 60.0, 80.5]]
    processor = processing.VitPoseImageProcessorPil(size={"height": height, "width": width})
    pixels = processor(picture, boxes=[boxes], return_tensors="pt")["pixel_values"]
    pairs = torch.tensor([[i, i + 1] for i in range(1, 17, 2)])
    arrays = dict(picture=picture, boxes=numpy.float32(boxes))
    with torch.no_grad():
        plain = model(pixel_values=pixels)
        flipped = model(pixel_values=torch.flip(pixels, [-1]), flip_pairs=pairs)
    for name, maps in (("plain", plain.heatmaps), ("flip", (plain.heatmaps + flipped.heatmaps) / 2)):
        plain.heatmaps = maps
        found = processor.post_process_pose_estimation(plain, boxes=[boxes])[0]
        points = numpy.stack([person["keypoints"].numpy() for person in found])
        arrays["points_" + name] = points
        arrays["scores_" + name] = numpy.stack([person["scores"].numpy() for person in found])
        # The reference's Newton step is not bounded; which ones stay within a cell, as Kaira's do.
        rows, columns = maps.shape[2:]
        bounded = numpy.zeros(points.shape[:2], bool)
        for n, (bx, by, w, h) in enumerate(boxes):
            w, h = max(w, h * width / height) * 1.25, max(h, w * height / width) * 1.25
            centre = numpy.array([boxes[n][0] + boxes[n][2] / 2, boxes[n][1] + boxes[n][3] / 2])
            cells = (points[n] - centre + numpy.array([w, h]) / 2) * (numpy.array([columns, rows]) - 1) / [w, h]
            top = maps[n].reshape(len(points[n]), -1).argmax(-1).numpy()
            step = numpy.abs(cells - numpy.stack([top % columns, top // columns], -1)).max(-1)
            bounded[n] = step < 0.95
        arrays["bounded_" + name] = bounded.astype(numpy.uint8)
    numpy.savez_compressed(os.path.join(folder, "people.npz"), **arrays)


if __name__ == "__main__":
    for case in CASES:
        generated(os.path.join(sys.argv[1], "vitpose-generated"), case)
    people(os.path.join(sys.argv[1], "vitpose", "w40-h5-no-bias"))
