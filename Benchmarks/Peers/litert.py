"""Times LiteRT with XNNPACK on request: {"model", "threads", "runs"} a line in, a list of milliseconds a line out."""
import json
import sys
import time

import numpy
from ai_edge_litert.interpreter import Interpreter

interpreters = {}
for line in sys.stdin:
    request = json.loads(line)
    key = (request["model"], int(request["threads"]))
    if key not in interpreters:
        interpreter = Interpreter(key[0], num_threads=key[1])
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()[0]
        count = int(numpy.prod(details["shape"]))
        values = (numpy.arange(count, dtype=numpy.int64) * 7919 % 1009 / 1009).astype(numpy.float32)
        interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
        interpreters[key] = interpreter
    times = []
    for _ in range(int(request["runs"])):
        start = time.perf_counter()
        interpreters[key].invoke()
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), flush=True)
