"""The speech track: espeak-ng says the text; its loudness moves the mouth."""
import pathlib
import subprocess
import wave

import numpy as np

TEXT = ("Hello, and welcome! This is Kaira. A camera watches a person, and a drawn character moves along. "
        "No markers, no suit, no studio. Let me show you.")


def speak(path, seconds, delay=0.35):
    """Writes a WAV file of the given length and returns loudness over time as a function, 0...1."""
    raw = pathlib.Path(path).with_suffix(".raw.wav")
    subprocess.run(["espeak-ng", "-v", "en-us+f3", "-s", "158", "-p", "48", "-w", str(raw), TEXT], check=True)
    with wave.open(str(raw)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    raw.unlink()
    track = np.zeros(int(rate * seconds), np.int16)
    start = int(rate * delay)
    length = min(len(samples), len(track) - start)
    track[start:start + length] = samples[:length]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(track.tobytes())
    window = int(rate * 0.05)
    loud = np.sqrt(np.convolve((track / 32768.0) ** 2, np.ones(window) / window, "same"))
    loud = np.clip(loud / np.percentile(loud[loud > 1e-4], 92), 0, 1)
    return lambda time: float(np.interp(time * rate, np.arange(len(loud)), loud))
