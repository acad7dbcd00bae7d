"""What the windows of kiosk and board cost, beside the floor: an empty Kivy window."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks.timing import Sample
from kiosk.flow import SETTLE_SECONDS
from rinda import screen
from rinda.centre_at_hand import SITE

Size = tuple[int, int]
Box = tuple[int, int, int, int]

KIOSK, BOARD = (1080, 1920), (1920, 1080)
STARTS, TOUCHES = 5, 20
LONGEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of ours and the empty window's; seconds, frames a second or MiB."""

    ours: Sample
    floor: Sample

    def row(self, name: str, unit: str, scale: float = 1) -> str:
        """One line of the table: what, ours, the floor, ratio."""
        ours, floor = self.ours.median * scale, self.floor.median * scale
        return f"| {name} | {ours:.0f} {unit} | {floor:.0f} {unit} | {ours / floor:.2f} × |"


def table(touched: Sample) -> str:
    """All of it, in Markdown; `touched` is the kiosk's, measured while it served."""
    kiosk_start, kiosk_memory = start_to_frame("kiosk", KIOSK)
    board_start, board_memory = start_to_frame("display", BOARD)
    return "\n".join(
        (
            "| window, drawn by software | median | an empty window | ratio |",
            "|---|---|---|---|",
            kiosk_start.row("kiosk: process → first frame", "ms", 1000),
            board_start.row("board: process → first frame", "ms", 1000),
            Beside(touched, _empty_touch()).row(
                "kiosk: touch → next frame, all of it new", "ms", 1000
            ),
            frames_of_board().row("board while it animates: frames a second at most", "fps"),
            kiosk_memory.row("kiosk: memory at its first frame", "MiB"),
            board_memory.row("board: memory at its first frame", "MiB"),
        )
    )


def start_to_frame(program: str, size: Size) -> tuple[Beside, Beside]:
    """From the process's start until its first frame is drawn, and its memory then."""
    ours, floor = (
        _starts(each, size) for each in (_program(program, size), _window("empty", size))
    )
    return Beside(ours[0], floor[0]), Beside(ours[1], floor[1])


def touch_to_frame(display: str, point: tuple[int, int], box: Box) -> Sample:
    """From a touch until other pixels are within the box; every touch must change it."""
    sample = Sample("touch → next frame")
    for _ in range(TOUCHES):
        time.sleep(2 * SETTLE_SECONDS)
        old = screen.picture(display, box)
        with sample.timed():
            screen.touch(display, point)
            _wait_for_change(display, box, old)
    return sample


def frames_of_board() -> Beside:
    """Frames a second, one after another, while the newest call breathes."""
    return Beside(_frames("board"), _frames("frames"))


def _starts(command: list[str], size: Size) -> tuple[Sample, Sample]:
    seconds, memory = Sample("process → first frame"), Sample("memory")
    with screen.virtual_screen(*size) as display:
        for _ in range(STARTS):
            with _opened(command, display) as (process, took):
                seconds.seconds.append(took)
                memory.seconds.append(resident(process.pid))
    return seconds, memory


def _empty_touch() -> Sample:
    with screen.virtual_screen(*KIOSK) as display, _opened(_window("empty", KIOSK), display):
        return touch_to_frame(display, (540, 960), (500, 900, 600, 1000))


def _frames(kind: str) -> Sample:
    with screen.virtual_screen(*BOARD) as display:
        done = subprocess.run(
            _window(kind, BOARD), check=True, capture_output=True, env=_environment(display)
        )
    return Sample(kind, [float(done.stdout)])


@contextmanager
def _opened(command: list[str], display: str) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The running process and the seconds until it said, as to systemd, that it is ready."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        path = str(Path(folder, "notify"))
        told.bind(path)
        told.settimeout(LONGEST_SECONDS)
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env={**_environment(display), "NOTIFY_SOCKET": path}, stderr=subprocess.DEVNULL
        )
        try:
            while told.recv(100) != b"READY=1":
                pass
            yield process, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(LONGEST_SECONDS)


def _environment(display: str) -> dict[str, str]:
    return {**os.environ, **screen.DRAW_BY_SOFTWARE, "DISPLAY": display}


def _window(kind: str, size: Size) -> list[str]:
    return [sys.executable, "-m", "benchmarks.window", kind, f"{size[0]}x{size[1]}"]


def _program(name: str, size: Size) -> list[str]:
    settings = {"WINDOW__FULLSCREEN": "false", "WINDOW__WIDTH": size[0], "WINDOW__HEIGHT": size[1]}
    given = [f"RINDA_{name.upper()}__{key}={value}" for key, value in settings.items()]
    return ["env", *given, sys.executable, "-m", "rinda", name, "--site", str(SITE)]


def _wait_for_change(display: str, box: Box, old: Image.Image) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while screen.picture(display, box) == old:
        assert time.monotonic() < deadline, "the window does not change"


def resident(pid: int) -> float:
    """MiB of a process, as the kernel counts it."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
