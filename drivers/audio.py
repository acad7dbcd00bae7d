"""Sound of a board or kiosk: one file at a time."""

import contextlib
import logging
import subprocess
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

# What the sound card may need to wake up, beyond the length of the sound.
GRACE_SECONDS = 3.0
# How soon a sound ends that is no longer wanted.
LOOK_SECONDS = 0.05


def always() -> bool:
    """Nothing takes the wish back."""
    return True


class Audio(Protocol):
    """Called from one thread; raises nothing."""

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        """Plays to the end, or until it is no longer `wanted`, and returns True; False when it
        could not."""


class NoAudio:
    """A unit without sound."""

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        return False


class AplayAudio:
    """ALSA's own player; `device` as in `aplay -L`."""

    def __init__(self, device: str = "default") -> None:
        self._device = device
        self._works = True

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        seconds = wav_seconds(wav)
        works = seconds is not None and self._aplay(wav, seconds + GRACE_SECONDS, wanted)
        if works != self._works:
            logger.warning("audio: %s", "works again" if works else "cannot play")
        self._works = works
        return works

    def _aplay(self, wav: Path, within: float, wanted: Callable[[], bool]) -> bool:
        command = ["aplay", "--quiet", f"--device={self._device}", "--", str(wav)]
        ends_at = time.monotonic() + within
        try:
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as player:
                while player.poll() is None and time.monotonic() < ends_at and wanted():
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        player.wait(LOOK_SECONDS)
                if player.poll() is None:
                    player.kill()
                    return not wanted()
                return player.returncode == 0
        except OSError as error:
            logger.debug("audio: %s", error)
            return False


@dataclass(frozen=True)
class Played:
    """`at` on the monotonic clock; `seconds` is the length of the sound."""

    at: float
    path: Path
    seconds: float


class SimulatedAudio:
    """Hears instead of playing: returns at once, keeps what it was given in `played`, and adds a
    line `at seconds path` to the log file if there is one."""

    def __init__(self, log: Path | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.played: list[Played] = []
        self._log = log
        self._clock = clock

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        seconds = wav_seconds(wav)
        if seconds is None:
            return False
        heard = Played(self._clock(), wav, seconds)
        self.played.append(heard)
        if self._log:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"{heard.at:.3f} {heard.seconds:.2f} {heard.path}\n")
        return True


def wav_seconds(wav: Path) -> float | None:
    """The length of the sound by its header; None when it is no sound."""
    try:
        with wave.open(str(wav)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return None
