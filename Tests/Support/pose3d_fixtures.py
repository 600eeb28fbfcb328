"""Writes Tests/Fixtures/metrics/pose3d-*: 3D poses in the layouts in use, with the figures of a numpy implementation.

The measures are written from the papers' formulas, P-MPJPE by `numpy.linalg.svd` as in VideoPose3D's common/loss.py.
Needs numpy 2, scipy and h5py. Usage: python pose3d_fixtures.py ../Fixtures/metrics
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np
import scipy.io

out = Path(sys.argv[1])
out.mkdir(exist_ok=True)
random = np.random.default_rng(11)


def procrustes(p, g):
    mg, mp = g.mean(0), p.mean(0)
    G, P = g - mg, p - mp
    ng, n_p = np.linalg.norm(G), np.linalg.norm(P)
    if n_p == 0 or ng == 0:
        return np.repeat(mg[None], len(p), 0)
    u, s, vt = np.linalg.svd((G / ng).T @ (P / n_p))
    v = vt.T
    r = v @ u.T
    if np.linalg.det(r) < 0:
        v[:, -1] *= -1
        s[-1] *= -1
        r = v @ u.T
    a = s.sum() * ng / n_p
    return a * p @ r + (mg - a * mp @ r)


def sums(p, g, root, counted, valid=None):
    """What pools: everything as (sum, weight)."""
    p, g = p - p[:, root:root + 1], g - g[:, root:root + 1]
    valid = np.ones(len(g), bool) if valid is None else valid.astype(bool)
    errors = np.linalg.norm(p - g, axis=-1)[valid]
    aligned = np.array([np.linalg.norm(procrustes(a, b) - b, axis=-1) for a, b in zip(p[valid], g[valid])])
    scale = (p * g).sum((1, 2)) / np.maximum((p * p).sum((1, 2)), 1e-300)
    scaled = np.linalg.norm(scale[:, None, None] * p - g, axis=-1)[valid]
    velocity = np.linalg.norm(np.diff(p, axis=0) - np.diff(g, axis=0), axis=-1)[valid[1:] & valid[:-1]]
    second = np.linalg.norm(np.diff(p, 2, axis=0) - np.diff(g, 2, axis=0), axis=-1)[valid[2:] & valid[1:-1] & valid[:-2]]
    return {
        "errors": errors, "aligned": aligned, "scaled": scaled, "second": second, "counted": errors[:, counted],
        "velocity": [(velocity.mean() * valid.sum(), valid.sum())] if velocity.size else []}


def figures(parts):
    join = lambda key: np.concatenate([part[key].ravel() for part in parts])
    weights = [pair for part in parts for pair in part["velocity"]]
    counted = join("counted")
    curve = np.array([100 * (counted < t).mean() for t in range(0, 151, 5)])
    second = join("second")
    return {
        "mpjpe": join("errors").mean(), "p_mpjpe": join("aligned").mean(), "n_mpjpe": join("scaled").mean(),
        "mpjve": sum(w[0] for w in weights) / sum(w[1] for w in weights) if weights else 0,
        "accel": second.mean() if second.size else 0, "pck150": curve[-1], "auc": curve.mean()}


def mean(rows):
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def truth(frames, joints, size):
    start = random.normal(0, size, (1, joints, 3))
    return start + np.cumsum(random.normal(0, size * 0.03, (frames, joints, 3)), 0)


def guess(g, noise):
    q, _ = np.linalg.qr(random.normal(0, 1, (3, 3)))
    turn = np.eye(3) * 0.98 + 0.02 * q
    return (g @ turn) * random.uniform(0.9, 1.1) + random.normal(0, noise, g.shape) + random.normal(0, noise, 3)


expected = {}

# plain: one array, millimetres, and special cases of the alignment.
g = truth(40, 15, 300)
p = guess(g, 60)
mirrored = g.copy()
mirrored[..., 0] *= -1
flat = g.copy()
flat[..., 2] = 0
line = g.copy()
line[..., 1:] = 0
dot = np.zeros_like(g)
for name, poses in {"plain": p, "mirrored": mirrored, "flat": flat, "line": line, "dot": dot, "double": g * 2.5}.items():
    np.savez_compressed(out / f"pose3d-{name}.npz", positions=poses)
    with np.errstate(all="ignore"):
        expected[name] = figures([sums(poses, g, 0, slice(None))])
np.savez_compressed(out / "pose3d-truth.npz", positions=g)

# Human3.6M: metres, 32 joints, subjects that do not count, the damaged take.
keep = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]
takes = ["S1/Walking", "S9/Walking", "S9/Walking 1", "S9/Directions", "S11/Walking 1", "S11/Directions", "S11/Directions 1", "S9/Eating 2"]
g = {take: truth(int(random.integers(5, 12)), 32, 0.3).astype(np.float32) for take in takes}
p = {take: guess(a[:, keep].astype(float), 0.05).astype(np.float32) for take, a in g.items()}
np.savez_compressed(out / "pose3d-h36m-truth.npz", **g)
np.savez_compressed(out / "pose3d-h36m.npz", **p)
# The community's own layout: a pickled {subject: {take: array}}, as data_3d_h36m.npz has it.
nested = {}
for take, a in g.items():
    nested.setdefault(take.split("/")[0], {})[take.split("/")[1]] = a
np.savez_compressed(out / "pose3d-h36m-truth-pickled.npz", positions_3d=nested)
groups = {}
for take in takes:
    subject, action = take.split("/")
    if subject not in ("S9", "S11") or take == "S11/Directions":
        continue
    parts = sums(p[take].astype(float) * 1000, g[take][:, keep].astype(float) * 1000, 0, slice(None))
    groups.setdefault(action.split(" ")[0], []).append(parts)
expected["h36m"] = mean([figures(parts) for parts in groups.values()])
expected["h36m-groups"] = {name: figures(parts) for name, parts in groups.items()}

# HumanEva-I: metres, 15 joints, chunks, other actions and the training part left out.
takes = ["Train/S1/Walking 1 chunk0", "Validate/S1/Walking 1 chunk0", "Validate/S1/Walking 1 chunk1", "Validate/S1/Jog 1 chunk0",
         "Validate/S2/Box 1 chunk0", "Validate/S2/Gestures 1 chunk0", "Validate/S3/Jog 1 chunk2"]
g = {take: truth(int(random.integers(3, 9)), 15, 0.3).astype(np.float32) for take in takes}
p = {take: guess(a.astype(float), 0.04).astype(np.float32) for take, a in g.items()}
np.savez_compressed(out / "pose3d-humaneva-truth.npz", **g)
np.savez_compressed(out / "pose3d-humaneva.npz", **p)
groups = {}
for take in takes:
    _, subject, action = take.split("/")
    if take.startswith("Train") or "Gestures" in take:
        continue
    groups.setdefault((subject, action.split(" ")[0]), []).append(sums(p[take].astype(float) * 1000, g[take].astype(float) * 1000, 0, slice(None)))
expected["humaneva"] = mean([figures(parts) for parts in groups.values()])

# MPI-INF-3DHP: millimetres, root 14, valid frames, MATLAB 7.3 (HDF5) annotations; results in MATLAB 5 and npz.
def mat73(path, arrays):
    """As MATLAB 7.3 writes it: a 512-byte header, axes reversed, the class as an attribute."""
    with h5py.File(path, "w", userblock_size=512) as f:
        for name, a in arrays.items():
            d = f.create_dataset(name, data=a, compression="gzip", shuffle=True)
            # A string of six bytes "with terminator" and without one, as MATLAB has it.
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(6)
            kind.set_strpad(h5py.h5t.STR_NULLTERM)
            attribute = h5py.h5a.create(d.id, b"MATLAB_class", kind, h5py.h5s.create(h5py.h5s.SCALAR))
            attribute.write(np.array(b"double", "S6"), mtype=kind)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Jan 01 00:00:00 1970 HDF5 schema 1.00 ."
    with open(path, "r+b") as f:
        f.write(header.ljust(124) + b"\x00\x02IM")


g = {f"TS{i}": truth(12 + i, 17, 300) for i in (1, 2)}
p = {name: guess(a, 70) for name, a in g.items()}
valid = {name: (random.uniform(size=len(a)) > 0.25).astype(float) for name, a in g.items()}
activity = {name: np.repeat([1.0, 5.0], [len(a) // 2, len(a) - len(a) // 2]) for name, a in g.items()}
for name, a in g.items():
    (out / "pose3d-3dhp" / name).mkdir(parents=True, exist_ok=True)
    mat73(out / "pose3d-3dhp" / name / "annot_data.mat", {
        "univ_annot3": a[:, None], "annot3": a[:, None] + 1e4, "valid_frame": valid[name][:, None],
        "activity_annotation": activity[name][:, None]})
scipy.io.savemat(out / "pose3d-3dhp.mat", {n: a.transpose(2, 1, 0)[:, :, None] for n, a in p.items()}, do_compression=True)
np.savez_compressed(out / "pose3d-3dhp-valid-only.npz", **{n: a[valid[n] > 0] for n, a in p.items()})
flat = {}
for name, a in g.items():
    flat |= {name: a, name + "/valid": valid[name], name + "/activity": activity[name]}
np.savez_compressed(out / "pose3d-3dhp-truth.npz", **flat)
np.savez_compressed(
    out / "pose3d-3dhp-truth-pickled.npz",
    data={n: {"data_2d": a[..., :2], "data_3d": a, "valid": valid[n]} for n, a in g.items()})
counted = list(range(14))
expected["3dhp"] = figures([sums(p[n], g[n], 14, counted, valid[n]) for n in g])
whole = figures([sums(p[n], g[n], 14, slice(None), valid[n]) for n in g])
expected["3dhp"] |= {"pck150_all_joints": whole["pck150"], "auc_all_joints": whole["auc"]}
expected["3dhp-groups"] = {n: figures([sums(p[n], g[n], 14, counted, valid[n])]) for n in g}
for number, name in ((1, "standing/walking"), (5, "on the floor")):
    expected["3dhp-groups"][name] = figures(
        [sums(p[n], g[n], 14, counted, valid[n] * (activity[n] == number)) for n in g])

(out / "pose3d.json").write_text(json.dumps(expected, indent=1, default=float))
print(json.dumps(expected["plain"]), json.dumps(expected["3dhp"]))
