"""Writes the reference values of KairaGeometryTests: scipy.spatial.transform and numpy in double.

    python3 Tests/Support/geometry_reference.py > Tests/KairaGeometryTests/GeometryReference.swift

Needs scipy; the tests need only what is written. Quaternions are x, y, z, w; matrices column-major.
"""
import numpy as np
import scipy
from scipy.spatial.transform import Rotation, Slerp

rng = np.random.default_rng(20240607)


def text(value):
    return "[" + ", ".join(f"{np.float32(v):.9g}" for v in np.asarray(value).ravel(order="F")) + "]"


def table(name, comment, kind, rows):
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [{kind}] = [")
    for row in rows:
        fields = ", ".join(f"{k}: {text(v) if np.ndim(v) else f'{np.float32(v):.9g}'}" for k, v in row.items())
        print(f"        {kind}(\n            {fields}),".replace("], ", "],\n            "))
    print("    ]")


def unit():
    v = rng.normal(size=3)
    return v / np.linalg.norm(v)


def f32(v):
    return np.asarray(v, np.float32).astype(np.float64)


def rotations():
    rows = []
    for k in range(24):
        a, b = Rotation.random(random_state=rng), Rotation.random(random_state=rng)
        if k % 4 == 1:  # close together
            b = a * Rotation.from_rotvec(unit() * 10.0 ** -rng.uniform(1, 5))
        if k % 4 == 2:  # nearly half a turn apart
            b = a * Rotation.from_rotvec(unit() * (np.pi - 10.0 ** -rng.uniform(1, 3)))
        qa, qb = f32(a.as_quat()), f32(b.as_quat())
        if k % 4 == 3:  # the other sign: the same rotation
            qb = -qb
        a, b = Rotation.from_quat(qa), Rotation.from_quat(qb)
        v = f32(rng.normal(size=3) * 3)
        t = f32(rng.uniform())
        rows.append({
            "a": qa, "b": qb, "v": v, "t": float(t), "product": (a * b).as_quat(), "rotated": a.apply(v),
            "matrix": a.as_matrix(), "rotationVector": a.as_rotvec(), "angle": (a.inv() * b).magnitude(),
            "slerp": Slerp([0, 1], Rotation.concatenate([a, b]))(t).as_quat(),
        })
    return rows


def twists():
    """Swing and twist from their definition: twist about the axis, then a swing about one at right angles to it."""
    rows = []
    for k in range(16):
        axis = f32(unit())
        axis /= np.linalg.norm(axis)
        side = np.cross(axis, unit())
        side /= np.linalg.norm(side)
        twist = Rotation.from_rotvec(axis * rng.uniform(-3.1, 3.1))
        swing = Rotation.from_rotvec(side * (rng.uniform(0, 3.0) if k < 12 else np.pi - 10.0 ** -rng.uniform(1, 2)))
        rows.append({"axis": axis, "q": (swing * twist).as_quat(), "swing": swing.as_quat(), "twist": twist.as_quat()})
    return rows


def transforms():
    rows = []
    for k in range(12):
        r = Rotation.random(random_state=rng)
        s = rng.uniform(0.2, 3, size=3)
        if k % 3 == 1:
            s[k % 2] *= -1
        if k % 3 == 2:
            s *= -1
        t = rng.normal(size=3) * 5
        q, s, t = f32(r.as_quat()), f32(s), f32(t)
        m = np.eye(4)
        m[:3, :3] = Rotation.from_quat(q).as_matrix() @ np.diag(s)
        m[:3, 3] = t
        p = f32(rng.normal(size=3))
        rows.append({
            "rotation": q, "scale": s, "translation": t, "matrix": m, "inverse": np.linalg.inv(m), "p": p,
            "moved": (m @ np.append(p, 1))[:3], "determinant": float(np.linalg.det(m[:3, :3])),
        })
    return rows


def general():
    rows = []
    for _ in range(6):
        m = f32(rng.normal(size=(4, 4)))
        n = f32(rng.normal(size=(4, 4)))
        rows.append({"a": m, "b": n, "product": m @ n, "inverse": np.linalg.inv(m), "inverse3": np.linalg.inv(m[:3, :3])})
    return rows


print(f"// Written by Tests/Support/geometry_reference.py: numpy {np.__version__}, scipy {scipy.__version__}.")
print("// swift-format-ignore-file\n")
print("/// Reference values; quaternions are x, y, z, w, matrices column-major.\nenum GeometryReference {")
print("""    struct RotationCase: Sendable {
        var a, b: SIMD4<Float>
        var v: SIMD3<Float>
        var t: Float
        var product: SIMD4<Float>
        var rotated: SIMD3<Float>
        var matrix: [Float]
        var rotationVector: SIMD3<Float>
        var angle: Float
        var slerp: SIMD4<Float>
    }
    struct TwistCase: Sendable {
        var axis: SIMD3<Float>
        var q, swing, twist: SIMD4<Float>
    }
    struct TransformCase: Sendable {
        var rotation: SIMD4<Float>
        var scale, translation: SIMD3<Float>
        var matrix, inverse: [Float]
        var p, moved: SIMD3<Float>
        var determinant: Float
    }
    struct MatrixCase: Sendable {
        var a, b, product, inverse, inverse3: [Float]
    }""")
table("rotations", "scipy Rotation and Slerp.", "RotationCase", rotations())
table("twists", "scipy Rotation from the definition.", "TwistCase", twists())
table("transforms", "numpy, T * R * S.", "TransformCase", transforms())
table("matrices", "numpy.", "MatrixCase", general())
print("}")
