"""The windows of kiosk and board beside the floor: an empty Kivy window in the same run.

``python -m benchmarks.windows empty|board SECONDS`` is a window that is measured from outside.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.timing import Sample
from config.settings import WindowSettings
from drivers.supervisor import SystemdSupervisor
from drivers.window import prepare_window
from kiosk.gallery import touch_points
from rinda import screen
from rinda.centre_at_hand import SITE

KIOSK, BOARD = (1080, 1920), (1920, 1080)
STARTS, TOUCHES, SECONDS = 5, 15, 5.0
LANGUAGE_BOX = 40
"""Pixels around a touch: enough to see that what was there has changed, and soon read."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, frames a second and MiB; of each pair the second is the empty window's."""

    kiosk_start: tuple[Sample, Sample]
    board_start: tuple[Sample, Sample]
    touch: tuple[Sample, Sample]
    frames: tuple[float, float]
    memory: dict[str, float]


def measure() -> Figures:
    """Open each of them on a virtual screen of its own, a few times."""
    with screen.virtual_screen(*KIOSK) as upright, screen.virtual_screen(*BOARD) as wide:
        pairs = [_start_to_frame(each, upright) for each in (("kiosk",), _empty(KIOSK))]
        boards = [_start_to_frame(each, wide) for each in (("display",), _empty(BOARD))]
        touches = [_touch_to_frame(each, upright) for each in (("kiosk",), _empty(KIOSK))]
        frames = [_frames(kind, wide) for kind in ("board", "empty")]
    names = ("kiosk", "empty 1080×1920", "board", "empty 1920×1080")
    memory = dict(zip(names, (mib for _, mib in (*pairs, *boards)), strict=True))
    return Figures(
        (pairs[0][0], pairs[1][0]),
        (boards[0][0], boards[1][0]),
        (touches[0], touches[1]),
        (frames[0], frames[1]),
        memory,
    )


def _empty(size: tuple[int, int]) -> tuple[str, ...]:
    return ("empty", f"{size[0]}x{size[1]}")
