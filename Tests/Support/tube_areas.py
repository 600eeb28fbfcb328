#!/usr/bin/env python3
"""Finds area functions of a vocal tract (16 sections, lossless, closed glottis, open lips) whose first three resonances are
those of Peterson and Barney (1952); prints Swift arrays for Tests/KairaSpeechTests/TubeSpeaker.swift.

The shape is exp of a few cosines along the tract (Schroeder 1967; Mermelstein 1967), as smooth as the targets allow.
Needs numpy and scipy.
"""
import numpy as np
from scipy.optimize import least_squares

C = 35000.0  # cm/s in warm, moist air
SECTIONS = 16
GROUPS = {"man": 17.5, "woman": 14.9, "child": 12.9}
TARGETS = {
    "a": [(730, 1090, 2440), (850, 1220, 2810), (1030, 1370, 3170)],
    "i": [(270, 2290, 3010), (310, 2790, 3310), (370, 3200, 3730)],
    "u": [(300, 870, 2240), (370, 950, 2670), (430, 1170, 3260)],
    "e": [(530, 1840, 2480), (610, 2330, 2990), (690, 2610, 3570)],
    "o": [(570, 840, 2410), (590, 920, 2710), (680, 1060, 3180)],
}


def areas(p):
    x = (np.arange(SECTIONS) + 0.5) / SECTIONS
    return 4 * np.exp(np.clip(sum(v * np.cos(np.pi * (k + 1) * x) for k, v in enumerate(p)), -4, 3))


def pole_function(a, length, f):
    """Volume velocity at the glottis for unit velocity at lips without pressure; zero at the resonances."""
    d = length / SECTIONS
    c, s = np.cos(2 * np.pi * f * d / C), np.sin(2 * np.pi * f * d / C)
    p, u = np.zeros_like(f), np.ones_like(f)  # p imaginary part, u real part
    for area in a[::-1]:  # from the lips inwards
        p, u = p * c + u * s / area, u * c - p * s * area
    return u


def resonances(a, length):
    f = np.arange(60, 7000, 10.0)
    u = pole_function(a, length, f)
    at = np.nonzero(np.sign(u[:-1]) != np.sign(u[1:]))[0]
    return f[at] + 10 * u[at] / (u[at] - u[at + 1])


def fit(target, length):
    def cost(p):
        r = resonances(areas(p), length)[:3]
        r = np.pad(r, (0, 3 - len(r)), constant_values=7000)
        return np.concatenate([10 * np.log(r / target), 0.02 * p * (1 + np.arange(len(p)) * 0.3)])
    best = None
    for seed in range(12):
        start = np.random.default_rng(seed).normal(0, 0.6, 6) * (seed > 0)
        answer = least_squares(cost, start, diff_step=1e-3)
        if best is None or answer.cost < best.cost:
            best = answer
    return areas(best.x)


for g, (name, length) in enumerate(GROUPS.items()):
    for vowel, rows in TARGETS.items():
        a = fit(np.array(rows[g], float), length)
        r = resonances(np.round(a, 2), length)[:4]
        print(f"        // {name} {vowel}: {', '.join(str(int(round(t))) for t in r)} Hz for {rows[g]}")
        print(f"        [{', '.join(f'{v:.2f}' for v in a)}],")
