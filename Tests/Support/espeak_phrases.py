#!/usr/bin/env python3
"""Speaks phrases with espeak-ng's library and tells when each phoneme sounds.

    espeak_phrases.py FOLDER
Writes NN.raw (float32 samples) and prints a line a phrase: NN RATE time:phoneme time:phoneme ... (seconds).
Debian's libespeak-ng1 (with espeak-ng-data) holds the library; exit code 3 where it is not there.
"""
import ctypes
import os
import struct
import sys

PHRASES = [  # voice, pitch 0-100, phrase
    ("es", 45, "la casa de mi tio esta en el sur"), ("es", 65, "una mesa roja y un libro azul"),
    ("it", 45, "la luna e il sole sono belli"), ("it", 70, "tutti i bimbi amano i dolci"),
    ("de", 40, "die rote Rose und der blaue Hut"), ("de+f2", 60, "sie sah den Hasen im tiefen Gras"),
    ("en-us", 45, "father sees two boats leaving"), ("en-us+f3", 60, "we saw a moon over the sea"),
    ("es+f2", 70, "su hijo vive lejos de aqui"), ("es+f4", 80, "mi papa me da mucho pan"),
]
EVENT_END, EVENT_PHONEME = 0, 7


class Identity(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text", ctypes.c_int), ("length", ctypes.c_int),
                ("audio", ctypes.c_int), ("sample", ctypes.c_int), ("user", ctypes.c_void_p), ("id", Identity)]


try:
    library = ctypes.CDLL("libespeak-ng.so.1")
except OSError:
    sys.exit(3)
# AUDIO_OUTPUT_SYNCHRONOUS, with phoneme events.
rate = library.espeak_Initialize(2, 0, None, 1)
if rate <= 0:
    sys.exit(3)
samples, phonemes = [], []


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
def hear(wave, count, events):
    if wave:
        samples.extend(wave[:count])
    i = 0
    while events[i].type != EVENT_END:
        if events[i].type == EVENT_PHONEME:
            phonemes.append((events[i].audio / 1000, bytes(events[i].id.string).split(b"\0")[0].decode("utf-8", "replace")))
        i += 1
    return 0


library.espeak_SetSynthCallback(hear)
for number, (voice, pitch, text) in enumerate(PHRASES):
    samples.clear()
    phonemes.clear()
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        continue
    library.espeak_SetParameter(3, pitch, 0)  # pitch
    library.espeak_SetParameter(1, 150, 0)  # words a minute
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
    with open(os.path.join(sys.argv[1], f"{number:02d}.raw"), "wb") as file:
        file.write(struct.pack(f"<{len(samples)}f", *(s / 32768 for s in samples)))
    print(f"{number:02d} {rate} " + " ".join(f"{t:.3f}:{p}" for t, p in phonemes if " " not in p))
