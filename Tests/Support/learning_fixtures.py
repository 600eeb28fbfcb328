#!/usr/bin/env python3
"""Makes Tests/Fixtures/learning/pytorch.safetensors: operations, layers, losses and optimisers by PyTorch.

    python3 -m venv venv && venv/bin/pip install torch numpy safetensors
    venv/bin/python Tests/Support/learning_fixtures.py

Inputs are float32 numbers; everything is computed by PyTorch in float64, so that one file serves both number types. For
a case "name": name.x0, name.x1, ... are the arguments, name.y the result, name.g the gradient that is sent back, and
name.d0, name.d1, ... the gradients that come out.
"""
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

random = numpy.random.default_rng(20261130)
out = {}


def draw(*shape, low=-1.5, high=1.5, gap=0.0):
    x = random.uniform(low, high, shape)
    x = numpy.where(abs(x) < gap, x + numpy.copysign(gap, x), x)
    return torch.tensor(x.astype(numpy.float32).astype(numpy.float64), requires_grad=True)


def put(name, value):
    # A copy: optimisers change their parameters in place.
    value = value.detach().numpy() if torch.is_tensor(value) else numpy.asarray(value, dtype=numpy.float64)
    out[name] = numpy.array(value, order="C", copy=True)


def case(name, function, *arguments):
    y = function(*arguments)
    g = draw(*y.shape)
    gradients = torch.autograd.grad(y, arguments, g.detach(), allow_unused=False)
    for i, (x, d) in enumerate(zip(arguments, gradients)):
        put(f"{name}.x{i}", x)
        put(f"{name}.d{i}", d)
    put(f"{name}.y", y)
    put(f"{name}.g", g)


