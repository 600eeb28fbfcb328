"""Writes Tests/Fixtures/topdown: crops and decoded keypoints by the reference implementations.

Needs numpy, pillow, scipy 1.17, transformers 5.24 (torch is not needed) and opencv-python-headless 4.10.
Usage: python topdown_fixtures.py ../Fixtures/topdown
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from transformers.models.vitpose import image_processing_pil_vitpose as vitpose

random = np.random.default_rng(7)
WIDTH, HEIGHT = 24, 32
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])

# A picture with smooth shapes and hard edges; boxes inside, across each border, degenerate in shape, and outside.
y, x = np.mgrid[0:60, 0:80]
picture = np.stack([127 + 120 * np.sin(x / 7 + y / 11), 2.0 * x + y, 255.0 * ((x // 5 + y // 4) % 2)], -1)
picture = np.clip(picture + random.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
boxes = np.array(
    [[20, 10, 25, 40], [-6.25, 3.5, 30, 20.75], [55.5, 30.25, 24.5, 31], [10, 5, 60, 9], [33.3, 2.2, 3.1, 50.7],
     [0, 0, 80, 60], [300, 300, 20, 20]], np.float32)

processor = vitpose.VitPoseImageProcessorPil(size={"height": HEIGHT, "width": WIDTH})
crops = np.asarray(processor(picture, boxes=[boxes.tolist()], return_tensors="np")["pixel_values"], np.float32)

# The original's: cv2.warpAffine of the same map, here with the matrix in double precision.
bytes_opencv = []
for bx, by, w, h in boxes.astype(float):
    aspect = WIDTH / HEIGHT
    if w > aspect * h:
        size = np.array([w, w / aspect]) * 1.25
    else:
        size = np.array([h * aspect, h]) * 1.25
    centre = np.array([bx + w / 2, by + h / 2])
    step, origin = size / [WIDTH - 1, HEIGHT - 1], centre - size / 2
    backward = np.array([[step[0], 0, origin[0]], [0, step[1], origin[1]]])
    bytes_opencv.append(
        cv2.warpAffine(picture, backward, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
bytes_opencv = np.stack(bytes_opencv)
crops_opencv = ((bytes_opencv / 255 - MEAN) / DEVIATION).transpose(0, 3, 1, 2).astype(np.float32)

# Heatmaps: sigma-2 peaks with noise, some at the border; then maps of noise alone.
rows, columns, joints = 16, 12, 17
gy, gx = np.mgrid[0:rows, 0:columns]
heatmaps = np.zeros((3, joints, rows, columns), np.float32)
for person in range(2):
    for joint in range(joints):
        px, py = random.uniform(0, columns - 1), random.uniform(0, rows - 1)
        peak = np.exp(-((gx - px) ** 2 + (gy - py) ** 2) / 8) * random.uniform(0.4, 1)
        heatmaps[person, joint] = peak + random.normal(0, 0.02, peak.shape)
heatmaps[2] = random.normal(0, 1, heatmaps[2].shape)


def dark(maps, blur):
    """ViTPose, mmpose 0.x `post_dark_udp`, after the blur; unbounded as there."""
    cells = np.zeros(maps.shape[:2] + (2,))
    for n in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            cy, cx = np.unravel_index(np.argmax(maps[n, k]), maps[n, k].shape)
            log = np.log(np.clip(blur(maps[n, k]), 0.001, 50))
            p = np.pad(log, 1, mode="edge")[cy:cy + 3, cx:cx + 3].astype(float)
            d = np.array([(p[1, 2] - p[1, 0]) / 2, (p[2, 1] - p[0, 1]) / 2])
            dxx, dyy = p[1, 2] - 2 * p[1, 1] + p[1, 0], p[2, 1] - 2 * p[1, 1] + p[0, 1]
            dxy = (p[2, 2] - p[1, 2] - p[2, 1] + 2 * p[1, 1] - p[1, 0] - p[0, 1] + p[0, 0]) / 2
            h = np.array([[dxx, dxy], [dxy, dyy]]) + np.finfo(np.float32).eps * np.eye(2)
            cells[n, k] = np.array([cx, cy]) - np.linalg.inv(h) @ d
    return cells


cells, scores = vitpose.get_keypoint_predictions(heatmaps)
cells = vitpose.post_dark_unbiased_data_processing(cells, heatmaps, kernel=11)
cells_opencv = dark(heatmaps, lambda m: cv2.GaussianBlur(m, (11, 11), 0))

# Back to picture pixels, by transformers.
centre, scale = vitpose.box_to_center_and_scale(boxes[0], 192, 256)
points = vitpose.transform_preds(cells[0].copy(), centre, scale, [rows, columns])

out = Path(sys.argv[1])
np.savez_compressed(out / "crops.npz", picture=picture, boxes=boxes, transformers=crops, opencv=crops_opencv)
np.savez_compressed(
    out / "heatmaps.npz", heatmaps=heatmaps, transformers=cells.astype(np.float64), opencv=cells_opencv,
    scores=scores[..., 0], points=points.astype(np.float64))
