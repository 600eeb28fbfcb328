"""Writes Tests/Fixtures/metrics/coco-*.json: generated annotations and results, with pycocotools' figures.

Needs numpy and pycocotools 2.0.11. Usage: python coco_fixtures.py ../Fixtures/metrics
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"]
out = Path(sys.argv[1])


def case(seed, images, categories, boxes, ties, crowded):
    random = np.random.default_rng(seed)
    pictures = [{"id": int(i)} for i in random.permutation(images * 3)[:images]]
    annotations, results = [], []
    for picture in pictures:
        for _ in range(random.integers(*((15, 40) if crowded else (0, 5)))):
            side = float(np.exp(random.uniform(np.log(12), np.log(300))))
            x0, y0 = random.uniform(0, 600, 2)
            points = np.column_stack([x0 + random.uniform(0, side, 17), y0 + random.uniform(0, side * 1.5, 17)])
            visible = random.integers(0, 3, 17) * (random.uniform() > 0.15)
            annotation = {
                "id": len(annotations) + 1, "image_id": picture["id"], "category_id": int(random.integers(categories)) + 1,
                "keypoints": np.column_stack([points * (visible > 0)[:, None], visible]).round(2).ravel().tolist(),
                "num_keypoints": int((visible > 0).sum()), "iscrowd": int(random.uniform() < 0.1),
                "area": round(side * side * float(random.uniform(0.4, 1.4)), 3),
                "bbox": [round(float(v), 2) for v in (x0, y0, side, side * 1.5)]}
            annotations.append(annotation)
            for _ in range(random.integers(0, 3)):
                noise = side * float(random.choice([0.005, 0.03, 0.08, 0.2]))
                moved = points + random.normal(0, noise, points.shape)
                score = float(random.uniform())
                result = {
                    "image_id": picture["id"], "category_id": annotation["category_id"],
                    "keypoints": np.column_stack([moved, np.ones(17)]).round(2).ravel().tolist(),
                    "score": round(score, 1) if ties else score}
                if boxes:
                    result["bbox"] = [round(float(v), 2) for v in (x0, y0, side, side)]
                results.append(result)
        for _ in range(random.integers(0, 3)):  # people who are not there
            moved = random.uniform(0, 640, (17, 2))
            results.append({
                "image_id": picture["id"], "category_id": 1,
                "keypoints": np.column_stack([moved, np.ones(17)]).round(2).ravel().tolist(),
                "score": round(float(random.uniform()), 1), **({"bbox": [0, 0, 50, 40]} if boxes else {})})
    order = random.permutation(len(results))
    truth = {"images": pictures, "categories": [{"id": c + 1} for c in range(categories)], "annotations": annotations}
    return truth, [results[i] for i in order]


def figures(truth, results):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = json.loads(json.dumps(truth))
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(json.loads(json.dumps(results))), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(NAMES, map(float, evaluation.stats)))


def main():
    cases = {
        "plain": case(1, 12, 1, False, False, False), "ties-and-boxes": case(2, 10, 1, True, True, False),
        "categories": case(3, 10, 2, False, True, False), "crowded": case(4, 3, 1, False, False, True)}
    # No annotation that counts: every figure is -1.
    truth, results = case(5, 3, 1, False, False, False)
    for annotation in truth["annotations"]:
        annotation["iscrowd"] = 1
    cases["crowds-only"] = (truth, results)
    # An id of 0 is pycocotools' mark for "not found".
    truth, results = case(6, 6, 1, False, False, False)
    for i, annotation in enumerate(truth["annotations"]):
        annotation["id"] = i
    cases["id-zero"] = (truth, results)
    document = [
        {"name": name, "truth": t, "results": r, "figures": figures(t, r)} for name, (t, r) in cases.items()]
    (out / "coco.json").write_text(json.dumps(document, separators=(",", ":")))
    for entry in document:
        print(entry["name"], len(entry["truth"]["annotations"]), len(entry["results"]), entry["figures"])


if __name__ == "__main__":
    if len(sys.argv) == 4:  # figures of two files, for the tests that have pycocotools
        print(json.dumps(figures(json.load(open(sys.argv[2])), json.load(open(sys.argv[3])))))
    else:
        main()
