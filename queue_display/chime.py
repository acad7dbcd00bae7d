"""Makes `chime.wav`: two soft notes. Run `python -m queue_display.chime` after changing them."""

import math
import wave
from collections.abc import Iterable
from pathlib import Path

CHIME = Path(__file__).with_name("chime.wav")
RATE = 22_050
SECONDS = 1.4
PEAK = 0.5
NOTES = ((0.0, 659.26), (0.35, 523.25))
"""Start in seconds and frequency in hertz: E5, C5."""


def write_chime(path: Path) -> None:
    """Mono, 16 bits."""
    moments = [index / RATE for index in range(int(SECONDS * RATE))]
    sound = [sum(_note(moment - start, hertz) for start, hertz in NOTES) for moment in moments]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_samples(sound))


def _note(since: float, hertz: float) -> float:
    """A struck bar: a rounded attack, a long fade, a little of the octave above."""
    if since < 0:
        return 0.0
    loudness = min(since / 0.012, 1.0) * math.exp(-4.5 * since)
    angle = math.tau * hertz * since
    return loudness * (math.sin(angle) + 0.2 * math.exp(-6 * since) * math.sin(2 * angle))


def _samples(sound: Iterable[float]) -> bytes:
    faded = [each * min(1.0, (SECONDS - i / RATE) / 0.1) for i, each in enumerate(sound)]
    scale = PEAK * 32767 / max(map(abs, faded))
    return b"".join(round(each * scale).to_bytes(2, "little", signed=True) for each in faded)


if __name__ == "__main__":
    write_chime(CHIME)
