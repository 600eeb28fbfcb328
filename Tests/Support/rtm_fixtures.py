"""Writes what mmpose and mmdet make of RTMPose and RTMDet networks with random weights.

    python rtm_fixtures.py ../Fixtures/rtm [NAME ...]

Needs Python 3.11 with torch 2.3, torchvision, numpy 1.26, opencv-python-headless 4.10, onnx, mmengine, mmcv-lite 2.1, mmdet 3.3,
mmpose 1.3.2 (the last two with --no-deps). Compiled operators of mmcv are stood in for: the networks use none, and
non-maximum suppression is torchvision's.

Each folder gets `recipe.json` (tensors in order with shape, centre and spread, the input `pixel_values` last; element k of the
whole recipe is centre + spread * (splitmix64(k) >> 40 over 2^23, minus 1) in single precision) or a weight file, and
`io.npz`: `simcc_x`, `simcc_y` of a pose network; `scores_0`, `distances_0`, ... (before sigmoid and exponential, channels
last) and the head's `boxes` and `box_scores` of a detector. Networks with weight files also get `people.npz`: a picture and
what the whole chain makes of it, from the picture's pixels to the picture's coordinates.
"""
import copy
import importlib.abc
import importlib.machinery
import io
import json
import os
import sys
import types

import cv2
import numpy
import torch
import torchvision
import mmcv  # noqa: F401


