#!/usr/bin/env python3
"""Mel cepstrum by numpy and scipy, written from the definition in docs/formats/visemes.md and from nothing else.

    speech_reference.py RAW
RAW holds little-endian float32 samples at 16 kHz. Prints a line of twelve numbers a frame, frames every 10 ms.
"""
import sys

import numpy as np
from scipy.fft import dct, rfft
from scipy.signal import get_window, lfilter

RATE, WINDOW, HOP, FILTERS = 16000, 512, 160, 30

x = np.fromfile(sys.argv[1], "<f4").astype(np.float64)
emphasised = lfilter([1, -0.97], [1], np.concatenate([np.zeros(WINDOW // 2), x, np.zeros(WINDOW)]))
count = -(-len(x) // HOP)
frames = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP][:count]
power = np.abs(rfft(frames * get_window("hamming", WINDOW, fftbins=False), axis=1)) ** 2

frequencies = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
mel = 2595 * np.log10(1 + RATE / 2 / 700) * np.arange(FILTERS + 2) / (FILTERS + 1)
corners = 700 * (10 ** (mel / 2595) - 1)
bank = np.array([np.interp(frequencies, corners[j:j + 3], [0, 1, 0], left=0, right=0) for j in range(FILTERS)])
energies = np.log(np.maximum(power @ bank.T, 1e-10))
# scipy's type 2 is twice the sum.
for row in dct(energies, type=2, axis=1)[:, 1:13] / 2:
    print(" ".join(repr(float(v)) for v in row))
