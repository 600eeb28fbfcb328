"""Times PyTorch's training steps on request: {"load", "threads", "runs"} a line in, a list of milliseconds a line out.

Loads as in LearningBenchmark.swift: mlp, cnn (forward, backward, Adam), transformer (forward, backward of one block).
"""
import json
import sys
import time

import torch
from torch import nn


def training(model, x):
    labels = torch.randint(0, 10, (len(x),))
    loss = nn.CrossEntropyLoss()
    # The fastest of PyTorch's implementations of Adam on the CPU.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), labels).backward()
        optimizer.step()

    return step


def load(name):
    torch.manual_seed(1)
    if name == "mlp":
        layers = [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)]
        return training(nn.Sequential(*layers), torch.randn(128, 784))
    if name == "cnn":
        return training(
            nn.Sequential(
                nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
                nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 49, 128), nn.ReLU(), nn.Linear(128, 10)),
            torch.randn(64, 1, 28, 28))
    block = nn.TransformerEncoderLayer(
        256, 4, 1024, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
    x, weights = torch.randn(16, 128, 256, requires_grad=True), torch.randn(16, 128, 256)

    def step():
        block.zero_grad(set_to_none=True)
        x.grad = None
        (block(x) * weights).mean().backward()

    return step


loads = {}
for line in sys.stdin:
    request = json.loads(line)
    torch.set_num_threads(int(request["threads"]))
    name = request["load"]
    if name not in loads:
        loads[name] = load(name)
    times = []
    for _ in range(int(request["runs"])):
        start = time.perf_counter()
        loads[name]()
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), flush=True)