class Stand(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = type(name, (torch.nn.Module,), {})
        setattr(self, name, value)
        return value


def batched_nms(boxes, scores, idxs, nms_cfg, class_agnostic=False):
    keep = torchvision.ops.batched_nms(boxes, scores, idxs, nms_cfg["iou_threshold"])
    return torch.cat([boxes[keep], scores[keep, None]], -1), keep


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name == "mmcv.ops" or name.startswith("mmcv.ops."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Stand(spec.name)

    def exec_module(self, module):
        module.batched_nms = batched_nms


sys.meta_path.insert(0, Finder())

from mmdet.models.backbones import CSPNeXt  # noqa: E402
from mmdet.models.dense_heads.rtmdet_head import RTMDetSepBNHead  # noqa: E402
from mmdet.models.necks.cspnext_pafpn import CSPNeXtPAFPN  # noqa: E402
from mmdet.utils import register_all_modules  # noqa: E402
from mmengine.config import ConfigDict  # noqa: E402
from mmpose.codecs import SimCCLabel  # noqa: E402
from mmpose.datasets.transforms import GetBBoxCenterScale, TopdownAffine  # noqa: E402
from mmpose.models.heads.coord_cls_heads.rtmcc_head import RTMCCHead  # noqa: E402

register_all_modules(init_default_scope=True)
torch.manual_seed(7)
torch.set_num_threads(2)

NORM, ACT = dict(type="BN"), dict(type="SiLU")


def backbone(widen, deepen, separable, indices):
    return CSPNeXt(
        arch="P5", expand_ratio=0.5, deepen_factor=deepen, widen_factor=widen, out_indices=indices,
        channel_attention=True, use_depthwise=separable, norm_cfg=NORM, act_cfg=ACT)


class Pose(torch.nn.Module):
    def __init__(self, widen, deepen, points, size, hidden=256, s=128, side=7, ratio=2.0, separable=False, distance=False):
        super().__init__()
        self.size, self.ratio = size, ratio
        self.backbone = backbone(widen, deepen, separable, (4,))
        self.head = RTMCCHead(
            in_channels=int(1024 * widen), out_channels=points, input_size=size,
            in_featuremap_size=tuple(n // 32 for n in size), simcc_split_ratio=ratio, final_layer_kernel_size=side,
            gau_cfg=dict(
                hidden_dims=hidden, s=s, expansion_factor=2, dropout_rate=0.0, drop_path=0.0, act_fn="SiLU",
                use_rel_bias=distance, pos_enc=False),
            loss=dict(type="mmpose.KLDiscretLoss", use_target_weight=True), decoder=None)

    def forward(self, pixels):
        return self.head(self.backbone(pixels))


class Detector(torch.nn.Module):
    def __init__(self, widen, deepen, out, classes, separable, shared, exponential, size, blocks=1):
        super().__init__()
        self.size, self.exponential = size, exponential
        widths = [int(n * widen) for n in (256, 512, 1024)]
        self.backbone = backbone(widen, deepen, separable, (2, 3, 4))
        self.neck = CSPNeXtPAFPN(
            in_channels=widths, out_channels=out, num_csp_blocks=blocks, expand_ratio=0.5, use_depthwise=separable,
            norm_cfg=NORM, act_cfg=ACT)
        self.bbox_head = RTMDetSepBNHead(
            num_classes=classes, in_channels=out, stacked_convs=2, feat_channels=out, use_depthwise=separable,
            anchor_generator=dict(type="MlvlPointGenerator", offset=0, strides=[8, 16, 32]),
            bbox_coder=dict(type="DistancePointBBoxCoder"), with_objectness=False, exp_on_reg=exponential,
            share_conv=shared, pred_kernel_size=1, norm_cfg=NORM, act_cfg=ACT,
            loss_cls=dict(type="QualityFocalLoss", use_sigmoid=True, beta=2.0, loss_weight=1.0),
            loss_bbox=dict(type="GIoULoss", loss_weight=2.0),
            test_cfg=dict(
                nms_pre=1000, min_bbox_size=0, score_thr=0.05, nms=dict(type="nms", iou_threshold=0.6), max_per_img=100))

    def forward(self, pixels):
        return self.bbox_head(self.neck(self.backbone(pixels)))

    def boxes(self, answer, shape):
        found = self.bbox_head.predict_by_feat(
            *answer, batch_img_metas=[dict(img_shape=shape, scale_factor=(1.0, 1.0))],
            cfg=ConfigDict(self.bbox_head.test_cfg), rescale=False)[0]
        return found.bboxes.numpy(), found.scores.numpy(), found.labels.numpy()


# name: (network, batch, how its weights are kept)
NETWORKS = {
    "pose-t": (lambda: Pose(0.375, 0.167, 17, (192, 256)), 2, "recipe"),
    "pose-halpe26-narrow": (lambda: Pose(0.125, 0.33, 26, (96, 64), hidden=72, s=24), 3, "recipe"),
    "pose-wholebody-small": (lambda: Pose(0.125, 0.167, 133, (64, 64), hidden=64, s=32), 1, "recipe"),
    "pose-separable-distance": (
        lambda: Pose(0.1875, 0.33, 17, (128, 64), hidden=40, s=20, side=3, ratio=3.0, separable=True, distance=True), 2,
        "recipe"),
    "pose-checkpoint": (lambda: Pose(0.0625, 0.167, 17, (96, 128), hidden=64, s=32), 2, "pth"),
    "pose-onnx": (lambda: Pose(0.0625, 0.167, 17, (96, 128), hidden=64, s=32), 2, "onnx"),
    "detector-nano": (lambda: Detector(0.25, 0.33, 64, 1, True, False, False, 320), 1, "recipe"),
    "detector-shared": (lambda: Detector(0.125, 0.33, 24, 3, False, True, True, 96, blocks=2), 1, "recipe"),
    "detector-checkpoint": (lambda: Detector(0.0625, 0.167, 16, 1, True, False, False, 320), 1, "pth"),
    "detector-onnx": (lambda: Detector(0.0625, 0.167, 16, 1, True, False, False, 320), 1, "onnx"),
}


def uniform(start, count):
    x = (numpy.arange(start, start + count, dtype=numpy.uint64) + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    x = x ^ (x >> numpy.uint64(31))
    return (x >> numpy.uint64(40)).astype(numpy.float32) / numpy.float32(1 << 23) - numpy.float32(1)


def centre_and_spread(name, shape):
    if "running_var" in name:
        return 1.0, 0.5
    if name.endswith((".g", "res_scale.scale")) or "gamma" in name:
        return 1.0, 0.3
    # Answers of a trained network's size.
    if "rtm_cls" in name:
        return (-1.5, 0.3) if len(shape) == 1 else (0.0, 1.5)
    if "rtm_reg" in name:
        return (1.2, 0.4) if len(shape) == 1 else (0.0, 0.3)
    if "head.cls_" in name:
        return 0.0, 0.0006
    if len(shape) == 1:
        return (1.0, 0.4) if name.endswith("bn.weight") else (0.0, 0.3)
    return 0.0, round(2.4 * int(numpy.prod(shape[1:])) ** -0.5, 6)


class Numbers:
    """The formula, and the recipe of what was taken from it."""

    def __init__(self):
        self.recipe, self.at = [], 0

    def take(self, name, shape):
        centre, spread = (0.0, 2.0) if name == "pixel_values" else centre_and_spread(name, shape)
        count = int(numpy.prod(shape))
        values = numpy.float32(centre) + numpy.float32(spread) * uniform(self.at, count)
        self.at += count
        self.recipe.append(dict(name=name, shape=list(shape), centre=centre, spread=spread))
        return torch.from_numpy(values.reshape(shape).astype(numpy.float32))


def filled(network, numbers):
    network.eval()
    state, known = network.state_dict(), {}
    for key, value in state.items():
        if value.is_floating_point():
            # What levels share is one tensor under several names.
            if value.data_ptr() not in known or value.numel() < 2:
                known[value.data_ptr()] = numbers.take(key, value.shape)
            else:
                numbers.recipe.append(dict(name=key, shape=list(value.shape), sameAs=next(
                    k for k, v in state.items() if v.data_ptr() == value.data_ptr())))
    for key, value in state.items():
        if value.is_floating_point():
            value.copy_(known[value.data_ptr()])
    return network


def picture():
    y, x = numpy.mgrid[0:150, 0:200]
    image = numpy.stack(
        [127 + 120 * numpy.sin(x / 17 + y / 21), 0.9 * x + 0.5 * y, 127 + 100 * numpy.cos(y / 13 - x / 29)], -1)
    return numpy.clip(image, 0, 255).astype(numpy.uint8)


def people(network, folder):
    image = picture()  # red, green, blue
    arrays = dict(picture=image)
    if isinstance(network, Pose):
        boxes = numpy.float32([[20.0, 10.0, 45.0, 110.0], [85.5, 20.25, 90.0, 60.5], [150.0, 90.0, 70.0, 80.0]])
        arrays["boxes"] = boxes
        mean, deviation = numpy.float32([123.675, 116.28, 103.53]), numpy.float32([58.395, 57.12, 57.375])
        codec = SimCCLabel(network.size, sigma=(4.9, 5.66), simcc_split_ratio=network.ratio, normalize=False)
        dark = SimCCLabel(
            network.size, sigma=(4.9, 5.66), simcc_split_ratio=network.ratio, normalize=False, use_dark=True)
        flip = [0] + [i + 1 if i % 2 else i - 1 for i in range(1, 17)]
        results = dict(points=[], scores=[], points_dark=[], points_flip=[], scores_flip=[], crops=[])
        for x, y, w, h in boxes:
            data = dict(img=image[..., ::-1].copy(), bbox=numpy.float32([[x, y, x + w, y + h]]))
            data = TopdownAffine(network.size)(GetBBoxCenterScale(padding=1.25)(data))
            crop = data["img"][..., ::-1].astype(numpy.float32)
            results["crops"].append(data["img"][..., ::-1])
            pixels = torch.from_numpy(numpy.ascontiguousarray(((crop - mean) / deviation).transpose(2, 0, 1)))[None]
            with torch.no_grad():
                answer = [a.numpy() for a in network(pixels)]
                mirrored = [a.numpy() for a in network(pixels.flip(-1))]
            back = [mirrored[0][:, flip][..., ::-1], mirrored[1][:, flip]]
            both = [(a + b) * 0.5 for a, b in zip(answer, back)]
            scale, centre = data["bbox_scale"][0], data["bbox_center"][0]

            def place(found):
                return found / numpy.float32(network.size) * scale + centre - 0.5 * scale

            for name, codec_of, arrays_of in (
                ("", codec, answer), ("_dark", dark, copy.deepcopy(answer)), ("_flip", codec, both)):
                found, scores = codec_of.decode(*copy.deepcopy(arrays_of))
                results["points" + name].append(place(found)[0])
                if name != "_dark":
                    results["scores" + name].append(scores[0])
        for name, values in results.items():
            arrays[name] = numpy.stack(values)
    else:
        # mmdet's Resize (keep_ratio), Pad and data preprocessor; blue, green, red.
        height, width = image.shape[:2]
        factor = min(network.size / max(width, height), network.size / min(width, height))
        new = (int(width * factor + 0.5), int(height * factor + 0.5))
        small = cv2.resize(numpy.ascontiguousarray(image[..., ::-1]), new, interpolation=cv2.INTER_LINEAR)
        padded = numpy.full((network.size, network.size, 3), 114, numpy.uint8)
        padded[: new[1], : new[0]] = small
        mean, deviation = numpy.float32([103.53, 116.28, 123.675]), numpy.float32([57.375, 57.12, 58.395])
        pixels = torch.from_numpy(((padded.astype(numpy.float32) - mean) / deviation).transpose(2, 0, 1))[None]
        with torch.no_grad():
            found, scores, labels = network.boxes(network(pixels.contiguous()), (network.size, network.size))
        keep = labels == 0
        arrays["boxes"] = (found / numpy.float32([new[0] / width, new[1] / height] * 2))[keep]
        arrays["scores"] = scores[keep]
    numpy.savez_compressed(os.path.join(folder, "people.npz"), **arrays)


def write(folder, name):
    make, batch, kind = NETWORKS[name]
    numbers, network = Numbers(), make()
    filled(network, numbers)
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    size = network.size if isinstance(network, Pose) else (network.size, network.size)
    if kind == "pth":
        # Halves: the file is half as large, and single precision holds them exactly.
        state = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
        network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
        torch.save(dict(meta=dict(epoch=1, dataset_meta=dict(joints=17)), state_dict=state), os.path.join(path, "net.pth"))
    pixels = numbers.take("pixel_values", (batch, 3, size[1], size[0]))
    arrays = {}
    with torch.no_grad():
        answer = network(pixels)
        if isinstance(network, Pose):
            arrays["simcc_x"], arrays["simcc_y"] = (a.numpy() for a in answer)
        else:
            for level, (scores, distances) in enumerate(zip(*answer)):
                arrays[f"scores_{level}"] = scores.permute(0, 2, 3, 1).numpy()
                distances = distances / (8, 16, 32)[level]
                if network.exponential:
                    distances = distances.log()
                arrays[f"distances_{level}"] = distances.permute(0, 2, 3, 1).numpy()
            boxes, scores, labels = network.boxes(answer, (network.size, network.size))
            arrays["boxes"], arrays["box_scores"] = boxes[labels == 0], scores[labels == 0]
            if name == "detector-shared":
                with open(os.path.join(path, "config.json"), "w") as file:
                    json.dump(dict(model_type="rtmdet", image_size=network.size, exponential=True), file)
    if kind == "recipe":
        with open(os.path.join(path, "recipe.json"), "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(tensor) for tensor in numbers.recipe) + "\n]\n")
    else:
        arrays["pixel_values"] = pixels.numpy().astype(numpy.float16)
        # Stored as halves, so the answer is to halves.
        with torch.no_grad():
            answer = network(torch.from_numpy(arrays["pixel_values"].astype(numpy.float32)))
        if isinstance(network, Pose):
            arrays["simcc_x"], arrays["simcc_y"] = (a.numpy() for a in answer)
        else:
            arrays = {k: v for k, v in arrays.items() if "boxes" not in k and "box_scores" not in k}
            del arrays["pixel_values"]
            for key in [k for k in arrays if k.startswith(("scores_", "distances_"))]:
                del arrays[key]
        people(network, path)
    if kind == "onnx":
        names = ["simcc_x", "simcc_y"] if isinstance(network, Pose) else [
            f"{kind}_{level}" for kind in ("scores", "distances") for level in range(3)]
        buffer = io.BytesIO()
        torch.onnx.export(
            network, (pixels[:1],), buffer, input_names=["input"], output_names=names, opset_version=11,
            dynamic_axes={n: {0: "batch"} for n in ["input"] + names})
        with open(os.path.join(path, "end2end.onnx"), "wb") as file:
            file.write(buffer.getvalue())
    if arrays:
        numpy.savez_compressed(os.path.join(path, "io.npz"), **arrays)
    print(name, {k: (v.shape, float(numpy.abs(v).max())) for k, v in arrays.items() if v.size and k != "pixel_values"})


if __name__ == "__main__":
    for name in sys.argv[2:] or NETWORKS:
        write(sys.argv[1], name)
