"""Times libigl's fast winding number on request.

{"vertices", "faces", "points": files of doubles and 32-bit integers, "runs", "what"} a line in. A list a line out: for
"time" milliseconds of igl.fast_winding_number, which builds its tree and asks it; for "error" the mean and the greatest
error of the first 1000 points against igl.winding_number.
"""
import json
import sys
import time

import igl
import numpy

for line in sys.stdin:
    request = json.loads(line)
    vertices = numpy.fromfile(request["vertices"], numpy.float64).reshape(-1, 3)
    faces = numpy.fromfile(request["faces"], numpy.int32).reshape(-1, 3).astype(numpy.int64)
    points = numpy.fromfile(request["points"], numpy.float64).reshape(-1, 3)
    if request["what"] == "error":
        some = numpy.ascontiguousarray(points[:1000])
        error = abs(igl.fast_winding_number(vertices, faces, some) - igl.winding_number(vertices, faces, some))
        print(json.dumps([float(error.mean()), float(error.max())]), flush=True)
        continue
    times = []
    for _ in range(int(request["runs"])):
        start = time.perf_counter()
        igl.fast_winding_number(vertices, faces, points)
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), flush=True)