# Element by element.
wide = lambda: draw(37, low=-6, high=6, gap=0.05)
case("exp", torch.exp, draw(37, low=-8, high=8))
case("log", torch.log, draw(37, low=0.01, high=9))
case("squareRoot", torch.sqrt, draw(37, low=0.01, high=9))
case("reciprocal", torch.reciprocal, draw(37, low=0.2, high=4))
case("squared", torch.square, wide())
case("magnitude", torch.abs, wide())
case("sin", torch.sin, wide())
case("cos", torch.cos, wide())
case("erf", torch.erf, draw(37, low=-3, high=3))
case("tanh", torch.tanh, wide())
case("tanh small", torch.tanh, draw(37, low=-0.01, high=0.01))
case("sigmoid", torch.sigmoid, wide())
case("relu", torch.relu, wide())
case("leakyReLU", lambda x: F.leaky_relu(x, 0.1), wide())
case("swish", F.silu, wide())
case("gelu", F.gelu, wide())
case("softplus", F.softplus, wide())
case("power", lambda x: x**2.5, draw(37, low=0.1, high=3))
case("clamped", lambda x: x.clamp(-2, 3), wide())
case("add", lambda a, b: a + b, draw(3, 4, 5), draw(4, 1))
case("subtract", lambda a, b: a - b, draw(4, 1), draw(3, 1, 5))
case("multiply", lambda a, b: a * b, draw(3, 4, 5), draw(5))
case("divide", lambda a, b: a / b, draw(3, 1, 5), draw(4, 5, low=0.3, high=2))
case("maximum", torch.maximum, draw(5, 6), draw(6))
case("minimum", torch.minimum, draw(5, 6), draw(5, 1))
# Reductions and shapes.
case("sum", lambda x: x.sum(), draw(33, 70))
case("sum axis 1", lambda x: x.sum(1), draw(4, 9, 70))
case("sum axes 0 2", lambda x: x.sum((0, 2)), draw(4, 9, 7))
case("mean", lambda x: x.mean((1, 2)), draw(4, 9, 7))
case("max", lambda x: x.amax(-1), draw(4, 9))
case("min", lambda x: x.amin(0), draw(4, 9))
case("variance", lambda x: x.var(1, unbiased=True), draw(4, 9))
case("logSumExp", lambda x: x.logsumexp(1), draw(4, 9, low=-5, high=5))
case("permuted", lambda x: x.permute(2, 0, 1), draw(3, 4, 5))
case("slice", lambda x: x[:, 1:4], draw(3, 6))
case("concatenated", lambda a, b: torch.cat([a, b], 1), draw(3, 2), draw(3, 4))
case("rows", lambda x: x[torch.tensor([2, 0, 2, 4])], draw(5, 3))
# Products.
case("matmul", torch.matmul, draw(13, 21), draw(21, 35))
case("matmul batches", torch.matmul, draw(2, 3, 5, 4), draw(3, 4, 6))
case("matmul turned", lambda a, b: a.mT @ b.mT, draw(40, 14), draw(35, 40))
case("matmul deep", torch.matmul, draw(5, 700), draw(700, 3))
case("affine", F.linear, draw(6, 9), draw(35, 9), draw(35))
for name, f in [("ReLU", torch.relu), ("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("GELU", F.gelu), ("swish", F.silu)]:
    case(f"affine {name}", lambda x, w, b: f(F.linear(x, w, b)), draw(2, 3, 9), draw(17, 9), draw(17))
# Windows.
case("conv2d", lambda x, w, b: F.conv2d(x, w, b, padding=1), draw(3, 3, 7, 6), draw(5, 3, 3, 3), draw(5))
case("conv2d wide", lambda x, w, b: F.conv2d(x, w, b), draw(2, 2, 5, 41), draw(14, 2, 3, 2), draw(14))
case("conv2d strides", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 0), dilation=(1, 2)), draw(2, 3, 8, 7), draw(4, 3, 3, 2), draw(4))
case("conv2d groups", lambda x, w, b: F.conv2d(x, w, b, padding=1, groups=2), draw(2, 4, 5, 5), draw(6, 2, 3, 3), draw(6))
case("conv2d many images", lambda x, w, b: F.conv2d(x, w, b, padding=2), draw(17, 1, 6, 6), draw(3, 1, 5, 5), draw(3))
case("conv2d 1x1", lambda x, w, b: F.conv2d(x, w, b), draw(2, 5, 4, 4), draw(7, 5, 1, 1), draw(7))
case("convTranspose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), draw(2, 3, 4, 5), draw(3, 4, 3, 3), draw(4))
case("maxPool2d", lambda x: F.max_pool2d(x, 2), draw(2, 3, 6, 8))
case("maxPool2d padded", lambda x: F.max_pool2d(x, 3, 2, 1), draw(2, 3, 7, 6))
case("averagePool2d", lambda x: F.avg_pool2d(x, 2), draw(2, 3, 6, 8))
case("averagePool2d padded", lambda x: F.avg_pool2d(x, 3, 2, 1), draw(2, 3, 7, 6))
# Normalisation.
case("softmax", lambda x: x.softmax(-1), draw(5, 19, low=-4, high=4))
case("logSoftmax", lambda x: x.log_softmax(-1), draw(5, 19, low=-4, high=4))
case("layerNorm", lambda x, w, b: F.layer_norm(x, (37,), w, b), draw(3, 5, 37), draw(37), draw(37))
case("groupNorm", lambda x, w, b: F.group_norm(x, 3, w, b), draw(2, 6, 4, 3), draw(6), draw(6))
mean, variance = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
case("batchNorm", lambda x, w, b: F.batch_norm(x, mean, variance, w, b, training=True), draw(5, 4, 3, 2), draw(4), draw(4))
put("batchNorm.mean", mean)
put("batchNorm.variance", variance)
case("batchNorm evaluation", lambda x, w, b: F.batch_norm(x, mean, variance, w, b), draw(5, 4, 3, 2), draw(4), draw(4))
# Attention and cells: arguments are the input, then the parameters in PyTorch's order.
case("attention", F.scaled_dot_product_attention, draw(2, 3, 5, 4), draw(2, 3, 7, 4), draw(2, 3, 7, 4))
case("causal attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), draw(2, 2, 6, 8), draw(2, 2, 6, 8), draw(2, 2, 6, 8))


def module(name, m, *inputs, call=None):
    m = m.double()
    names = [n for n, _ in m.named_parameters()]
    values = [draw(*p.shape, low=-0.6, high=0.6) for p in m.parameters()]
    count = len(inputs)

    def function(*arguments):
        parameters = dict(zip(names, arguments[count:]))
        return torch.func.functional_call(m, parameters, call(*arguments[:count]) if call else arguments[:count])

    case(name, lambda *a: (lambda y: y[0] if isinstance(y, tuple) else y)(function(*a)), *inputs, *values)


def attend(mask=None):
    return lambda x, y=None: (x, x if y is None else y, x if y is None else y, None, False, mask)


module("multiHeadAttention", torch.nn.MultiheadAttention(12, 3, batch_first=True), draw(2, 5, 12), call=attend())
module("multiHeadAttention causal", torch.nn.MultiheadAttention(12, 2, batch_first=True), draw(2, 6, 12),
       call=attend(torch.triu(torch.ones(6, 6, dtype=torch.bool), 1)))
module("multiHeadAttention other", torch.nn.MultiheadAttention(12, 3, batch_first=True), draw(2, 5, 12), draw(2, 4, 12), call=attend())
module("gru", torch.nn.GRUCell(5, 7), draw(3, 5), draw(3, 7))
module("lstm", torch.nn.LSTMCell(5, 7), draw(3, 5), draw(3, 7), draw(3, 7), call=lambda x, h, c: (x, (h, c)))
block = torch.nn.TransformerEncoderLayer(16, 4, 40, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
module("transformerBlock", block, draw(2, 6, 16))
# Losses.
labels = torch.tensor([3, 0, 5, 5, 1])
case("crossEntropy", lambda x: F.cross_entropy(x, labels), draw(5, 6, low=-4, high=4))
case("crossEntropy smoothed", lambda x: F.cross_entropy(x, labels, label_smoothing=0.1), draw(5, 6, low=-4, high=4))
targets = torch.tensor(random.dirichlet(numpy.ones(6), 5).astype(numpy.float32).astype(numpy.float64))
put("targets", targets)
case("crossEntropy distributions", lambda x: F.cross_entropy(x, targets), draw(5, 6, low=-4, high=4))
case("textbookCrossEntropy", lambda x: -(targets * torch.log(x.softmax(1) + 1e-7)).sum() / 5, draw(5, 6, low=-4, high=4))
case("binaryCrossEntropy", lambda x: F.binary_cross_entropy_with_logits(x, targets), draw(5, 6, low=-8, high=8))
case("halfSquaredError", lambda x: F.mse_loss(x, targets, reduction="sum") / 10, draw(5, 6))
case("meanSquaredError", lambda x: F.mse_loss(x, targets), draw(5, 6))
# Optimisers: five steps from one start along given gradients.
start, gradients = draw(2, 23), [draw(2, 23) for _ in range(5)]
put("optimizer.start", start)
for i, g in enumerate(gradients):
    put(f"optimizer.g{i}", g)
for name, make in [
    ("sgd", lambda p: torch.optim.SGD(p, 0.1)),
    ("sgd decay", lambda p: torch.optim.SGD(p, 0.1, weight_decay=0.01)),
    ("momentum", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    ("momentum decay", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01)),
    ("nesterov", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    ("adam", lambda p: torch.optim.Adam(p, 0.01)),
    ("adam decay", lambda p: torch.optim.Adam(p, 0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    ("adamw", lambda p: torch.optim.AdamW(p, 0.01)),
    ("adamw decay", lambda p: torch.optim.AdamW(p, 0.02, weight_decay=0.3)),
]:
    parameter = torch.nn.Parameter(start.detach().clone())
    optimizer = make([parameter])
    for i, g in enumerate(gradients):
        parameter.grad = g.detach().clone()
        optimizer.step()
        put(f"optimizer.{name}.{i}", parameter)
clipped = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients[:2]]
for p, g in zip(clipped, gradients):
    p.grad = g.detach().clone()
put("clip.norm", torch.nn.utils.clip_grad_norm_(clipped, 1.0))
put("clip.g0", clipped[0].grad)
put("clip.g1", clipped[1].grad)
# Schedules: forty rates.
for name, make in [
    ("step", lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.3)),
    ("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40, eta_min=0.01)),
    ("oneCycle", lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.5, total_steps=40, pct_start=0.3)),
]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.5)
    schedule = make(optimizer)
    rates = []
    for _ in range(40):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(rates) < 40 else None
    put(f"schedule.{name}", rates)
# bfloat16 products: operands rounded, sums in float32.
a, b = draw(9, 65), draw(65, 20)
put("halves.a", a)
put("halves.b", b)
put("halves.y", a.detach().bfloat16().double() @ b.detach().bfloat16().double())

folder = pathlib.Path(__file__).parent.parent / "Fixtures" / "learning"
folder.mkdir(exist_ok=True)
save_file(out, folder / "pytorch.safetensors", {"torch": torch.__version__.split("+")[0]})
print(len(out), "tensors,", sum(v.nbytes for v in out.values()), "bytes")
