"""A whole centre on this machine: real programs over a real broker, with simulated devices."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from zoneinfo import ZoneInfo

import config
from config.load import load_bookings, load_settings
from drivers.simulated_gm65 import SimulatedGm65
from drivers.simulated_printer import SimulatedPrinter
from drivers.simulated_wire import SimulatedWire
from firmware_bridge.simulated_controller import SimulatedController
from rinda.broker import Broker, free_port
from rinda.errors import CentreError

SITE = Path(config.__file__).parent / "sites" / "demo" / "site.toml"
MORNING = datetime(2026, 11, 24, 10, 41, tzinfo=ZoneInfo("Europe/Riga"))
"""The demonstration's clock starts on this Tuesday, a minute into the first booked slot."""

PROGRAMS = ("module", "kiosk", "display", "desk", "consultations", "bridge")
DEVICES = ("printer", "scanner", "controller")
UNIT_NAMES = {
    "kiosk": '{ lv = "Kiosks pie ieejas", en = "Kiosk at the entrance" }',
    "display": '{ lv = "Tablo zālē", en = "Board in the hall" }',
    "bridge": '{ lv = "Kiosks pie ieejas", en = "Kiosk at the entrance" }',
}
STOP_SECONDS = 10
MARK = ".rinda-demo"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that ask the demonstration to end."""

UNIT = """\
[broker]
port = {broker_port}

[module]
database = "{folder}/queue.db"
changes_folder = "{folder}/changes"

[consultations]
database = "{folder}/consultations.db"

[clock]
offset_seconds = {offset}

[kiosk]
database = "{folder}/kiosk.db"

[kiosk.printer]
kind = "serial"
port = "{folder}/printer"
presenter_seconds = 20

[kiosk.scanner]
kind = "gm65"
port = "{folder}/scanner"

[kiosk.audio]
kind = "{audio}"
log = "{folder}/guidance.log"

[kiosk.window]
fullscreen = false
width = {kiosk[0]}
height = {kiosk[1]}

[display.audio]
kind = "{audio}"
log = "{folder}/sounds.log"

[display.window]
fullscreen = false
left = {kiosk[0]}
width = {board[0]}
height = {board[1]}

[bridge]
port = "{folder}/controller"
counters = ["1", "2", "kabinets", "dators"]
kiosk = "kiosk"

[desk]
host = "127.0.0.1"
port = {desk_port}
"""


@dataclass(frozen=True, slots=True)
class Screens:
    """Window sizes in pixels, kiosk at the left and board beside it; `audio` kind of the board."""

    kiosk: tuple[int, int] = (1080, 1920)
    board: tuple[int, int] = (1920, 1080)
    audio: str = "simulated"


class CentreAtHand:
    """Starts everything in `folder`, which it empties first; leaving it ends what it started.

    For the main thread. Raises CentreError if the folder is not its own, or a part does not start.
    """

    def __init__(self, folder: Path, screens: Screens, environment: Mapping[str, str]) -> None:
        self.folder = folder.absolute()
        self.screens = screens
        self.environment = environment
        self.printer: SimulatedPrinter
        self.scanner: SimulatedGm65
        self.controller: SimulatedController
        self.wires: Mapping[str, SimulatedWire]
        self.broker: Broker
        self.desk_port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = contextlib.ExitStack()

    @property
    def desk_url(self) -> str:
        """Where the staff's page is."""
        return f"http://127.0.0.1:{self.desk_port}/"

    def start(self, program: str) -> None:
        """Start one of PROGRAMS; its output goes to `logs/`."""
        log = self._stack.enter_context(self._log(program))
        files = ["--site", str(SITE), "--unit", str(self.folder / "unit.toml")]
        passing = (
            self.folder / "passing"
        )  # what a killed program leaves is gone with the next centre
        passing.mkdir(exist_ok=True)
        with _signals_later():
            self.processes[program] = subprocess.Popen(
                [sys.executable, "-m", "rinda", program, *files],
                env={**os.environ, **self.environment, **_unit(program), "TMPDIR": str(passing)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the demonstration, which ends the rest
            )

    def stop(self, program: str, number: int = signal.SIGTERM) -> int:
        """End one program; returns its exit status."""
        process = self.processes.pop(program)
        process.send_signal(number)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def fallen(self) -> list[str]:
        """Programs that ended by themselves."""
        return [name for name, each in self.processes.items() if each.poll() is not None]

    def __enter__(self) -> Self:
        try:
            self._prepare()
            for program in PROGRAMS:
                self.start(program)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _prepare(self) -> None:
        enter = self._stack.enter_context
        enter(_own(self.folder))
        self.broker = enter(Broker(self.folder / "broker", free_port()))
        devices = self.folder / "devices"
        devices.mkdir()
        self.printer = enter(SimulatedPrinter(devices / "printer", self.folder / "tickets"))
        self.scanner = enter(SimulatedGm65(devices / "scanner"))
        self.controller = enter(SimulatedController(devices / "controller", self.folder / "flash"))
        self.wires = {
            name: enter(SimulatedWire(devices / name, self.folder / name)) for name in DEVICES
        }
        unit = UNIT.format(
            folder=self.folder,
            broker_port=self.broker.port,
            desk_port=self.desk_port,
            offset=(MORNING - datetime.now(UTC)) / timedelta(seconds=1),
            kiosk=self.screens.kiosk,
            board=self.screens.board,
            audio=self.screens.audio,
        )
        (self.folder / "unit.toml").write_text(unit)

    def _end(self) -> None:
        with _undisturbed():
            for program in reversed(list(self.processes)):
                self.stop(program)
            self._stack.close()

    def _log(self, program: str) -> IO[bytes]:
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        return (logs / f"{program}.log").open("ab")


def demonstration_codes() -> list[str]:
    """The codes of the demonstration's bookings, in order."""
    return [each.code for each in load_bookings(load_settings([SITE], {}))]


def _unit(program: str) -> dict[str, str]:
    name = UNIT_NAMES.get(program)
    return {"RINDA_UNIT__ID": program, **({"RINDA_UNIT__NAME": name} if name else {})}


@contextlib.contextmanager
def _own(folder: Path) -> Iterator[None]:
    """An empty folder, locked. Refuses one that no demonstration made, or one still uses."""
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise CentreError(f"{folder} holds something else; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    with mark.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CentreError(f"a demonstration runs in {folder}; name another folder") from None
        for each in set(folder.iterdir()) - {mark}:
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        yield


@contextlib.contextmanager
def _signals_later() -> Iterator[None]:
    """A Ctrl-C while a program starts waits until it is known, so that it is ended too."""
    came: list[int] = []
    before = {each: signal.signal(each, lambda n, _: came.append(n)) for each in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for again in came[:1]:
            signal.raise_signal(again)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C while ending must not leave processes behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
