#!/usr/bin/env python3
"""Writes Tests/Fixtures/solids/*.json: what other libraries say of a few meshes.

    python3 -m venv venv && venv/bin/pip install numpy==2.* libigl==2.6.3 trimesh==5.2.0 manifold3d==3.5.4 scipy shapely \
        networkx rtree
    venv/bin/python Tests/Support/solid_fixtures.py

knot.json: a closed knotted tube and the same with a part left out; winding numbers at random points by libigl, exact and
fast; volume, centroid, inertia and sections of the closed one by trimesh.
boolean.json: volumes and areas of booleans of turned solids by manifold3d.
gem.*: a twelve-cornered solid as trimesh writes it in each format.
"""
import json
import pathlib

import igl
import manifold3d
import numpy as np
import trimesh

FOLDER = pathlib.Path(__file__).parent.parent / "Fixtures" / "solids"


def knot(around, across, thickness):
    """A (2, 3) torus knot's tube: vertices and faces, outward."""
    t = np.arange(around) * 2 * np.pi / around

    def center(t):
        r = 1 + 0.4 * np.cos(3 * t)
        return np.stack([r * np.cos(2 * t), r * np.sin(2 * t), -0.4 * np.sin(3 * t)], -1)

    tangent = center(t + 1e-4) - center(t - 1e-4)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    outward = center(t) * [1, 1, 0]
    side = np.cross(tangent, outward)
    side /= np.linalg.norm(side, axis=1)[:, None]
    up = np.cross(side, tangent)
    angle = np.arange(across) * 2 * np.pi / across
    ring = np.cos(angle)[None, :, None] * up[:, None, :] + np.sin(angle)[None, :, None] * side[:, None, :]
    vertices = np.round((center(t)[:, None, :] + thickness * ring).reshape(-1, 3), 6)
    i, j = np.meshgrid(np.arange(around), np.arange(across), indexing="ij")
    a, b = i * across + j, (i + 1) % around * across + j
    c, d = (i + 1) % around * across + (j + 1) % across, i * across + (j + 1) % across
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    if trimesh.Trimesh(vertices, faces, process=False).volume < 0:
        faces = faces[:, ::-1]
    return vertices, np.ascontiguousarray(faces)


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def knots():
    vertices, faces = knot(96, 10, 0.17)
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    assert mesh.is_watertight and mesh.is_winding_consistent
    random = np.random.default_rng(20260712)
    points = np.round(random.uniform(-1.6, 1.6, (400, 3)) * [1, 1, 0.45], 6)
    open_faces = np.ascontiguousarray(faces[: len(faces) * 2 // 3])
    sections = []
    for normal, offset in [([0, 0, 1], 0.05), ([1, 0, 0], 0.3), ([0.6, 0, 0.8], -0.2), ([0.36, 0.48, 0.8], 0.111)]:
        normal = np.array(normal, float)
        section = mesh.section(plane_normal=normal, plane_origin=normal * offset)
        planar, _ = section.to_2D()
        sections.append({
            "normal": normal.tolist(), "offset": offset, "area": planar.area, "length": section.length,
            "loops": len(section.entities),
        })
    write("knot.json", {
        "vertices": vertices.ravel().tolist(), "faces": faces.ravel().tolist(), "openFaces": len(open_faces),
        "points": points.ravel().tolist(),
        "closed": igl.winding_number(vertices, faces, points).tolist(),
        "open": igl.winding_number(vertices, open_faces, points).tolist(),
        "closedFast": igl.fast_winding_number(vertices, faces, points).tolist(),
        "openFast": igl.fast_winding_number(vertices, open_faces, points).tolist(),
        "volume": mesh.volume, "area": mesh.area, "centroid": mesh.center_mass.tolist(),
        "inertia": mesh.moment_inertia.tolist(), "euler": mesh.euler_number, "sections": sections,
    })


def booleans():
    cases = []
    random = np.random.default_rng(7)
    for number in range(6):
        angles = np.round(random.uniform(-180, 180, 3), 3).tolist()
        shift = np.round(random.uniform(-0.4, 0.4, 3), 6).tolist()
        if number == 0:
            angles, shift = [0, 0, 0], [0.5, 0, 0]  # coplanar faces
        a = manifold3d.Manifold.cube([1, 1, 1], True)
        matrix = trimesh.transformations.euler_matrix(*np.radians(angles), "sxyz")[:3, :3]
        # Written with all digits: the vertices themselves are the input.
        corners = np.array([[x, y, z] for z in (-0.5, 0.5) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])
        moved = corners @ matrix.T + shift
        quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
        faces = np.array([t for q in quads for t in ([q[0], q[1], q[2]], [q[0], q[2], q[3]])], np.uint64)
        b = manifold3d.Manifold(manifold3d.Mesh64(moved, faces))
        assert b.status() == manifold3d.Error.NoError
        results = {"union": a + b, "difference": a - b, "intersection": a ^ b}
        cases.append({
            "vertices": moved.ravel().tolist(),
            "results": {name: {"volume": r.volume(), "area": r.surface_area(), "genus": r.genus()}
                        for name, r in results.items()},
        })
    write("boolean.json", {"cases": cases})


def gem():
    """An icosahedron pulled out of shape, so that no two of its measures are the same."""
    mesh = trimesh.creation.icosahedron()
    mesh.apply_transform(np.diag([1.25, 0.75, 2, 1]))
    mesh.apply_translation([0.5, 3, -1])
    mesh = trimesh.Trimesh(np.float32(mesh.vertices), mesh.faces, process=False)
    for name, options in [("gem.obj", {"digits": 17}), ("gem.stl", {}), ("gem-ascii.stl", {"file_type": "stl_ascii"}),
                          ("gem.ply", {}), ("gem-ascii.ply", {"encoding": "ascii"}), ("gem.glb", {})]:
        kind = options.pop("file_type", name.split(".")[-1])
        data = mesh.export(file_type=kind, **options)
        (FOLDER / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    write("gem.json", {"volume": mesh.volume, "area": mesh.area, "centroid": mesh.center_mass.tolist()})


if __name__ == "__main__":
    knots()
    booleans()
    gem()
